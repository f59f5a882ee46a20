"""The one job board of this server process."""

from __future__ import annotations

import logging
import threading

from lrcore.jobs import JobBoard, start_engine
from ui.server.settings import settings

_log = logging.getLogger(__name__)
_lock = threading.RLock()  # a signal handler may come in while its own thread holds it
_board: JobBoard | None = None


def start() -> JobBoard:
    """The board, started if it is not yet: by the app's lifespan, or by a page that runs without one
    (AppTest)."""
    global _board
    with _lock:
        if _board is None:
            _board = start_engine(settings().slots, settings().device)
        return _board


board = start


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
