"""The engine, put together: of one machine, or of a cluster with this machine to fall back on."""

from __future__ import annotations

from lrcore.errors import JobError
from lrcore.jobs.backend import Backend
from lrcore.jobs.board import JobBoard
from lrcore.jobs.fallback_backend import FallbackBackend
from lrcore.jobs.processes import slots_from_environment
from lrcore.jobs.zygote_backend import ZygoteBackend


def start_engine(slots: int | None = None, device: str = "auto", *, dask: str | None = None) -> JobBoard:
    """A job board with its helper process, which begins at once to import torch; `board.ready` tells when it
    has.

    `slots` jobs run at the same time; by default LRLAB_SLOTS, or one for each core. `dask` is the address of
    a Dask scheduler (tcp://host:port or tls://host:port) whose workers train instead; without it nothing of
    Dask is imported. Then the helper is started, and the slots are those of this machine, only while the
    scheduler or all of its workers are gone. Call `board.close()` when the app ends; should the app be killed
    before it can, the kernel ends the helper and its workers, and the scheduler what trains on the cluster.

    Raises JobError if `dask` is given and Dask is not installed.
    """
    local = ZygoteBackend(slots_from_environment() if slots is None else max(1, slots), device=device)
    return JobBoard(local if dask is None else FallbackBackend(_cluster(dask, device), local))


def _cluster(address: str, device: str) -> Backend:
    try:
        from lrcore.jobs.dask_backend import DaskBackend
    except ModuleNotFoundError as error:
        raise JobError(
            f"Training on {address} needs Dask, which is not installed here ({error}): install"
            " requirements-dask.txt, or leave LRLAB_DASK out to train on this machine."
        ) from None
    return DaskBackend(address, device=device)
