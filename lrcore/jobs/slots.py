"""Which slot of the backend runs which job, and the alarms that end one."""

from __future__ import annotations

import threading

from lrcore.jobs.backend import Backend
from lrcore.jobs.clock import Alarm, Clock
from lrcore.jobs.job import Job


class Slots:
    """The board's book of the backend's slots. The board calls every method under `lock`, which the alarms
    take by themselves."""

    def __init__(
        self, backend: Backend, count: int | None, clock: Clock, lock: threading.RLock, grace_s: float
    ) -> None:
        self._backend = backend
        self._count = count
        self._clock = clock
        self._lock = lock
        self._grace_s = grace_s
        self._idle: list[int] = []
        self._busy: dict[int, Job] = {}  # a cancelled job stays here until its process is gone
        self._alarms: dict[int, list[Alarm]] = {}

    @property
    def count(self) -> int:
        """How many jobs run at the same time: as was said, or as many as the backend can by now. At least 1,
        for which those that come before there is a slot may wait."""
        return self._count or max(1, self._backend.slots)

    @property
    def idle(self) -> int:
        """How many slots wait for a job."""
        return len(self._idle)

    @property
    def up(self) -> bool:
        """Whether there is any slot."""
        return bool(self._idle or self._busy)

    @property
    def running(self) -> list[Job]:
        return [job for job in self._busy.values() if not job.ended]

    def job_in(self, slot: int) -> Job | None:
        return self._busy.get(slot)

    def run(self, job: Job) -> None:
        """Put the job into an idle slot."""
        slot = self._idle.pop()
        self._busy[slot] = job
        self._backend.run(slot, job.id, job.experiment.model_dump_json())

    def alarm(self, job: Job, alarm: Alarm) -> None:
        """An alarm that is void once the job's slot is free."""
        slot = next(slot for slot, other in self._busy.items() if other is job)
        self._alarms.setdefault(slot, []).append(alarm)

    def stop(self, job: Job) -> None:
        """End what the job, which has ended, still does: ask its process, and kill it after the grace."""
        slot = next((slot for slot, other in self._busy.items() if other is job), None)
        if slot is not None:
            self._backend.cancel(slot, job.id)
            self.alarm(job, self._clock.later(self._grace_s, lambda: self._kill_if_busy(slot, job)))

    def free(self, slot: int) -> None:
        """The slot can take a job."""
        self.lose(slot)
        self._idle.append(slot)

    def hold(self, slot: int) -> None:
        """The slot takes no job until it is free; one that it has just been given goes on."""
        if (job := self._busy.get(slot)) is None or job.ended:
            self.lose(slot)

    def lose(self, slot: int) -> Job | None:
        """Take the slot out of use; returns the job that it had."""
        for alarm in self._alarms.pop(slot, ()):
            alarm.cancel()
        self._idle = [other for other in self._idle if other != slot]
        return self._busy.pop(slot, None)

    def _kill_if_busy(self, slot: int, job: Job) -> None:
        with self._lock:
            if self._busy.get(slot) is job:
                self._backend.kill(slot)
