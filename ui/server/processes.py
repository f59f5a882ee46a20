"""What our processes take of the machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from lrcore.jobs import JobBoard
from ui.server import offload


@dataclass(frozen=True)
class ProcessUse:
    """One process, now. `rss` are bytes in memory; helper and workers share what the helper imported, so
    their sum is more than what they take. `cpu_s` counts from the start of the process."""

    name: str  # web, offload, helper, slot 0...
    pid: int
    rss: int
    cpu_s: float
    files: int
    niceness: int


def our_processes(board: JobBoard | None) -> Iterator[ProcessUse]:
    """The web process and those beside it on this machine, without any that has just ended, and without those
    that `offload` forks for some milliseconds."""
    beside = {**offload.pids(), **(board.pids if board else {})}
    for name, pid in {"web": psutil.Process().pid, **beside}.items():
        try:
            process = psutil.Process(pid)
            with process.oneshot():
                cpu = process.cpu_times()
                yield ProcessUse(
                    name,
                    pid,
                    process.memory_info().rss,
                    cpu.user + cpu.system,
                    process.num_fds(),
                    process.nice(),
                )
        except psutil.Error:
            continue
