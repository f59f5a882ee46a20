"""Experiments of a size, and people who move sliders, for boards in a time of their own."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lrcore import Experiment
from lrcore.gallery.examples import EXAMPLES
from lrcore.jobs import JobBoard, Race, race
from tests.jobs.virtual import VirtualClock

_rates = itertools.count(1)


def of_seconds(seconds: float, **fields: Any) -> Experiment:
    """An experiment like no other, of about so many estimated seconds."""
    plans = [f"lr={next(_rates) / 1e6}"]
    for size in (
        {},
        {"model": {"hidden": (256,) * 6}},
        {"model": {"hidden": (256,) * 6}, "batch_size": 1024},
    ):
        asked = {"plans": plans, "seeds": 1, **size, **fields}
        # beside the evaluations, whose number is fixed, it is in proportion to the steps
        of_1000, of_2000 = (
            Experiment.model_validate({**asked, "steps": steps}).estimated_seconds for steps in (1000, 2000)
        )
        steps = 1000 + round(1000 * (seconds - of_1000) / (of_2000 - of_1000))
        if 100 <= steps <= 20_000:
            return Experiment.model_validate({**asked, "steps": steps})
    raise AssertionError(f"no experiment takes {seconds} s")


@dataclass
class Move:
    """One setting of the sliders: when it was made, until when it was left so, when its results were shown
    (of the first seeds, and of all)."""

    at: float
    experiment: Experiment
    until: float | None = None
    first: float | None = None
    whole: float | None = None


class Person:
    """Moves a slider to a value that nobody else has, rests, and moves on; looks as the page does: again
    whenever a run ends."""

    def __init__(
        self, name: str, board: JobBoard, clock: VirtualClock, rest_s: Callable[[], float], end: float
    ) -> None:
        self.moves: list[Move] = []
        self._name, self._board, self._clock = name, board, clock
        self._rest_s, self._end = rest_s, end
        self._race: Race | None = None

    def move(self) -> None:
        now = self._clock.now()
        if self.moves:
            self.moves[-1].until = now
        if now < self._end:
            self.moves.append(Move(now, another_opening()))
            self._look()
            self._clock.later(self._rest_s(), self.move)

    def _look(self) -> None:
        """A run of the page's script, and the watching of what it shows."""
        move = self.moves[-1]
        shown = race(self._board, move.experiment, self._name)
        now = self._clock.now()
        if shown.shown.state == "done":
            move.first = move.first or now
        if shown.job.state == "done":
            move.whole = now
            return
        job = shown.job

        def heard() -> None:
            if job.state == "done" and self.moves[-1] is move:
                job.listeners.discard(heard)
                self._clock.later(0.05, lambda: self._look() if self.moves[-1] is move else None)

        job.listeners.add(heard)


_OPENING = EXAMPLES["01_open"].experiment
_gammas = random.Random(7)


def another_opening() -> Experiment:
    """The page's opening experiment with a gamma of its own."""
    fields = {name: getattr(_OPENING, name) for name in Experiment.model_fields}
    step = f"lr=0.3 StepLR(step_size=500, gamma={_gammas.uniform(0.05, 0.95):.9f}) per iteration"
    return Experiment.model_validate({**fields, "plans": (*_OPENING.plans[:2], step, _OPENING.plans[3])})
