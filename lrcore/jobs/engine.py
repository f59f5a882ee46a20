"""The engine of one machine, put together."""

from __future__ import annotations

from pathlib import Path

from lrcore.jobs.admission import processes
from lrcore.jobs.backend import BackendObserver
from lrcore.jobs.board import JobBoard
from lrcore.jobs.kept_results import KeptResults
from lrcore.jobs.limits import Limits
from lrcore.jobs.observer import Observer
from lrcore.jobs.processes import slots_from_environment
from lrcore.jobs.worker_limits import WorkerLimits
from lrcore.jobs.zygote_backend import ZygoteBackend


def start_engine(
    slots: int | None = None,
    device: str = "auto",
    *,
    limits: Limits | None = None,
    results: Path | None = None,
    results_mb: float = 1024,
    worker_limits: WorkerLimits | None = None,
    observer: Observer | None = None,
    backend_observer: BackendObserver | None = None,
) -> JobBoard:
    """A job board with its helper process, which begins at once to import torch; `board.ready` tells when it
    has.

    `slots` jobs run at the same time; by default LRLAB_SLOTS, or one for each core. Finished results are kept
    in the folder `results`, in `results_mb` MB at most, or in memory alone. The observers
    are told what happens, for metrics and the log. Call `board.close()` when the app
    ends; should the app be killed before it can, the kernel ends the helper and its workers.
    """
    count = slots_from_environment() if slots is None else max(1, slots)
    return JobBoard(
        ZygoteBackend(processes(count), device=device, limits=worker_limits, observer=backend_observer),
        slots=count,
        limits=limits,
        results=None if results is None else KeptResults(results, results_mb),
        observer=observer,
    )
