"""Which of its questions about plans a page answers itself, and which are calculated outside this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import final

import numpy as np

from lrcore.analysis.run import Run
from lrcore.analysis.vertices import Axes, sample_momentum
from lrcore.analysis.work import work
from lrcore.errors import LRLabError, PlanError
from lrcore.figures.whole_run import Points, plan_points
from lrcore.plan import Plan
from lrcore.results.events import Floats, Ints
from ui.server import offload

_POINTS = 2000
HERE_MS = 15.0  # of work, as it is estimated, that a chart or a table does itself

# Kept, since of twenty plans only one is moved; nobody changes the lists.
_kept_points = lru_cache(maxsize=256)(plan_points)
_kept_momentum = lru_cache(maxsize=256)(sample_momentum)


def outside(plans: Iterable[Plan], cost_ms: Callable[[Plan], float], most_ms: float = HERE_MS) -> list[Plan]:
    """The plans that are too much to do here: those whose turn comes when `most_ms` are spent.

    The first ones stay, so that a plan that is moved among a few ordinary ones costs no detour.
    """
    found, left = [], most_ms
    for plan in plans:
        if (cost := cost_ms(plan)) <= left:
            left -= cost
        else:
            found.append(plan)
    return found


@final
class CurvePoints:
    """The curves of one chart: the cheap ones computed here, the others outside and side by side."""

    def __init__(self, plans: Sequence[Plan], run: Run, owner: str) -> None:
        self._owner = owner
        self._outside = {plan: plan.text for plan in outside(plans, lambda plan: work(plan, run).points_ms)}
        self._prepared = False

    def __call__(self, plan: Plan, run: Run, axes: Axes, points: int, metric: tuple[float, ...]) -> Points:
        """`plan_points`."""
        if (text := self._outside.get(plan)) is None:
            return _kept_points(plan, run, axes, points, metric)
        if not self._prepared:  # the first is waited for while the others are calculated as well
            self._prepared = True
            with suppress(LRLabError):  # too much is waiting: asking for one will say so
                for each in self._outside.values():
                    call = offload.points_call(each, run, axes, points, metric)
                    offload.prepare("points", call, self._owner)
        return offload.points(offload.points_call(text, run, axes, points, metric), self._owner)

    def rates(self, plan: Plan, steps: int, steps_per_epoch: int, axes: Axes) -> tuple[Ints, Floats]:
        """`sample`."""
        x, y = self(plan, Run.of(steps, steps_per_epoch), axes, _POINTS, ())
        return np.array(x), np.array(y)

    def momenta(self, plan: Plan, steps: int, steps_per_epoch: int) -> tuple[Ints, Floats] | None:
        """`sample_momentum`."""
        if (text := self._outside.get(plan)) is None:
            return _kept_momentum(plan, steps, steps_per_epoch)
        try:
            found = offload.momentum(text, Run.of(steps, steps_per_epoch), self._owner)
        except PlanError:  # the curve of its rates says why
            return None
        return None if found is None else (np.array(found[0]), np.array(found[1]))
