"""Small facts of the operating system that the helper and its workers stand on."""

from __future__ import annotations

import ctypes
import math
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends; end now if that has happened
    already.

    Only Linux can do this. Elsewhere the end of the socket to the parent is the only sign, which a stuck
    process does not read.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        os._exit(0)


def prefer_as_oom_victim() -> None:
    """When memory runs out, have the kernel take this process before the one that serves everybody."""
    if sys.platform == "linux":
        with open("/proc/self/oom_score_adj", "w") as adjustment:
            adjustment.write("500")


def raise_open_files_limit(most: int = 1 << 16) -> int:
    """Let this process open as many files as the system allows it, `most` at the most; returns how many.

    The usual limit of 1,024 is the soft one, which a process may raise by itself: one visitor with a thousand
    idle connections would reach it.
    """
    import resource  # Windows has none, and no such limit

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most if hard == resource.RLIM_INFINITY else min(hard, most)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def hung_up(sock: socket.socket) -> bool:
    """Whether the other end of an idle socket is closed."""
    poll = select.poll()  # not select(), which knows no descriptor above 1,023
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0)) and not sock.recv(1, socket.MSG_PEEK)


@dataclass(frozen=True)
class Seen:
    """What the kernel tells of a process at a moment: the letter of its state, and its CPU time (seconds)."""

    state: str = ""
    cpu_s: float = 0.0

    @classmethod
    def of(cls, pid: int) -> Seen:
        """Nothing where the system does not tell, or the process is gone."""
        try:
            with open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            return cls()
        return cls(fields[0], (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))


def private_memory() -> int:
    """Bytes of this process that count against RLIMIT_DATA: private and writable, used or not."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def thread_count() -> int | None:
    """Threads of this process, those of C libraries included; None where the system does not tell."""
    return len(os.listdir("/proc/self/task")) if sys.platform == "linux" else None


def how_it_ended(status: int) -> str:
    """An exit status, as `os.waitstatus_to_exitcode` gives it, in words.

    >>> how_it_ended(-9), how_it_ended(3)
    ('killed by SIGKILL', 'exit status 3')
    """
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:  # a real-time signal has a number and no name
        return f"killed by signal {-status}"


def may_be_memory(end: str) -> bool:
    """Whether a process that ended so may have run out of memory: killed by the kernel, or C code gave up."""
    return end in (how_it_ended(-signal.SIGKILL), how_it_ended(-signal.SIGABRT))


def cores(quota: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """How many cores this process may use: those of its machine, or fewer where its container has a quota of
    CPU time, which the kernel tells in `quota` as "max" or as microseconds of so many."""
    some = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    try:
        most, period = quota.read_text().split()
        return max(1, min(some, math.ceil(int(most) / int(period))))
    except (OSError, ValueError):  # no such file outside of containers, and "max" is no number
        return max(1, some)
