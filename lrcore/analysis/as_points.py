"""A plan as a table of points, on the same curve: exactly where it is a staircase, else as far as can be
seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from lrcore.analysis.run import Run
from lrcore.analysis.vertices import sample
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules.piecewise import POINTS_MAX, Piecewise, Point
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.shapes.knots import Steps

_CLOSE = 0.005  # of the highest rate
_SIZES = (16, 32, 64, 128, POINTS_MAX)  # of a table; the first is taken that comes so close
_LOOKED_AT = 20_000  # ticks at which the two curves are compared


@final
@dataclass(frozen=True)
class AsPoints:
    """The table, and how far its curve lies from the plan's at most, as a share of the highest rate."""

    plan: Plan
    off: float


def as_points(plan: Plan, steps: int, steps_per_epoch: int = 1) -> AsPoints:
    """The plan with its schedule as a table of points over N = `steps` updates, on the plan's own clock.

    A staircase becomes a table of its treads and keeps its rates; any other curve gets as few points, joined
    by lines, as bring it within half a percent of the highest rate. Behind the run the last rate stays.
    PlanError for a plan without a curve, or with one that no table of 1,000 points follows.

    >>> from lrcore.plan import parse_plan
    >>> as_points(parse_plan("lr=0.3 StepLR(step_size=500, gamma=0.5) per iteration"), 1500).plan.text
    "lr=0.3 Piecewise([[0, 0.3], [500, 0.15], [1000, 0.075]], interpolation='constant') per iteration"
    """
    ticks = Run.of(steps, steps_per_epoch).ticks(plan.clock)
    plan.lr(0)  # its PlanError for a plan without a curve
    if plan.schedule.flat:
        return _made(plan, _treads(plan, ticks), ticks, "constant")
    for size in _SIZES:
        at, _ = sample(Plan(base_lr=plan.base_lr, schedule=plan.schedule, clock="iteration"), ticks,
                       max_points=size)  # fmt: skip
        made = _made(plan, at, ticks, "linear")
        if made.off <= _CLOSE:
            return made
    raise PlanError(
        f"This curve turns too often for a table of {POINTS_MAX:,} points, which would be up to"
        f" {100 * made.off:.2g} % of the highest rate away; make its cycles longer, or the run shorter."
    )


def _treads(plan: Plan, ticks: int) -> Steps:
    """The first tick of each tread. PlanError for more than a table holds."""
    knots = plan.schedule.knots(ticks)
    count = 1 + sum(len(sequence) for sequence in knots)
    if count <= _LOOKED_AT:
        edges = np.unique(np.concatenate([[0], *(np.asarray(sequence) for sequence in knots)]))
        edges = edges[(edges >= 0) & (edges < ticks)].astype(np.int64)
        edges = edges[np.diff(_rates(plan, edges), prepend=np.nan) != 0]
        count = len(edges)
    if count > POINTS_MAX:
        raise PlanError(
            f"This staircase has {count:,} treads within the run, and a table holds {POINTS_MAX:,} points;"
            " make the treads longer, or the run shorter."
        )
    return np.asarray(edges)


def _made(plan: Plan, at: Steps, ticks: int, interpolation: str) -> AsPoints:
    digits = 12 if interpolation == "constant" else 6
    rates = _rates(plan, at).tolist()
    points: tuple[Point, ...] = tuple(
        (float(tick), float(f"{rate:.{digits}g}")) for tick, rate in zip(at, rates, strict=True)
    )
    table = Piecewise(points=points, interpolation=interpolation)
    looked = np.unique(np.linspace(0, ticks - 1, min(ticks, _LOOKED_AT)).astype(np.int64))
    wanted = _rates(plan, looked)
    off = np.abs(table.lr(looked, plan.base_lr) - wanted).max() / max(float(wanted.max()), 1e-300)
    return AsPoints(Plan(base_lr=plan.base_lr, schedule=table, clock=plan.clock), float(off))


def _rates(plan: Plan, ticks: Steps) -> FloatArray:
    return plan.schedule.lr(ticks, plan.base_lr)
