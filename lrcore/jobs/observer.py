"""Who is told what happens on the board: for metrics and the log."""

from __future__ import annotations

from typing import Protocol

from lrcore.jobs.job import Job


class Observer(Protocol):
    """Told by the board, under its lock: every method returns at once and raises nothing."""

    def started(self, job: Job, waited_s: float) -> None: ...

    def ended(self, job: Job, ran_s: float | None) -> None: ...

    def slot_lost(self, slot: int, reason: str) -> None: ...
