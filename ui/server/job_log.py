"""The log's lines about jobs and workers."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import final

from lrcore.jobs import Job
from ui.server.logs import event


def short(name: str) -> str:
    """A session or a job by the first signs of its id: enough to follow it through a log."""
    return name[:12]


@final
class JobLog:
    """A line when a job starts and ends, and when a worker or the helper is lost. Sentences are not logged:
    that of a refused experiment repeats what was typed."""

    def __init__(self) -> None:
        self._sessions: dict[int, str] = {}  # a job's id is kept: when it ends, its owners are gone

    def started(self, job: Job, waited_s: float) -> None:
        self._sessions[id(job)] = sessions = _names(job.owners)
        event(
            "job started",
            job=short(job.id),
            session=sessions,
            waited_s=round(waited_s, 3),
            members=job.experiment.members,
            steps=job.steps,
        )

    def ended(self, job: Job, ran_s: float | None) -> None:
        sessions = self._sessions.pop(id(job), None) or _names(job.owners)
        event(
            "job ended",
            logging.WARNING if job.state in ("failed", "crashed") else logging.INFO,
            job=short(job.id),
            session=sessions or None,
            state=job.state,
            seconds=None if ran_s is None else round(ran_s, 3),
            members=job.experiment.members,
            steps=job.step,
        )

    def slot_lost(self, slot: int, reason: str) -> None:
        event("worker lost", logging.WARNING, slot=slot, reason=reason)

    def helper_lost(self, reason: str) -> None:
        event("helper restarted", logging.ERROR, reason=reason)

    def event_lag(self, seconds: float) -> None:
        """No line: it is told twelve times a second."""


def _names(owners: Iterable[str]) -> str:
    return ",".join(sorted(short(owner) for owner in owners))
