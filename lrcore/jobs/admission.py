"""What the limits allow: who may wait, and who may start beside what runs."""

from __future__ import annotations

from collections.abc import Sequence

from lrcore.errors import JobError
from lrcore.jobs.job import Job
from lrcore.jobs.limits import Limits
from lrcore.jobs.slots import Slots


class Admission:
    """The limits over `slots` jobs at the same time.

    Long jobs leave one slot to short ones. Of a single slot there is nothing to leave: there one long and
    one short job run at the same time in two processes, and the operating system shares the core between
    them. So a short job beside a long one takes twice its time, where it would wait for a quarter of an
    hour, and no work is thrown away; `processes` says how many a backend needs for that.
    """

    def __init__(self, limits: Limits, slots: Slots) -> None:
        self._limits = limits
        self._slots = slots

    def check_room(self, owner: str, address: str, waiting: Sequence[Job]) -> None:
        """Raises JobError if one more job of this owner and address is too much beside those that wait."""
        limits = self._limits
        of_session = sum(owner in job.owners for job in waiting)
        of_address = sum(address in job.owners.values() for job in waiting) if address else 0
        if len(waiting) >= limits.queued:
            raise JobError(
                f"{len(waiting)} experiments are waiting, and no more than {limits.queued} may; try again in"
                " a little while."
            )
        if of_session >= limits.session_queued:
            raise JobError(
                f"{of_session} of your experiments are waiting, and no more than {limits.session_queued} may;"
                " wait for one or stop one."
            )
        if of_address >= limits.address_queued:
            raise JobError(
                f"{of_address} experiments from your network are waiting, and no more than"
                f" {limits.address_queued} may; try again in a little while."
            )

    def has_room(self, cost_s: float, running: Sequence[Job]) -> bool:
        """Whether a job of that cost, long or short, may run beside these."""
        is_long = cost_s > self._limits.short_s
        alike = sum((other.cost_s > self._limits.short_s) == is_long for other in running)
        return alike < (max(1, self._slots.count - 1) if is_long else self._slots.count)

    def may_start(self, job: Job, running: Sequence[Job], *, share: bool) -> bool:
        """Whether `job` may have a free slot; with `share`, whether it may if anybody from another address
        could use it too."""
        limits = self._limits
        if not self.has_room(job.cost_s, running):
            return False
        if not any(_count(owner, running) < limits.session_running for owner in job.owners):
            return False
        most = max(1, int(self._slots.count * limits.address_share))
        return not share or any(
            not address or sum(address in other.owners.values() for other in running) < most
            for address in job.owners.values()
        )

    def finishes(self, job: Job) -> bool:
        """Whether a job that nobody wants any more is so near its end that it is kept to it."""
        limits, left = self._limits, job.seconds_left
        if left is None:
            return False
        return left <= limits.finish_s or (2 * job.step >= job.steps and job.cost_s <= limits.short_s)


def processes(slots: int) -> int:
    """How many worker processes serve so many slots."""
    return max(2, slots)


def _count(owner: str, running: Sequence[Job]) -> int:
    return sum(owner in job.owners for job in running)
