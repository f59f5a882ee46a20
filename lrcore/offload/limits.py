"""How much one call outside the web process may take, and how many there may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Args:
    processes: calls that are calculated at the same time.
    seconds: CPU time of a call; whole seconds, since the kernel counts those.
    wall_seconds: the time by the clock after which a call is given up, stopped processes included.
    nbytes: memory of a call, beyond what the fork server has; bytes.
    file_nbytes: the longest file that a call may write; bytes.
    calls_waiting, owner_waiting: calls in the queue, of all visitors and of one.
    kept_nbytes: results that are kept, as JSON; bytes.
    """

    processes: int = 2
    seconds: int = 5
    wall_seconds: float = 20.0
    nbytes: int = 256 << 20
    file_nbytes: int = 64 << 20
    calls_waiting: int = 500
    owner_waiting: int = 100
    kept_nbytes: int = 8 << 20
