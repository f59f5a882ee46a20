"""A job in its worker process, seen from the web process."""

from __future__ import annotations

import json
import logging
import socket
from typing import final

from lrcore.jobs import wire
from lrcore.jobs.job_events import LAST_KINDS, Failed
from lrcore.jobs.processes import may_be_memory
from lrcore.jobs.watchdog import Watchdog
from lrcore.jobs.worker_limits import WorkerLimits
from lrcore.results.events import Event, decode

_log = logging.getLogger(__name__)


@final
class WorkerRun:
    """It is over when the stream has ended and the zygote has reported how the process ended."""

    def __init__(self, slot: int, job: str, sock: socket.socket, limits: WorkerLimits) -> None:
        self.slot = slot
        self.job = job
        self.channel = wire.Channel(sock)
        self.pid: int | None = None
        self.end: str | None = None  # how the process ended, in words
        # whether that end was expected: the job has sent its last event, or was asked to stop
        self.expected = False
        self.broken = False  # what it said could not be read
        # When it sent what has now been read to the end, on the monotonic clock that all processes share;
        # None as long as more of it is to come, and for a mere heartbeat.
        self.sent_at: float | None = None
        self._unfinished = False
        self._limits = limits
        self._wedged: str | None = None  # what the watchdog said
        self._watchdog = Watchdog(limits.silence_s)

    @property
    def over(self) -> bool:
        return self.end is not None and self.channel.ended

    def receive(self) -> list[Event | Failed]:
        """What has arrived; `broken` turns true when it cannot be read."""
        said: list[Event | Failed] = []
        self.sent_at = None
        try:
            for tag, payload in self.channel.receive():
                self._watchdog.heard()
                if tag == wire.EVENT:
                    said.append(decode(payload))
                    self._unfinished = True
                    continue
                match json.loads(payload):
                    case {"sent": float(at)}:
                        self.sent_at = at if self._unfinished else None
                        self._unfinished = False
                    case {"failed": str(sentence), **more}:
                        said.append(Failed(sentence))
                        if cause := more.get("cause"):
                            _log.error("Job %s: the trainer broke: %s", self.job, cause)
        except Exception:  # whatever it is, one worker that talks nonsense must not take the board along
            _log.exception(
                "Job %s in slot %d: what its worker said cannot be read; it is killed.", self.job, self.slot
            )
            self.broken = True
        if said:
            self.expected |= said[-1].kind in LAST_KINDS
        return said

    def look(self, passed_s: float) -> bool:
        """Whether the process has to be killed: it no longer works."""
        if self.end is not None or self._wedged is not None:
            return False
        self._wedged = self._watchdog.look(self.pid, passed_s)
        return self._wedged is not None

    def refusal(self) -> str | None:
        """The sentence for an experiment that ran into a limit of the operating system."""
        return None if self.end is None else self._limits.broken_by(self.end)

    def reason(self) -> str:
        """The sentence for an end that nobody expected."""
        process = "The process that trained this job"
        if self.broken:
            return f"{process} sent something unreadable and was ended. Start the job again."
        if self._wedged is not None:
            return f"{process} {self._wedged} and was ended. Start the job again."
        hint = " The machine may have run out of memory." if may_be_memory(self.end or "") else ""
        return f"{process} ended unexpectedly ({self.end}).{hint} Start the job again."
