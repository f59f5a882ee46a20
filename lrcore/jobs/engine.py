"""The engine of one machine, put together."""

from __future__ import annotations

from lrcore.jobs.board import JobBoard
from lrcore.jobs.processes import slots_from_environment
from lrcore.jobs.zygote_backend import ZygoteBackend


def start_engine(slots: int | None = None, device: str = "auto") -> JobBoard:
    """A job board with its helper process, which begins at once to import torch; `board.ready` tells when it
    has.

    `slots` jobs run at the same time; by default LRLAB_SLOTS, or one for each core. Call `board.close()` when
    the app ends; should the app be killed before it can, the kernel ends the helper and its workers.
    """
    return JobBoard(
        ZygoteBackend(slots_from_environment() if slots is None else max(1, slots), device=device)
    )
