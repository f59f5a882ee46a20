"""One job: an experiment on its way through the board, with everything that it has said so far."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from lrcore.experiment import Experiment
from lrcore.jobs.job_events import LAST_KINDS, Cancelled, Crashed, Failed, JobEvent
from lrcore.results.events import Finished, History, Progress, Started

State = Literal["queued", "running", "done", "failed", "crashed", "cancelled"]
_SETTLED_S = 2.0  # of training, after which the pace says how long the rest takes
_STATE_AFTER: dict[str, State] = {
    "finished": "done",
    "failed": "failed",
    "crashed": "crashed",
    "cancelled": "cancelled",
}


@dataclass(eq=False)
class Job:
    """What everyone may read, from any thread, and only the board writes.

    `log` only grows, and a reader with an index into it has seen everything before that index: that is the
    whole of how viewers are kept in step (see `Subscription`). The state changes after the log, so an ended
    job has its last event.
    """

    experiment: Experiment
    id: str
    state: State = "queued"
    run: int = 0  # tells this training from an earlier one of the same experiment
    position: int | None = None  # 1 = starts next; None once it runs
    wait_s: float = 0.0  # about how long until it starts
    log: list[JobEvent] = field(default_factory=list)  # without Queued: the position is where that is kept
    error: str | None = None  # why there is no result, as a sentence for the page
    history: History | None = None  # the result of a job that is done
    step: int = 0  # updates done at the last evaluation
    owners: dict[str, str] = field(default_factory=dict)  # who still wants it, and from which address
    listeners: set[Callable[[], None]] = field(default_factory=set)  # called by the board when there is news
    nbytes: int = 0  # memory of the arrays in the log
    clock: Callable[[], float] = time.monotonic
    queued_at: float = 0.0  # by the clock, as all these times
    slot_at: float | None = None  # when it got its slot
    started_at: float | None = None  # when its training began
    _last_progress_at: float = 0.0

    @property
    def events(self) -> tuple[JobEvent, ...]:
        """What training has said so far and, in the end, how it ended."""
        return tuple(self.log)

    @property
    def steps(self) -> int:
        """Updates in all."""
        return self.experiment.steps

    @property
    def ended(self) -> bool:
        return self.state not in ("queued", "running")

    @property
    def retryable(self) -> bool:
        """Whether submitting the same experiment again starts it anew: it ended without a result."""
        return self.ended and self.state != "done"

    @property
    def seconds_left(self) -> float | None:
        """Estimate from the pace so far; None before there is one."""
        if self.state != "running" or self.started_at is None or self.step == 0:
            return None
        seconds_a_step = (self._last_progress_at - self.started_at) / self.step
        since = self.clock() - self._last_progress_at
        return max(0.0, (self.steps - self.step) * seconds_a_step - since)

    @property
    def told_seconds_left(self) -> float | None:
        """The same once it is worth telling: over the first seconds the pace changes, and so would this."""
        if self.started_at is None or self._last_progress_at - self.started_at < _SETTLED_S:
            return None
        return self.seconds_left

    @cached_property
    def cost_s(self) -> float:
        """About how long it trains on one core."""
        return self.experiment.estimated_seconds

    def notify(self) -> None:
        """For the board: there is news."""
        for listener in tuple(self.listeners):
            listener()

    def record(self, event: JobEvent) -> None:
        """For the board: append what happened and bring the fields up to date."""
        self.nbytes += _nbytes(event)
        match event:
            case Started():
                self.started_at = self.clock()
            case Progress():
                self.step, self._last_progress_at = event.step, self.clock()
            case Finished():
                self.step, self.history = event.steps_done, event.history
            case Failed():
                self.error = event.sentence
            case Crashed() | Cancelled():
                self.error = event.reason
        self.log.append(event)
        if event.kind in LAST_KINDS:
            self.position = None
            self.state = _STATE_AFTER[event.kind]


def _nbytes(value: object) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes
    if dataclasses.is_dataclass(value):
        return sum(_nbytes(getattr(value, item.name)) for item in dataclasses.fields(value))
    return 0
