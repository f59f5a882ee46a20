"""The job board: who wants which experiment trained, what runs, what waits, what viewers see."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from lrcore.errors import JobError
from lrcore.experiment import Experiment
from lrcore.jobs.backend import Backend, Said, SlotDown, SlotHeld, SlotMessage, SlotUp
from lrcore.jobs.ended_jobs import EndedJobs
from lrcore.jobs.fair_queue import FairQueue
from lrcore.jobs.job import Job
from lrcore.jobs.job_events import LAST_KINDS, Cancelled, Crashed, JobEvent
from lrcore.jobs.subscription import Subscription

_log = logging.getLogger(__name__)


class JobBoard:
    """Queue, de-duplication, fairness between owners and fan-out to viewers, above any `Backend`.

    Every method may be called from any thread and from an event loop: none of them waits for a worker. An
    *owner* is a name for whoever wants a result, such as a browser session; a job is trained as long as one
    owner wants it. `""` is an owner like any other, that all anonymous callers share.

    Bounds: `queue_max` jobs wait at the same time, `owner_max` of them for one owner; the last `keep` jobs
    that ended, with `keep_bytes` of arrays, can be looked up. A job that does not stop within `grace` seconds
    after it was cancelled is killed.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        keep: int = 64,
        keep_bytes: int = 256 << 20,
        queue_max: int = 200,
        owner_max: int = 20,
        grace: float = 0.3,
    ) -> None:
        self._backend = backend
        self._grace = grace
        # reentrant: a signal handler may call close() in the thread that holds it
        self._lock = threading.RLock()
        self._live: dict[str, Job] = {}  # queued and running
        self._ended = EndedJobs(keep, keep_bytes)
        self._queue = FairQueue(queue_max, owner_max)
        self._idle: list[int] = []
        self._busy: dict[int, Job] = {}  # a cancelled job stays here until its process is gone
        self._kill_timers: dict[int, threading.Timer] = {}
        self._last_error: str | None = None
        self._closed = False
        backend.start(self._sink)

    def submit(self, experiment: Experiment, owner: str = "", *, supersede: bool = False) -> Job:
        """The job that trains `experiment`: the one there is, or a new one; `owner` is noted as wanting it.

        The same experiment gives the same job while it waits, runs, or is kept with its result; one that
        failed, crashed or was cancelled is started anew. `supersede` first withdraws `owner` from
        everything else, so that the newest setting of a slider need not wait for the ones before it.

        Raises JobError when the queue is full, for all or for this owner.
        """
        with self._lock:
            if self._closed:
                raise JobError(
                    "The app is shutting down and takes no more jobs; submit the experiment again when it is"
                    " back."
                )
            wanted = [job for job in self._live.values() if owner in job.owners and job.id != experiment.id]
            superseded = wanted if supersede else []
            job = self._find(experiment.id)
            if job is None or job.retryable:
                self._queue.check_room(owner, [job.id for job in superseded if job.state == "queued"])
                job = self._live[experiment.id] = Job(experiment, experiment.id)
                self._ended.remove(job.id)
            for other in superseded:
                self._remove_owner(other, owner, "A newer experiment took its place.")
            if not job.ended:
                job.owners.add(owner)
            if job.state == "queued":
                self._queue.join(owner, job.id)
                self._dispatch()
            return job

    def job(self, job_id: str) -> Job | None:
        """The job with this id, if it waits, runs, or is still kept."""
        with self._lock:
            return self._find(job_id)

    def subscribe(self, job_id: str) -> Subscription:
        """Watch a job: its first batch is everything so far. Watching keeps no job alive."""
        with self._lock:
            if (job := self._find(job_id)) is None:
                raise JobError(
                    f"There is no job {job_id!r}, or no longer: only the latest are kept. Submit the"
                    " experiment again."
                )
            return Subscription(job)

    def cancel(self, job_id: str, owner: str = "") -> bool:
        """The Stop button: `owner` no longer wants the job. True if that ended it; False if it goes on for
        others, or had ended.

        Nobody can stop what somebody else waits for. An ended job is "cancelled" at once; what it said so far
        stays readable.
        """
        return self._withdraw(job_id, owner, "Stopped.")

    def release(self, job_id: str, owner: str = "") -> bool:
        """As `cancel`, for an owner who has left without a word, such as a closed tab."""
        return self._withdraw(job_id, owner, "Stopped, because nobody was waiting for it any more.")

    def release_all(self, owner: str) -> None:
        """`release` everything that `owner` wants: the end of a session."""
        with self._lock:
            for job in list(self._live.values()):
                self.release(job.id, owner)

    @property
    def ready(self) -> bool:
        """Whether a job submitted now could start: the backend has a slot that is up."""
        return bool(self._idle or self._busy) and not self._closed

    def health(self) -> dict[str, int | str | None]:
        """For a readiness route and the log: how many slots, running and queued jobs, whether jobs can start,
        and if not, why."""
        with self._lock:
            return {
                "slots": self._backend.slots,
                "running": sum(job.state == "running" for job in self._live.values()),
                "queued": len(self._queue),
                "ready": self.ready,
                "error": None if self.ready else self._last_error,
            }

    def close(self) -> None:
        """End every job and process; idempotent. Every subscription ends, with `Cancelled` as its last
        event."""
        with self._lock:
            self._closed = True
            for job in list(self._live.values()):
                self._end(job, Cancelled("Stopped, because the app is shutting down."))
        self._backend.close()  # outside the lock, which the backend's thread may want for its last words

    def _find(self, job_id: str) -> Job | None:
        return self._live.get(job_id) or self._ended.get(job_id)

    def _withdraw(self, job_id: str, owner: str, reason: str) -> bool:
        with self._lock:
            job = self._live.get(job_id)
            return job is not None and self._remove_owner(job, owner, reason)

    def _remove_owner(self, job: Job, owner: str, reason: str) -> bool:
        """True if that was the last one, and so the end of the job."""
        if owner not in job.owners:
            return False
        job.owners.discard(owner)
        self._queue.leave(owner, job.id)
        if job.owners:
            self._update_positions()
            return False
        self._end(job, Cancelled(reason))
        return True

    def _end(self, job: Job, event: JobEvent) -> None:
        """The job's last event. Its process, if it has one and has not ended by itself, is asked to stop and
        then made to."""
        waited = job.state == "queued"
        for owner in job.owners:
            self._queue.leave(owner, job.id)
        job.owners.clear()
        self._live.pop(job.id, None)
        job.record(event)
        job.notify()
        self._ended.put(job)
        if waited:
            self._update_positions()
        slot = next((slot for slot, other in self._busy.items() if other is job), None)
        if slot is not None and event.kind == "cancelled" and not self._closed:
            self._backend.cancel(slot, job.id)
            timer = self._kill_timers[slot] = threading.Timer(self._grace, self._kill_if_busy, (slot, job))
            timer.daemon = True
            timer.start()

    def _kill_if_busy(self, slot: int, job: Job) -> None:
        with self._lock:
            if self._busy.get(slot) is job and not self._closed:
                self._backend.kill(slot)

    def _dispatch(self) -> None:
        while self._idle and self._queue:
            slot, job = self._idle.pop(), self._live[self._queue.take()]
            job.state, job.position = "running", None
            self._busy[slot] = job
            self._backend.run(slot, job.id, job.experiment.model_dump_json())
        self._update_positions()

    def _update_positions(self) -> None:
        for position, job_id in enumerate(self._queue, start=1):
            job = self._live[job_id]
            if job.position != position:
                job.position = position
                job.notify()

    def _sink(self, slot: int, message: SlotMessage) -> None:
        """What the backend reports. The slot says which job is meant: a cancelled job and its successor have
        the same id."""
        if self._closed:
            return
        with self._lock:
            match message:
                case SlotUp():
                    self._clear(slot)
                    self._last_error = None
                    self._idle.append(slot)
                    self._dispatch()
                case SlotHeld() if (held := self._busy.get(slot)) is None or held.ended:
                    self._clear(slot)
                case SlotDown(reason):
                    job = self._clear(slot)
                    if job is not None and job.ended:
                        _log.info("Slot %d: the process of a cancelled job had to be killed.", slot)
                        return
                    self._last_error = reason
                    _log.warning("Slot %d: %s", slot, reason)
                    if job is not None:
                        self._end(job, Crashed(reason))
                case Said(events):
                    if (job := self._busy.get(slot)) is not None:
                        self._record(job, events)

    def _clear(self, slot: int) -> Job | None:
        """Take the slot out of use; returns the job that it had."""
        if slot in self._kill_timers:
            self._kill_timers.pop(slot).cancel()
        self._idle = [other for other in self._idle if other != slot]
        return self._busy.pop(slot, None)

    def _record(self, job: Job, events: Sequence[JobEvent]) -> None:
        for event in events:
            if job.ended:  # what a cancelled job still says is not wanted
                return
            if event.kind in LAST_KINDS:
                self._end(job, event)
            else:
                job.record(event)
        job.notify()
