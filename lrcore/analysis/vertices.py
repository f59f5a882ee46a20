"""A curve as few points: every vertex is the exact rate of a whole step, and the lines between them are true
to the pixel.

A staircase is drawn from its corners; one with more corners than there are points from its highest steps, and
from the band of the rest. A smooth piece is refined where a straight line (on the axes in use) would miss it
by a quarter of a pixel. So is a rule whose shape nobody knows, such as a typed formula, but then every one of
its steps is held against the line. Where the line misses one, and where a curve turns more often than there
are points, it is drawn as the band between the extremes of each column of pixels, which is what a screen
shows of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lrcore.analysis.columns import (
    Rate,
    column_edges,
    column_extremes,
    corner_extremes,
    every_tick,
)
from lrcore.analysis.run import Run
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules.schedule import FloatArray, Schedule
from lrcore.schedules.shapes.knots import Knots, Steps

PIXELS = 1500
_TOLERANCE = 0.25 / PIXELS
_DECADES = 12  # how far below the peak a log axis is looked at; a rate of 0 has no place on it
_TREADS_SEEN = 20_000  # how many steps of a staircase are looked at, from its beginning
_TURNS_SEEN = 500  # with more of them each step is looked at, unless the curve only falls
_LOOKS_MAX = 20_000_000  # at ticks, in looks at an ordinary schedule: half a second
# where an interval is tested: a wave's inflection never hides its bend from both points
_GOLDEN = np.array([[0.381966], [0.618034]])


@dataclass(frozen=True)
class Axes:
    """Which axes are logarithmic; a straight line on one is a curve on the other."""

    log_x: bool = False
    log_y: bool = False


def sample(
    plan: Plan, steps: int, steps_per_epoch: int = 1, *, max_points: int = 2000, axes: Axes | None = None
) -> tuple[Steps, FloatArray]:
    """At most `max_points` vertices (step, lr) of the plan's curve over the updates 0 .. steps - 1.

    Returns int64 steps, strictly ascending from 0 to steps - 1, and the float64 rate of each, exactly as
    `plan.lr` gives it. Raises PlanError for fewer than one step or fewer than 16 points.
    """
    run = _checked(steps, steps_per_epoch, max_points)
    return _sampled(plan, lambda at: plan.lr(at, steps_per_epoch), run, max_points, axes or Axes())


def sample_momentum(
    plan: Plan, steps: int, steps_per_epoch: int = 1, *, max_points: int = 2000
) -> tuple[Steps, FloatArray] | None:
    """The same for the momentum that the plan's schedule sets; None if it leaves the momentum alone."""
    if plan.schedule.momentum(0) is None:
        return None

    def momentum(at: Steps) -> FloatArray:
        return np.asarray(plan.momentum(at, steps_per_epoch))

    return _sampled(plan, momentum, _checked(steps, steps_per_epoch, max_points), max_points, Axes())


def _checked(steps: int, steps_per_epoch: int, max_points: int) -> Run:
    if steps < 1 or max_points < 16:
        raise PlanError(
            f"A curve needs at least 1 step and 16 points, but {steps} steps and {max_points} points arrived."
        )
    return Run.of(steps, steps_per_epoch)


def ticks_apart(schedule: Schedule, ticks: int) -> int:
    """Of how many ticks one is looked at to draw the curve of a schedule over so many: 1 where each is, 0
    where its shape is known and the places where it turns suffice. More than 1 only for runs longer, or
    formulas longer, than any page can follow: what lies between is then not seen."""
    if schedule.monotone or (schedule.smooth and sum(map(len, schedule.knots(ticks))) <= _TURNS_SEEN):
        return 0
    apart = max(1, math.ceil(ticks * schedule.effort() / _LOOKS_MAX))
    return 0 if schedule.smooth and apart > 1 else apart


def _sampled(plan: Plan, curve: Rate, run: Run, max_points: int, axes: Axes) -> tuple[Steps, FloatArray]:
    schedule, stride, ticks = plan.schedule, run.stride(plan.clock), run.ticks(plan.clock)
    per_tick = (
        max_points // 2 if stride > 1 else max_points
    )  # a tread is drawn from its first and last update

    def rate(tick: Steps) -> FloatArray:
        return curve(tick * stride)

    apart, every = ticks_apart(schedule, ticks), np.arange(min(ticks, per_tick), dtype=np.int64)
    if stride > 1 and ticks <= per_tick and not schedule.flat:
        chosen: Steps | None = every
    elif apart and schedule.smooth:  # known to turn too often
        chosen = None
    else:
        chosen = _choose(rate, schedule.knots(ticks), ticks, per_tick, schedule.flat, axes)
        if apart and _missed(rate, chosen, ticks, apart, axes):
            chosen = None
    if chosen is None and ticks <= per_tick:
        chosen = every
    if chosen is None:
        chosen = _in_columns(curve, run.steps, stride * apart, max_points, axes)
    elif stride > 1:
        ends = np.concatenate([chosen * stride, chosen * stride + stride - 1])
        chosen = np.unique(np.minimum(ends, run.steps - 1))
    return chosen, curve(chosen)


