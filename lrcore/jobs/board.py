"""The job board: who wants which experiment trained, what runs, what waits, and what their viewers
see."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from lrcore.errors import JobError
from lrcore.experiment import Experiment
from lrcore.jobs.backend import Backend, SlotMessage
from lrcore.jobs.clock import Clock, SystemClock
from lrcore.jobs.ended_jobs import EndedJobs
from lrcore.jobs.job import Job
from lrcore.jobs.job_events import Cancelled
from lrcore.jobs.kept_results import KeptResults
from lrcore.jobs.limits import Limits
from lrcore.jobs.live_jobs import LiveJobs
from lrcore.jobs.observer import Observer
from lrcore.jobs.slots import Slots
from lrcore.jobs.subscription import Subscription

_REPLACED = Cancelled("A newer experiment took its place.", "replaced")
_STOPPED = Cancelled("Stopped.", "stopped")
_LEFT = Cancelled("Stopped, because nobody was waiting for it any more.", "left")
_CLOSING = Cancelled("Stopped, because the app is shutting down.", "closing")


class JobBoard:
    """Queue, de-duplication, fairness between owners, limits and fan-out to viewers, above any `Backend`.

    Every method may be called from any thread: none of them waits for a worker. `submit`, `job` and
    `subscribe` may read one file; the others may be called from an event loop too. An *owner* is a name for
    whoever wants a result, such as a browser session; a job is trained as long as one owner wants it. `""` is
    an owner like any other, that all anonymous callers share.

    `slots` jobs run at the same time (by default as many as the backend can), within `limits`. Of those that
    ended the last `keep` results and as many failures can be looked up, with `keep_bytes` of arrays each;
    `results` keeps results for longer. A job that does not stop within `grace` seconds after it was cancelled
    is killed. `observer` is told what happens.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        slots: int | None = None,
        limits: Limits | None = None,
        results: KeptResults | None = None,
        observer: Observer | None = None,
        clock: Clock | None = None,
        keep: int = 64,
        keep_bytes: int = 256 << 20,
        grace: float = 0.3,
    ) -> None:
        self._backend = backend
        self._limits = limits or Limits()
        # reentrant: a signal handler may call close() in the thread that holds it
        self._lock = threading.RLock()
        clock = clock or SystemClock()
        self._ended = EndedJobs(keep, keep_bytes, results)
        self._slots = Slots(backend, slots, clock, self._lock, grace)
        self._live = LiveJobs(self._slots, self._ended, self._limits, clock, self._lock, observer, gone=_LEFT)
        self._closed = False
        backend.start(self._sink)

    def submit(
        self,
        experiment: Experiment,
        owner: str = "",
        *,
        address: str = "",
        supersede: bool = False,
        later: bool = False,
    ) -> Job:
        """The job that trains `experiment`: the one there is, or a new one; `owner` is noted as wanting it.

        The same experiment gives the same job while it waits, runs, or is kept with its result; one that
        failed, crashed or was cancelled is started anew. `supersede` first withdraws `owner` from everything
        else, so that the newest setting of a slider need not wait for the ones before it; what is near its
        end is finished and kept all the same. `later` lets first results of others come before it. `address`
        is where the owner comes from, "" if that is not known.

        Raises JobError for an experiment beyond the limits, and when too many wait.
        """
        job_id = experiment.id
        self.job(job_id)  # read from disk what is kept there, before the lock
        with self._lock:
            if self._closed:
                raise JobError(
                    "The app is shutting down and takes no more jobs; submit the experiment again when it is"
                    " back."
                )
            superseded = self._live.others_of(owner, job_id) if supersede else []
            job = self._find(job_id)
            if job is None or job.retryable:
                self._limits.check(experiment)
                self._live.check_room(owner, address, superseded)
                job = self._live.add(experiment, job_id)
            for other in superseded:
                self._live.remove_owner(other, owner, _REPLACED, finish=True)
            if not job.ended:
                self._live.add_owner(job, owner, address, later=later)
            self._live.fill_slots()
            return job

    def job(self, job_id: str) -> Job | None:
        """The job with this id, if it waits, runs, or is still kept."""
        with self._lock:
            found = self._find(job_id)
        # without the lock, which nobody is to hold while a disk is slow
        if (found is None or found.retryable) and (kept := self._ended.read(job_id)) is not None:
            with self._lock:
                found = self._live.get(job_id) or self._ended.remember(kept)
        return found

    def subscribe(self, job_id: str) -> Subscription:
        """Watch a job: its first batch is everything so far. A job that is watched goes on when its owners
        have left."""
        self.job(job_id)
        with self._lock:
            if (job := self._find(job_id)) is None:
                raise JobError(
                    f"There is no job {job_id!r}, or no longer: only the latest are kept. Submit the"
                    " experiment again."
                )
            subscription = Subscription(job, on_close=lambda: self._live.look(job))
            self._live.look(job)
            return subscription

    def cancel(self, job_id: str, owner: str = "") -> bool:
        """The Stop button: `owner` no longer wants the job. True if that ended it; False if it goes on for
        others, or had ended.

        Nobody can stop what somebody else waits for. An ended job is "cancelled" at once; what it said so far
        stays readable.
        """
        with self._lock:
            job = self._live.get(job_id)
            ended = job is not None and self._live.remove_owner(job, owner, _STOPPED)
            self._live.fill_slots()
            return ended

    def enter(self, owner: str) -> None:
        """The owner is there, or is there again."""
        with self._lock:
            self._live.enter(owner)

    def leave(self, owner: str) -> None:
        """The owner has left without a word, such as a closed tab or a lost connection: what no present owner
        wants, and nobody watches, is ended after a while."""
        with self._lock:
            self._live.leave(owner)

    def would_wait(self, experiment: Experiment, owner: str) -> bool:
        """Whether an experiment with which `owner` supersedes everything else would have to wait for a
        slot."""
        with self._lock:
            return self._live.would_wait(experiment.estimated_seconds, owner)

    def live(self) -> list[Job]:
        """The jobs that run, and then those that wait, in their order."""
        with self._lock:
            return sorted(self._live.jobs, key=lambda job: job.position or 0)

    @property
    def pids(self) -> Mapping[str, int]:
        """The processes of the backend on this machine: `helper`, and `slot 0`... for those that run a
        job."""
        return self._backend.pids

    @property
    def ready(self) -> bool:
        """Whether a job submitted now could start: the backend has a slot that is up."""
        return self._slots.up and not self._closed

    def health(self) -> dict[str, int | str | None]:
        """For a readiness route and the log: how many slots, running and queued jobs, whether jobs can start,
        and if not, why."""
        with self._lock:
            jobs = self._live.jobs
            return {
                "slots": self._slots.count,
                "running": sum(job.state == "running" for job in jobs),
                "queued": sum(job.state == "queued" for job in jobs),
                "ready": self.ready,
                "error": None if self.ready else self._live.last_error,
            }

    def close(self) -> None:
        """End every job and process; idempotent. Every subscription ends, with `Cancelled` as its last
        event."""
        with self._lock:
            self._closed = True
            for job in self._live.jobs:
                self._live.end(job, _CLOSING)
        self._backend.close()  # outside the lock, which the backend's thread may want for its last words
        self._ended.close()

    def _find(self, job_id: str) -> Job | None:
        return self._live.get(job_id) or self._ended.get(job_id)

    def _sink(self, slot: int, message: SlotMessage) -> None:
        if self._closed:
            return
        with self._lock:
            self._live.hear(slot, message)
