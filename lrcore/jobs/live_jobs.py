"""The jobs that wait and run, from the wish for one to its last event."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Sequence

from lrcore.experiment import Experiment
from lrcore.jobs.backend import Said, SlotDown, SlotHeld, SlotMessage, SlotUp
from lrcore.jobs.clock import Clock
from lrcore.jobs.dispatch import Dispatch
from lrcore.jobs.ended_jobs import EndedJobs
from lrcore.jobs.job import Job
from lrcore.jobs.job_events import LAST_KINDS, Cancelled, Crashed, Failed, JobEvent
from lrcore.jobs.limits import Limits
from lrcore.jobs.observer import Observer
from lrcore.jobs.slots import Slots
from lrcore.jobs.watch import Watch

_log = logging.getLogger(__name__)


class LiveJobs:
    """The board's jobs that have not ended. The board calls every method but `look` under `lock`, and
    `fill_slots` after whatever may have let a job start."""

    def __init__(
        self,
        slots: Slots,
        ended: EndedJobs,
        limits: Limits,
        clock: Clock,
        lock: threading.RLock,
        observer: Observer | None,
        *,
        gone: Cancelled,
    ) -> None:
        self._slots = slots
        self._ended = ended
        self._limits = limits
        self._clock = clock
        self._lock = lock
        self._observer = observer
        self._gone = gone  # how a job ends that nobody is there for
        self._jobs: dict[str, Job] = {}
        self._queue = Dispatch(slots, limits, clock, self._started)
        self._watch = Watch(clock, limits.unwatched_s, self._give_up)
        # the first is another one after each start of the server
        self._runs = itertools.count(time.time_ns() // 1_000_000)
        self.last_error: str | None = None

    @property
    def jobs(self) -> list[Job]:
        return list(self._jobs.values())

    def get(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def others_of(self, owner: str, job_id: str) -> list[Job]:
        """What the owner wants beside this job."""
        return [job for job in self._jobs.values() if owner in job.owners and job.id != job_id]

    def check_room(self, owner: str, address: str, leaving: Sequence[Job]) -> None:
        """Raises JobError if no further job of this owner may wait, even once he has left those `leaving`."""
        self._queue.check_room(owner, address, [job for job in leaving if len(job.owners) == 1])

    def add(self, experiment: Experiment, job_id: str) -> Job:
        """A new job, which nobody wants yet."""
        job = Job(experiment, job_id, run=next(self._runs), clock=self._clock.now)
        job.queued_at = self._clock.now()
        self._jobs[job.id] = job
        return job

    def add_owner(self, job: Job, owner: str, address: str, *, later: bool) -> None:
        job.owners[owner] = address
        self.enter(owner)
        if job.state == "queued":
            self._queue.join(job, owner, later=later)

    def remove_owner(self, job: Job, owner: str, why: Cancelled, *, finish: bool = False) -> bool:
        """True if that was the last one who is there, and so the end of the job; with `finish` one near its
        end goes on without any."""
        if owner not in job.owners:
            return False
        address = job.owners.pop(owner)
        self._queue.leave(job, owner)
        if self._watch.others_want(job, address) or (finish and self._queue.finishes(job)):
            self._watch.look(job)
            return False
        self.end(job, why)
        return True

    def enter(self, owner: str) -> None:
        self._watch.enter(owner, self._jobs.values())

    def leave(self, owner: str) -> None:
        if self.others_of(owner, ""):
            self._watch.leave(owner, self._jobs.values())

    def look(self, job: Job) -> None:
        """The job has other viewers than before."""
        with self._lock:
            self._watch.look(job)

    def would_wait(self, cost_s: float, owner: str) -> bool:
        return self._queue.would_wait(cost_s, owner)

    def fill_slots(self) -> None:
        self._queue.fill_slots()

    def end(self, job: Job, event: JobEvent) -> None:
        """The job's last event. One that is cancelled has its process stopped; others end by themselves."""
        owners = list(job.owners)
        for owner in owners:
            self._queue.leave(job, owner)
        job.owners.clear()
        self._jobs.pop(job.id, None)
        job.record(event)
        self._watch.look(job)
        self._watch.forget(owner for owner in owners if not self.others_of(owner, job.id))
        job.notify()
        self._ended.put(job)
        ran_s = None if job.slot_at is None else self._clock.now() - job.slot_at
        if job.state == "done" and ran_s is not None:
            self._queue.learn(job, ran_s)
        if self._observer is not None:
            self._observer.ended(job, ran_s)
        if event.kind == "cancelled":
            self._slots.stop(job)

    def hear(self, slot: int, message: SlotMessage) -> None:
        """What the backend reports. The slot says which job is meant: a cancelled job and its successor have
        the same id."""
        match message:
            case SlotUp():
                self._slots.free(slot)
                self.last_error = None
            case SlotHeld():
                self._slots.hold(slot)
            case SlotDown(reason):
                self._lost(slot, reason)
                # Fills no slot: with a helper all of its slots are lost, one message each, and a job that
                # waits would be put into the next one to go. What is up again says so.
                return
            case Said(events):
                job = self._slots.job_in(slot)
                if job is None or not self._record(job, events):
                    return
        self.fill_slots()

    def _started(self, job: Job) -> None:
        self._slots.alarm(job, self._clock.later(self._limits.wall_s, lambda: self._overrun(job)))
        if self._observer is not None:
            self._observer.started(job, self._clock.now() - job.queued_at)

    def _overrun(self, job: Job) -> None:
        sentence = (
            f"The run was ended after {self._limits.wall_s / 60:.0f} minutes, the most that one may take."
            " Take fewer steps, seeds or plans, a smaller model or a smaller batch."
        )
        with self._lock:
            if not job.ended:
                self.end(job, Failed(sentence))
                self._slots.stop(job)
                self.fill_slots()

    def _give_up(self, job: Job, alarm: int) -> None:
        with self._lock:
            if self._watch.is_due(job, alarm):
                self.end(job, self._gone)
                self.fill_slots()

    def _lost(self, slot: int, reason: str) -> None:
        job = self._slots.lose(slot)
        if job is not None and job.ended:
            _log.info("Slot %d: the process of a cancelled job had to be killed.", slot)
            return
        self.last_error = reason
        if self._observer is not None:
            self._observer.slot_lost(slot, reason)
        else:
            _log.warning("Slot %d: %s", slot, reason)
        if job is not None:
            self.end(job, Crashed(reason))

    def _record(self, job: Job, events: Sequence[JobEvent]) -> bool:
        """True if that ended the job."""
        if job.ended:  # what a cancelled job still says is not wanted
            return False
        for event in events:
            if event.kind in LAST_KINDS:
                self.end(job, event)
                return True
            job.record(event)
        job.notify()
        return False
