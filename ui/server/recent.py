"""What went wrong lately, for the operator's page."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from lrcore.jobs import Job


@dataclass(frozen=True)
class Trouble:
    """Something that failed: when (Unix time), what, and our own words for why."""

    at: float
    what: str
    why: str


@final
class Recent:
    """The last jobs, workers and helpers that were lost, newest first."""

    def __init__(self, most: int = 20) -> None:
        self._troubles: deque[Trouble] = deque(maxlen=most)

    def __iter__(self) -> Iterator[Trouble]:
        return iter(tuple(self._troubles))

    def _note(self, what: str, why: str) -> None:
        self._troubles.appendleft(Trouble(time.time(), what, why))

    def started(self, job: Job, waited_s: float) -> None:
        """Nothing wrong with that."""

    def ended(self, job: Job, ran_s: float | None) -> None:
        if job.state in ("failed", "crashed"):
            self._note(f"job {job.state}", job.error or "")

    def slot_lost(self, slot: int, reason: str) -> None:
        self._note(f"worker lost, slot {slot}", reason)

    def helper_lost(self, reason: str) -> None:
        self._note("helper restarted", f"The training helper {reason}.")

    def event_lag(self, seconds: float) -> None:
        """Nothing wrong with that."""
