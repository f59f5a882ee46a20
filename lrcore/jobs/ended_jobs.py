"""A cache of the jobs that have ended: the most recently used ones, within a bound on their number and on
their memory."""

from __future__ import annotations

from collections import OrderedDict

from lrcore.jobs.job import Job


class EndedJobs:
    """Keeps `count` jobs and `nbytes` of their arrays at most (the last one always), and drops the longest
    unused first."""

    def __init__(self, count: int, nbytes: int) -> None:
        self._count_max = count
        self._nbytes_max = nbytes
        self._nbytes = 0
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def put(self, job: Job) -> None:
        self.remove(job.id)
        self._jobs[job.id] = job
        self._nbytes += job.nbytes
        while len(self._jobs) > self._count_max or (self._nbytes > self._nbytes_max and len(self._jobs) > 1):
            self.remove(next(iter(self._jobs)))

    def get(self, job_id: str) -> Job | None:
        if job_id in self._jobs:
            self._jobs.move_to_end(job_id)
        return self._jobs.get(job_id)

    def remove(self, job_id: str) -> None:
        job = self._jobs.pop(job_id, None)
        if job is not None:
            self._nbytes -= job.nbytes
