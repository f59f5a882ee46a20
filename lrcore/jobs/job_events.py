"""What a job says beside what its training says (`lrcore.results.events`): where it waits, and how it ended
if it did not finish."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from lrcore.results.events import Event


@dataclass(frozen=True)
class Queued:
    """The job waits for a free slot. `position` is 1 for the job that starts next, `wait_s` about how long it
    still waits."""

    kind: ClassVar[str] = "queued"
    position: int
    wait_s: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Crashed:
    """The process that trained the job is gone (killed, out of memory). The job ends here; `submit` starts it
    anew."""

    kind: ClassVar[str] = "crashed"
    reason: str


@dataclass(frozen=True)
class Failed:
    """The trainer refused the experiment or broke. `sentence` is for the page; a traceback only goes to the
    server's log."""

    kind: ClassVar[str] = "failed"
    sentence: str


@dataclass(frozen=True)
class Cancelled:
    """Nobody wants the job any more: its last owner stopped it, has left, or asked for something newer that
    replaced it; or the app is closing."""

    kind: ClassVar[str] = "cancelled"
    reason: str
    cause: Literal["stopped", "left", "replaced", "closing"]


JobEvent = Queued | Event | Crashed | Failed | Cancelled
# after one of these a job says nothing more
LAST_KINDS = frozenset({"finished", "crashed", "failed", "cancelled"})
