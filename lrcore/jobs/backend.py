"""Where jobs run: what the board asks of a backend, and what a backend reports. The queue, de-duplication,
fairness and fan-out stand above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lrcore.jobs.job_events import Failed
from lrcore.results.events import Event


@dataclass(frozen=True)
class SlotUp:
    """The slot is free for a job; what it ran before is over."""


@dataclass(frozen=True)
class SlotHeld:
    """The slot takes no job until it is up again: it helps another slot, or others are to be used. A job in
    it that had ended is over; one that it was given meanwhile goes on."""


@dataclass(frozen=True)
class SlotDown:
    """The slot's process is gone, and with it the job that it ran, if that had not ended."""

    reason: str


@dataclass(frozen=True)
class Said:
    """What the slot's job has said since the last message, in order; `Failed` if it ended with an error."""

    events: Sequence[Event | Failed]


SlotMessage = SlotUp | SlotHeld | SlotDown | Said


class Sink(Protocol):
    """How a backend reports. It is called from the backend's own thread and never from inside one of the
    backend's methods. A slot has one job at a time, so the slot says which job is meant."""

    def __call__(self, slot: int, message: SlotMessage, /) -> None: ...


class BackendObserver(Protocol):
    """Who is told how the backend itself fares: for metrics. Called from the backend's own thread, so every
    method returns at once and raises nothing."""

    def helper_lost(self, reason: str) -> None:
        """The helper process is gone or was given up, and another one is started."""
        ...

    def event_lag(self, seconds: float) -> None:
        """What a worker said has reached every listener, this long after it was sent."""
        ...


class Backend(Protocol):
    """Slots that run one job each, replaced on death. Every method returns at once; the outcome comes through
    the sink."""

    @property
    def slots(self) -> int:
        """How many jobs can run at the same time."""
        ...

    @property
    def pids(self) -> Mapping[str, int]:
        """The processes on this machine that are alive: `helper`, and `slot 0`... for those that run a
        job."""
        ...

    def start(self, sink: Sink) -> None:
        """Begin; each slot reports `SlotUp` when it can take a job."""
        ...

    def run(self, slot: int, job: str, spec: str) -> None:
        """Train `spec`, an experiment (or a part of one, `lrcore.experiment.part`) as JSON, on a slot that
        is up."""
        ...

    def cancel(self, slot: int, job: str) -> None:
        """Ask the job to stop at its next check point (every yield of the trainer, every update); then
        `SlotUp`."""
        ...

    def kill(self, slot: int) -> None:
        """End the slot's process whatever it does; then `SlotDown`, then `SlotUp`."""
        ...

    def close(self) -> None:
        """End every process; idempotent, and done after two seconds at most."""
        ...
