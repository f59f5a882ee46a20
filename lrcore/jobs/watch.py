"""Who is there: a job whose owners have all left, and that nobody watches, is given up after a while."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from lrcore.jobs.clock import Alarm, Clock
from lrcore.jobs.job import Job


class Watch:
    """Calls `give_up(job, alarm)` once the job has had no present owner and no viewer for `seconds`.

    A browser that reconnects opens the live connection of its chart again and runs nothing else, so a viewer
    counts like an owner. The board calls it under its lock, which `give_up` takes before it asks `is_due`.
    """

    def __init__(self, clock: Clock, seconds: float, give_up: Callable[[Job, int], None]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._give_up = give_up
        self._absent: set[str] = set()  # of the owners of live jobs
        self._alarms: dict[Job, tuple[int, Alarm]] = {}
        self._numbers = itertools.count()

    def enter(self, owner: str, jobs: Iterable[Job]) -> None:
        """The owner is there; `jobs` are those that are live."""
        self._absent.discard(owner)
        self._look_at(owner, jobs)

    def leave(self, owner: str, jobs: Iterable[Job]) -> None:
        """The owner has left without a word, such as a closed tab, and may be back soon."""
        self._absent.add(owner)
        self._look_at(owner, jobs)

    def is_watched(self, job: Job) -> bool:
        return bool(job.listeners) or any(owner not in self._absent for owner in job.owners)

    def others_want(self, job: Job, address: str) -> bool:
        """Whether somebody waits for a job that one who watches it, from this address, has given up.

        A page that was loaded again has left its old self among the owners: absent, from the same address,
        and without a viewer of its own.
        """
        old_selves = all(owner in self._absent and known == address for owner, known in job.owners.items())
        return bool(job.owners) and not (old_selves and len(job.listeners) <= 1)

    def look(self, job: Job) -> None:
        """The job's owners or viewers have changed."""
        if job.ended or self.is_watched(job):
            if (numbered := self._alarms.pop(job, None)) is not None:
                numbered[1].cancel()
        elif job not in self._alarms:
            number = next(self._numbers)
            alarm = self._clock.later(self._seconds, lambda: self._give_up(job, number))
            self._alarms[job] = number, alarm

    def is_due(self, job: Job, alarm: int) -> bool:
        """Whether the alarm that went off still counts: it may have been stopped as it did."""
        number, _ = self._alarms.get(job, (None, None))
        return number == alarm and not job.ended and not self.is_watched(job)

    def forget(self, owners: Iterable[str]) -> None:
        """These owners have no live job any more."""
        self._absent.difference_update(owners)

    def _look_at(self, owner: str, jobs: Iterable[Job]) -> None:
        for job in jobs:
            if owner in job.owners:
                self.look(job)
