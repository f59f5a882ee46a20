"""The jobs that have ended: the most recently used ones in memory, and results on disk for longer."""

from __future__ import annotations

from collections import OrderedDict

from lrcore.jobs.job import Job
from lrcore.jobs.kept_results import KeptResults


class _Shelf:
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


class EndedJobs:
    """A cache of jobs by id. Those without a result are kept apart, so that no result ever gives way to jobs
    that were cancelled or broke; `count` and `nbytes` bound either kind."""

    def __init__(self, count: int, nbytes: int, results: KeptResults | None) -> None:
        self._done, self._broken = _Shelf(count, nbytes), _Shelf(count, nbytes)
        self._results = results

    def put(self, job: Job) -> None:
        if job.state == "done":
            self._done.put(job)
            self._broken.remove(job.id)
            if self._results is not None:
                self._results.put(job)
        else:
            self._broken.put(job)

    def get(self, job_id: str) -> Job | None:
        """From memory: the result if there is one, else how the job ended last."""
        return self._done.get(job_id) or self._broken.get(job_id)

    def read(self, job_id: str) -> Job | None:
        """From disk."""
        return None if self._results is None else self._results.get(job_id)

    def remember(self, job: Job) -> Job:
        """Hold in memory what was read; another thread may have done it before."""
        if (known := self._done.get(job.id)) is not None:
            return known
        self._done.put(job)
        return job

    def close(self) -> None:
        if self._results is not None:
            self._results.close()
