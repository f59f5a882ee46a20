"""Where jobs run: what the board asks of an engine. The queue, de-duplication, fairness and fan-out stand
above it."""

from __future__ import annotations

from typing import Any, Literal, Protocol

SinkKind = Literal["slot_up", "slot_down", "events", "failed"]


class Sink(Protocol):
    """How a backend reports. It is called from the backend's own thread and never from inside one of the
    backend's methods.

    - `slot_up`: the slot is free for a job; what it ran before is over.
    - `slot_down`, fields `reason: str`: the slot's process is gone, and with it the job that it ran, if that
      had not ended.
    - `events`, fields `events: list[lrcore.events.Event]`: what the job has said since the last call, in
      order.
    - `failed`, fields `sentence: str`: the job ended with an error, in words for the page.
    """

    def __call__(self, slot: int, kind: SinkKind, job: str | None, fields: dict[str, Any], /) -> None: ...


class Backend(Protocol):
    """Slots that run one job each, replaced on death. Every method returns at once; the outcome comes through
    the sink."""

    @property
    def slots(self) -> int:
        """How many jobs can run at the same time."""
        ...

    def start(self, sink: Sink) -> None:
        """Begin; each slot reports `slot_up` when it can take a job."""
        ...

    def run(self, slot: int, job: str, spec: str) -> None:
        """Train `spec`, an experiment as JSON, on a slot that is up."""
        ...

    def control(self, slot: int, job: str, op: Literal["cancel"]) -> None:
        """Ask the job to stop at its next check point (every yield of the trainer, every update); then
        `slot_up`."""
        ...

    def kill(self, slot: int) -> None:
        """End the slot's process whatever it does; then `slot_down`, then `slot_up`."""
        ...

    def close(self) -> None:
        """End every process; idempotent, and done after two seconds at most."""
        ...
