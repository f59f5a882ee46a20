"""A board in a time of its own: no thread, no process, and half an hour passes in a moment."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from lrcore import Experiment
from lrcore.jobs import JobBoard
from lrcore.jobs.backend import Said, Sink, SlotDown, SlotUp
from lrcore.results.events import Finished, History, Progress, Started

FORK_S, STOP_S = 0.02, 0.05  # until a worker begins, and until a cancelled one is gone
EVALUATIONS = 10


class Alarm:
    def __init__(self, call: Callable[[], None]) -> None:
        self.call: Callable[[], None] | None = call

    def cancel(self) -> None:
        self.call = None


class VirtualClock:
    """Time that passes when `run_until` says so."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._due: list[tuple[float, int, Alarm]] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        return self._now

    def later(self, seconds: float, call: Callable[[], None]) -> Alarm:
        alarm = Alarm(call)
        heapq.heappush(self._due, (self._now + seconds, next(self._numbers), alarm))
        return alarm

    def pass_by(self, seconds: float) -> None:
        end = self._now + seconds
        while self._due and self._due[0][0] <= end:
            self._now, _, alarm = heapq.heappop(self._due)
            if alarm.call is not None:
                alarm.call()
        self._now = end


class VirtualBackend:
    """Slots in which a job takes as long as `seconds(experiment)` says."""

    def __init__(
        self,
        slots: int,
        clock: VirtualClock,
        seconds: Callable[[Experiment], float] = lambda experiment: experiment.estimated_seconds,
    ) -> None:
        self.slots = slots
        self.started: list[str] = []  # ids of jobs, in the order in which they began
        self.slot_of: dict[str, int] = {}
        self._clock = clock
        self._seconds = seconds
        self._coming: dict[int, list[Alarm]] = {}

    def start(self, sink: Sink) -> None:
        self._sink = sink
        for slot in range(self.slots):
            self._clock.later(0.0, lambda slot=slot: sink(slot, SlotUp()))
        self._clock.pass_by(0.0)

    def run(self, slot: int, job: str, spec: str) -> None:
        experiment = Experiment.model_validate_json(spec)
        self.started.append(job)
        self.slot_of[job] = slot
        took = self._seconds(experiment)
        shape = len(experiment.plans), experiment.seeds
        one, none = np.ones(shape), np.full(shape, -1)
        steps = [round(experiment.steps * (n + 1) / EVALUATIONS) for n in range(EVALUATIONS)]
        begin = Started(job, *shape, experiment.steps, experiment.steps_per_epoch, "cpu", np.array(steps))
        said: list[tuple[float, Any]] = [(FORK_S, Said([begin]))]
        for number, step in enumerate(steps, start=1):
            progress = Progress(step, step / experiment.steps_per_epoch, one, one, one, one, one, none)
            said.append((FORK_S + took * number / EVALUATIONS, Said([progress])))
        rows, all_steps = np.ones((EVALUATIONS, *shape)), np.ones((experiment.steps, *shape))
        history = History(np.array(steps), rows, rows, rows, rows, none, all_steps, all_steps)
        end = Finished(job, experiment.steps, False, took, ("",) * none.size, history)
        said += [(FORK_S + took, Said([end])), (FORK_S + took + STOP_S, SlotUp())]
        self._coming[slot] = [
            self._clock.later(when, lambda message=message: self._sink(slot, message))
            for when, message in said
        ]

    def cancel(self, slot: int, job: str) -> None:
        self._stop(slot)
        self._coming[slot] = [self._clock.later(STOP_S, lambda: self._sink(slot, SlotUp()))]

    def kill(self, slot: int) -> None:
        self._stop(slot)
        self._sink(slot, SlotDown("It was killed."))
        self._sink(slot, SlotUp())

    def close(self) -> None:
        for slot in list(self._coming):
            self._stop(slot)

    def _stop(self, slot: int) -> None:
        for alarm in self._coming.pop(slot, ()):
            alarm.cancel()


def virtual_board(slots: int, **options: Any) -> tuple[JobBoard, VirtualBackend, VirtualClock]:
    clock = VirtualClock()
    seconds = options.pop("seconds", None)
    backend = VirtualBackend(max(2, slots), clock, *([seconds] if seconds else []))
    return JobBoard(backend, slots=slots, clock=clock, **options), backend, clock
