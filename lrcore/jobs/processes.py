"""Small facts of the operating system that the helper and its workers stand on."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import sys

from lrcore.errors import JobError

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


def hung_up(sock: socket.socket) -> bool:
    """Whether the other end of an idle socket is closed."""
    readable, _, _ = select.select([sock], [], [], 0)
    return bool(readable) and not sock.recv(1, socket.MSG_PEEK)


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


def slots_from_environment() -> int:
    """How many jobs run at once: LRLAB_SLOTS, or one for each core that this process may use; at least 1."""
    text = os.environ.get("LRLAB_SLOTS", "").strip()
    if not text:
        return max(1, len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1)
    try:
        return max(1, int(text))
    except ValueError:
        raise JobError(
            f"LRLAB_SLOTS={text!r} is not a whole number; set it to how many jobs may run at once, or leave"
            " it out."
        ) from None
