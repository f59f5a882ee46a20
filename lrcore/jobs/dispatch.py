"""From the queue into the slots: which waiting job starts when, and what the others are told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lrcore.jobs.admission import Admission
from lrcore.jobs.clock import Clock
from lrcore.jobs.fair_queue import FairQueue
from lrcore.jobs.job import Job
from lrcore.jobs.limits import Limits
from lrcore.jobs.slots import Slots
from lrcore.jobs.waiting_time import Pace, waits

_LATER_S = 10.0  # by so much waiting does a first result come before the rest of another


class Dispatch:
    """The jobs that wait, called under the board's lock. `started(job)` is called for each that starts."""

    def __init__(self, slots: Slots, limits: Limits, clock: Clock, started: Callable[[Job], None]) -> None:
        self._slots = slots
        self._clock = clock
        self._started = started
        self._admission = Admission(limits, slots)
        self._queue = FairQueue(limits.rest_s, clock.now)
        self._jobs: dict[str, Job] = {}
        self._pace = Pace()

    def __len__(self) -> int:
        return len(self._jobs)

    def check_room(self, owner: str, address: str, leaving: Iterable[Job]) -> None:
        """Raises JobError if no further job of this owner may wait, even once those `leaving` are gone."""
        gone = {job.id for job in leaving}
        waiting = [job for job in self._jobs.values() if job.id not in gone]
        self._admission.check_room(owner, address, waiting)

    def join(self, job: Job, owner: str, *, later: bool) -> None:
        """The job waits in the name of `owner`; `later` lets first results come before it."""
        self._jobs[job.id] = job
        self._queue.join(owner, job.id, job.cost_s, _LATER_S if later else 0.0)

    def leave(self, job: Job, owner: str) -> None:
        self._queue.leave(owner, job.id)
        if job.id not in self._queue:
            self._jobs.pop(job.id, None)

    def would_wait(self, cost_s: float, owner: str) -> bool:
        """Whether a job with which `owner` supersedes everything else would have to wait for a slot."""
        others = any(set(job.owners) - {owner} for job in self._jobs.values())
        running = self._slots.running
        staying = [job for job in running if set(job.owners) != {owner}]
        free = self._slots.idle + len(running) - len(staying)
        return others or not free or not self._admission.has_room(cost_s, staying)

    def finishes(self, job: Job) -> bool:
        """Whether a running job that nobody wants any more is kept to its end."""
        return self._admission.finishes(job)

    def learn(self, job: Job, took_s: float) -> None:
        """A job has finished."""
        self._pace.learn(job.cost_s, took_s)

    def fill_slots(self) -> None:
        """Start what may start, and bring up to date what the others know of their place."""
        while self._slots.idle:
            running = self._slots.running

            def may_start(job_id: str, share: bool, running: list[Job] = running) -> bool:
                return self._admission.may_start(self._jobs[job_id], running, share=share)

            # An address that has its share of the slots gets more of them if nobody else can use them.
            job_id = self._queue.take(lambda name: may_start(name, True)) or self._queue.take(
                lambda name: may_start(name, False)
            )
            if job_id is None:
                break
            job = self._jobs.pop(job_id)
            job.state, job.position, job.slot_at = "running", None, self._clock.now()
            self._slots.run(job)
            self._started(job)
        self._update_positions()

    def _update_positions(self) -> None:
        jobs = [self._jobs[job_id] for job_id in self._queue]
        pace = self._pace.seconds
        expected = waits(
            (self._left(job) for job in self._slots.running),
            (pace * job.cost_s for job in jobs),
            self._slots.count,
        )
        for position, (job, wait_s) in enumerate(zip(jobs, expected, strict=True), start=1):
            job.wait_s = wait_s
            if job.position != position:
                job.position = position
                job.notify()

    def _left(self, job: Job) -> float:
        """About how many seconds a running job still needs."""
        if job.seconds_left is not None:
            return job.seconds_left
        return max(0.0, self._pace.seconds * job.cost_s - (self._clock.now() - (job.slot_at or 0.0)))
