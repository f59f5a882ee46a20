"""The engine, put together: of one machine, or of a cluster with this machine to fall back on."""

from __future__ import annotations

from pathlib import Path

from lrcore.errors import JobError
from lrcore.jobs.admission import processes
from lrcore.jobs.backend import Backend, BackendObserver
from lrcore.jobs.board import JobBoard
from lrcore.jobs.fallback_backend import FallbackBackend
from lrcore.jobs.kept_results import KeptResults
from lrcore.jobs.limits import Limits
from lrcore.jobs.observer import Observer
from lrcore.jobs.processes import cores
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
    dask: str | None = None,
) -> JobBoard:
    """A job board with its helper process, which begins at once to import torch; `board.ready` tells when it
    has.

    `slots` jobs run at the same time; by default one for each core. Finished results are kept
    in the folder `results`, in `results_mb` MB at most, or in memory alone. The observers are told what
    happens, for metrics and the log. Call `board.close()` when the app ends; should the app be killed before
    it can, the kernel ends the helper and its workers, and the scheduler what trains on a cluster.

    `dask` is the address of a Dask scheduler (tcp://host:port or tls://host:port), on whose workers as many
    jobs run as they have threads; the helper is then started, and `slots` count, only while the scheduler or
    all of its workers are gone. Raises JobError if Dask is not installed; without `dask` nothing of it is
    imported.
    """
    count = cores() if slots is None else max(1, slots)
    worker_limits = worker_limits or WorkerLimits()
    backend: Backend = ZygoteBackend(
        processes(count), device=device, limits=worker_limits, observer=backend_observer
    )
    if dask is not None:
        backend = FallbackBackend(_cluster(dask, device, worker_limits), backend, slots=count)
    return JobBoard(
        backend,
        slots=count if dask is None else None,
        limits=limits,
        results=None if results is None else KeptResults(results, results_mb),
        observer=observer,
    )


def _cluster(address: str, device: str, limits: WorkerLimits) -> Backend:
    try:
        from lrcore.jobs.dask_backend import DaskBackend
    except ModuleNotFoundError as error:
        raise JobError(
            f"Training on {address} needs Dask, which is not installed here ({error}): install"
            " requirements-dask.txt, or leave LRLAB_DASK out to train on this machine."
        ) from None
    return DaskBackend(address, device=device, limits=limits)
