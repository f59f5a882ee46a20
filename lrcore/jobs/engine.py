"""The engine of one machine, put together."""

from __future__ import annotations

from lrcore.jobs.backend import BackendObserver
from lrcore.jobs.board import JobBoard
from lrcore.jobs.observer import Observer
from lrcore.jobs.processes import slots_from_environment
from lrcore.jobs.worker_limits import WorkerLimits
from lrcore.jobs.zygote_backend import ZygoteBackend


def start_engine(
    slots: int | None = None,
    device: str = "auto",
    *,
    worker_limits: WorkerLimits | None = None,
    observer: Observer | None = None,
    backend_observer: BackendObserver | None = None,
) -> JobBoard:
    """A job board with its helper process, which begins at once to import torch; `board.ready` tells when it
    has.

    `slots` jobs run at the same time; by default LRLAB_SLOTS, or one for each core. The observers are told
    what happens, for metrics and the log. Call `board.close()` when the app ends; should the app be killed
    before it can, the kernel ends the helper and its workers.
    """
    backend = ZygoteBackend(
        slots_from_environment() if slots is None else max(1, slots),
        device=device,
        limits=worker_limits,
        observer=backend_observer,
    )
    return JobBoard(backend, observer=observer)