def _choose(rate: Rate, knots: Knots, ticks: int, budget: int, flat: bool, axes: Axes) -> Steps:
    # a log axis begins at 1
    ends = np.array([0, 1, ticks - 1] if axes.log_x else [0, ticks - 1], dtype=np.int64)
    if ticks <= 2:
        return np.unique(np.minimum(ends, ticks - 1))
    if sum(len(sequence) for sequence in knots) * 2 + len(ends) > (budget if flat else budget // 2):
        steep = _steepest(rate, knots, ticks, axes)
        if len(steep) > budget // 2 - len(ends):
            steep = ends
        columns = min((budget - len(steep) - len(ends)) // 2, PIXELS // 2)
        band = corner_extremes(rate, knots, column_edges(columns, ticks, log_x=axes.log_x))
        band = np.unique(np.concatenate([ends, steep, band]))
        return band if flat else _refine(rate, band, budget, axes)
    edges = [np.asarray([k for k in sequence if 0 < k < ticks], dtype=np.int64) for sequence in knots]
    corners = np.unique(np.concatenate([ends, *edges, *(edge - 1 for edge in edges)]))
    return corners if flat else _refine(rate, corners, budget, axes)


def _in_columns(curve: Rate, steps: int, tread: int, budget: int, axes: Axes) -> Steps:
    """The extremes of all columns, which are two pixels wide, as the line is; the points that are left make
    jumps exact."""
    edges = column_edges(min((budget - 3) // 2, PIXELS // 2), steps, log_x=axes.log_x)
    chosen = np.union1d(column_extremes(curve, tread, edges), [0, min(1, steps - 1), steps - 1])
    rates = curve(chosen)
    tells = np.ones(len(chosen), dtype=bool)  # all but the inner ones of a stretch at one height
    tells[2:-1] = (rates[2:-1] != rates[1:-2]) | (rates[2:-1] != rates[3:])
    return _refine(curve, chosen[tells], budget, axes)


def _missed(rate: Rate, chosen: Steps, ticks: int, apart: int, axes: Axes) -> bool:
    """Whether the lines between the chosen ticks miss any of those that are looked at by half a pixel."""
    corners = rate(chosen)
    for block, rates in every_tick(rate, ticks, apart):
        left = np.clip(np.searchsorted(chosen, block, side="right") - 1, 0, len(chosen) - 2)
        ends = chosen[left], chosen[left + 1]
        miss = _miss(axes, (ends[0], block, ends[1]), (corners[left], rates, corners[left + 1]), corners)
        if miss.max() > 2 * _TOLERANCE:
            return True
    return False


def _refine(rate: Rate, ticks: Steps, budget: int, axes: Axes) -> Steps:
    """Split the intervals in which a straight line misses the curve, the worst first, until none does or the
    budget is spent."""
    first = min(33, budget - len(ticks))
    grid = np.geomspace(1, ticks[-1], first) if axes.log_x else np.linspace(0, ticks[-1], first)
    ticks = np.union1d(ticks, grid.astype(np.int64))
    values = rate(ticks)
    for _ in range(64):
        room = budget - len(ticks)
        open_ = np.flatnonzero(np.diff(ticks) > 1)
        if room <= 0 or not len(open_):
            break
        left, right = ticks[open_], ticks[open_ + 1]
        tests = np.clip((left + (right - left) * _GOLDEN).astype(np.int64), left + 1, right - 1)
        at_tests = rate(tests)
        miss = _miss(axes, (left, tests, right), (values[open_], at_tests, values[open_ + 1]), values)
        further = miss[1] > miss[0]
        most = np.where(further, miss[1], miss[0])
        worst = np.flatnonzero(most > _TOLERANCE)
        if not len(worst):  # neither of the two test points misses, in no interval
            break
        if len(worst) > room:
            worst = worst[np.argsort(-most[worst])[:room]]
        row = further[worst].astype(np.int64)
        ticks = np.concatenate([ticks, tests[row, worst]])
        order = np.argsort(ticks)
        ticks, values = ticks[order], np.concatenate([values, at_tests[row, worst]])[order]
    return ticks


def _steepest(rate: Rate, knots: Knots, ticks: int, axes: Axes) -> Steps:
    """Both ends of the jumps that are to be seen: few, for the very many treads of a staircase that falls."""
    edges = np.unique([k for sequence in knots for k in sequence[:_TREADS_SEEN] if 0 < k < ticks]).astype(
        np.int64
    )
    before, after = rate(edges - 1), rate(edges)
    top = float(rate(np.zeros(1, dtype=np.int64))[0])
    before, after = _heights(axes, (before, after), np.append(after, top))
    seen = edges[np.abs(before - after) > _TOLERANCE]
    return np.union1d(seen - 1, seen)


def _heights(axes: Axes, rates: tuple[FloatArray, ...], seen: FloatArray) -> tuple[FloatArray, ...]:
    """Where rates lie, as a share of the height of a picture that shows all that were `seen`."""
    peak, low = float(seen.max()), float(seen.min())
    if not axes.log_y:
        height = max(peak - low, 1e-9 * peak, np.finfo(np.float64).tiny)
        return tuple(part / height for part in rates)
    floor = max(peak * 10.0**-_DECADES, np.finfo(np.float64).tiny)
    height = max(np.log10(max(peak, floor)) - np.log10(max(low, floor)), 1e-3)
    return tuple(np.log10(np.maximum(part, floor)) / height for part in rates)


def _miss(
    axes: Axes, x: tuple[Steps, Steps, Steps], y: tuple[FloatArray, FloatArray, FloatArray], seen: FloatArray
) -> FloatArray:
    """How far the middle point lies from the chord, as a share of the picture's height."""
    ya, ym, yb = _heights(axes, y, seen)
    xa, xm, xb = (np.log10(np.maximum(part, 1)) if axes.log_x else part.astype(np.float64) for part in x)
    share = (xm - xa) / np.maximum(xb - xa, 1e-12)
    return np.asarray(np.abs(ya + (yb - ya) * share - ym), dtype=np.float64)
