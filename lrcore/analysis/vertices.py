"""A curve as few points: every vertex is the exact rate of a whole step, and the lines between them are true
to the pixel.

A staircase is drawn from its corners; one with more corners than there are points from its highest steps, and
from the band of the rest. A smooth piece is refined where a straight line (on the axes in use) would miss it
by a quarter of a pixel. A curve that turns more often than there are points, such as ten thousand short
cycles, is drawn as the band between the extremes of each column of pixels, which is what a screen shows of
it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lrcore.analysis.run import Run
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.shapes.knots import Knots, Steps

Rate = Callable[[Steps], FloatArray]

PIXELS = 1500
_TOLERANCE = 0.25 / PIXELS
_DECADES = 12  # how far below the peak a log axis is looked at; a rate of 0 has no place on it
_TREADS_SEEN = 20_000  # how many steps of a staircase are looked at, from its beginning
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


def _sampled(plan: Plan, curve: Rate, run: Run, max_points: int, axes: Axes) -> tuple[Steps, FloatArray]:
    stride, ticks = run.stride(plan.clock), run.ticks(plan.clock)
    per_tick = max_points // 2 if stride > 1 else max_points

    def rate(tick: Steps) -> FloatArray:
        return curve(tick * stride)

    if stride > 1 and ticks <= per_tick and not plan.schedule.flat:
        chosen = np.arange(ticks, dtype=np.int64)  # every epoch is a tread of its own height
    else:
        chosen = _choose(rate, plan.schedule.knots(ticks), ticks, per_tick, plan.schedule.flat, axes)
    if stride > 1:  # a tread is drawn from its first and its last update
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
        if len(steep) > budget // 2:
            return _band(rate, knots, ticks, budget, axes)
        return np.union1d(_band(rate, knots, ticks, budget - len(steep), axes), steep)
    edges = [np.asarray([k for k in sequence if 0 < k < ticks], dtype=np.int64) for sequence in knots]
    corners = np.unique(np.concatenate([ends, *edges, *(edge - 1 for edge in edges)]))
    return corners if flat else _refine(rate, corners, budget, axes)


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


def _band(rate: Rate, knots: Knots, ticks: int, budget: int, axes: Axes) -> Steps:
    """For each column of pixels the steps with the least and the greatest rate among the first few corners in
    it."""
    columns = max(2, budget // 4)
    edges = np.geomspace(1, ticks, columns) if axes.log_x else np.linspace(0, ticks, columns)
    starts = np.unique(np.append(edges.astype(np.int64), 0))
    candidates = [starts[:-1], starts[1:] - 1]
    for sequence in knots:
        # a range is searched without being made
        first = [bisect_left(sequence, int(start)) for start in starts[:-1]]
        near = [sequence[i] for at in first for i in range(at, min(at + 4, len(sequence)))]
        edge = np.asarray([tick for tick in near if 0 < tick < ticks], dtype=np.int64)
        candidates += [edge, edge - 1]
    all_ticks = np.unique(np.concatenate(candidates))
    column = np.searchsorted(starts, all_ticks, side="right")
    values = rate(all_ticks)
    order = np.lexsort((values, column))
    first_of = np.flatnonzero(np.diff(column[order], prepend=-1))
    last_of = np.append(first_of[1:] - 1, len(order) - 1)
    chosen = np.concatenate([all_ticks[order[first_of]], all_ticks[order[last_of]], [0, ticks - 1]])
    return np.unique(chosen).astype(np.int64)
