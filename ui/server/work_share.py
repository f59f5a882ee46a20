"""Which of its questions about plans a page answers itself, and which are calculated outside this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import final

import numpy as np

from lrcore.analysis.run import Run
from lrcore.analysis.vertices import Axes, sample_momentum
from lrcore.analysis.work import work
from lrcore.errors import LRLabError
from lrcore.figures.whole_run import Points, plan_points
from lrcore.plan import Plan
from lrcore.results.events import Floats, Ints
from ui.server import offload

_POINTS = 2000
HERE_MS = 15.0  # of work, as it is estimated, that a chart or a table does itself


def split(plans: Iterable[Plan], cost_ms: Callable[[Plan], float], most_ms: float = HERE_MS) -> set[Plan]:
    """The plans that are too much to do here: those whose turn comes when `most_ms` are spent.

    The first ones stay, so that a plan that is moved among a few ordinary ones costs no detour.
    """
    outside, left = set(), most_ms
    for plan in dict.fromkeys(plans):
        if (cost := cost_ms(plan)) <= left:
            left -= cost
        else:
            outside.add(plan)
    return outside


@final
class CurvePoints:
    """The curves of one chart: the cheap ones computed here, the others outside and side by side."""

    def __init__(self, plans: Sequence[Plan], run: Run, owner: str) -> None:
        self._owner = owner
        self._outside = split(plans, lambda plan: work(plan, run).points_ms)
        self._prepared = False

    def __call__(self, plan: Plan, run: Run, axes: Axes, points: int, metric: tuple[float, ...]) -> Points:
        """`plan_points`."""
        if plan not in self._outside:
            return plan_points(plan, run, axes, points, metric)
        if not self._prepared:  # the first is waited for while the others are calculated as well
            self._prepared = True
            with suppress(LRLabError):  # too much is waiting: asking for one will say so
                for other in self._outside:
                    call = offload.points_call(other, run, axes, points, metric)
                    offload.prepare("points", call, self._owner)
        return offload.points(offload.points_call(plan, run, axes, points, metric), self._owner)

    def rates(self, plan: Plan, steps: int, steps_per_epoch: int, axes: Axes) -> tuple[Ints, Floats]:
        """`sample`."""
        x, y = self(plan, Run.of(steps, steps_per_epoch), axes, _POINTS, ())
        return np.array(x), np.array(y)

    def momenta(self, plan: Plan, steps: int, steps_per_epoch: int) -> tuple[Ints, Floats] | None:
        """`sample_momentum`."""
        if plan not in self._outside:
            return sample_momentum(plan, steps, steps_per_epoch)
        found = offload.momentum(plan, Run.of(steps, steps_per_epoch), self._owner)
        return None if found is None else (np.array(found[0]), np.array(found[1]))
