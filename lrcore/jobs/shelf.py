"""The jobs that have ended, the most recently used ones, within a bound on their number and on their
memory."""

from __future__ import annotations

from collections import OrderedDict

from lrcore.jobs.job import Job


class Shelf:
    """Keeps `count` jobs and `nbytes` of their arrays at most (the last one always), and drops the longest
    unused first."""

    def __init__(self, count: int, nbytes: int) -> None:
        self._count = count
        self._nbytes = nbytes
        self._held = 0
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: Job) -> None:
        self.remove(job.id)
        self._jobs[job.id] = job
        self._held += job.nbytes
        while len(self._jobs) > self._count or (self._held > self._nbytes and len(self._jobs) > 1):
            self.remove(next(iter(self._jobs)))

    def get(self, job_id: str) -> Job | None:
        if job_id in self._jobs:
            self._jobs.move_to_end(job_id)
        return self._jobs.get(job_id)

    def remove(self, job_id: str) -> None:
        job = self._jobs.pop(job_id, None)
        if job is not None:
            self._held -= job.nbytes
