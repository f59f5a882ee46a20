"""The one job board of this server process, and who is told what happens on it."""

from __future__ import annotations

import logging
import threading

from lrcore.jobs import JobBoard, Limits, WorkerLimits, start_engine
from ui.server.job_log import JobLog
from ui.server.metrics import Metrics
from ui.server.observers import Observers
from ui.server.recent import Recent
from ui.server.settings import settings

_log = logging.getLogger(__name__)
_lock = threading.RLock()  # a signal handler may come in while its own thread holds it
_board: JobBoard | None = None
metrics = Metrics(lambda: _board)
recent = Recent()


def start() -> JobBoard:
    """The board, started if it is not yet: by the app's lifespan, or by a page that runs without one
    (AppTest)."""
    global _board
    with _lock:
        if _board is None:
            now, observers = settings(), Observers(JobLog(), metrics, recent)
            _board = start_engine(
                now.slots,
                now.device,
                limits=Limits(
                    cost_s=now.job_seconds,
                    memory_mb=now.job_memory_mb,
                    wall_s=now.job_wall_seconds,
                    queued=now.queue_max,
                    address_queued=now.queue_per_address,
                    unwatched_s=now.unwatched_seconds,
                ),
                results=now.data_dir / "results" if now.data_dir is not None else None,
                results_mb=now.results_mb,
                worker_limits=WorkerLimits(
                    nice=now.worker_nice,
                    memory_mb=now.worker_memory_mb,
                    cpu_s=now.worker_cpu_s,
                    silence_s=now.worker_silence_s,
                ),
                observer=observers,
                backend_observer=observers,
                dask=now.dask,
            )
        return _board


board = start


def leave(owner: str) -> None:
    """Tell the board that an owner has left. Without one, which is so when the last sessions end after the
    app's lifespan, there is nobody to tell, and none is started for it."""
    if (now := _board) is not None:
        now.leave(owner)


def interrupt() -> None:
    """End every job and process at once, and tell who watches; the board stays, and takes no more jobs."""
    with _lock:
        if _board is not None:
            health = _board.health()
            if health["running"] or health["queued"]:
                _log.warning(
                    "The app is shutting down: %s running and %s waiting experiments are interrupted.",
                    health["running"],
                    health["queued"],
                )
            _board.close()


def stop() -> None:
    """End the workers. A later `start` makes a new board."""
    global _board
    with _lock:
        if _board is not None:
            _board.close()
            _board = None
