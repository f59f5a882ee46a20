"""What one worker may take of the machine, and the sentences for who wanted more."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass

from lrcore.jobs.processes import cores, how_it_ended, private_memory

IDLE = 20  # one more than the kernel's largest niceness
_ON_ONE_CORE = 10
OUT_OF_MEMORY = 12  # the exit status of a worker that ran into its memory limit
_ADVICE = "use fewer updates, plans or seeds, or a smaller network."


@dataclass(frozen=True)
class WorkerLimits:
    """Limits of each worker process, and so of each job. A limit of 0 is none.

    `nice` is added to the niceness of the web process, `IDLE` takes what every other process leaves;
    `memory_mb` is what a job may take beyond what its helper has imported (MiB); `cpu_s` its CPU time, and
    `silence_s` the longest time without a sign of its trainer's work (seconds). How long a job may run by the
    clock is the board's affair.
    """

    nice: int = IDLE
    memory_mb: int = 2048
    cpu_s: int = 1800
    silence_s: float = 60.0

    def apply(self, *, memory: bool) -> None:
        """Put this process, a worker that has not begun, under the limits that the kernel keeps.

        Memory is RLIMIT_DATA: what is private and writable. RLIMIT_AS counts address space, of which CUDA
        reserves far more than there is memory, so no bound could be set. `memory` is False on a GPU: what
        counts there is the card's memory.
        """
        import resource  # Windows has none, and only a worker gets here

        self._give_way()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if self.cpu_s:
            # SIGXCPU ends also a process that is stuck in C; the second number is for one that ignores it
            _lower(resource.RLIMIT_CPU, self.cpu_s, self.cpu_s + 5)
        if memory and self.memory_mb and sys.platform == "linux":
            nbytes = private_memory() + (self.memory_mb << 20)
            _lower(resource.RLIMIT_DATA, nbytes, nbytes)

    def _give_way(self) -> None:
        """Where a nice process computes, one that wakes up may wait for it for some milliseconds, and the
        threads of the web process wake each other all the time; for an idle one nobody waits. On a single
        core the web process may leave nothing."""
        if self.nice < IDLE:
            os.nice(self.nice)
        elif sys.platform == "linux" and cores() > 1:
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        else:
            os.nice(_ON_ONE_CORE)

    def broken_by(self, end: str) -> str | None:
        """The sentence for a worker that ended so (in the words of `how_it_ended`), if a limit did it."""
        if end == how_it_ended(OUT_OF_MEMORY):
            needed = f"{self.memory_mb:,} MB of memory" if self.memory_mb else "the memory that is free"
        elif end == how_it_ended(-signal.SIGXCPU):
            needed = f"{self.cpu_s:,} s of CPU time"
        else:
            return None
        return f"This experiment needed more than {needed}, and no more is allowed; {_ADVICE}"


def _lower(kind: int, soft: int, hard: int) -> None:
    """Set a limit, but never above what this process was given."""
    import resource

    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory was refused, in the words of Python, NumPy or torch."""
    words = ("can't allocate memory", "out of memory", "bad_alloc", "can't start new thread")
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(text in str(error) for text in words)
    )
