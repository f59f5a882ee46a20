"""The sum in the convex bound, over updates that are taken in groups of nearly equal rate, so that a run of
ten million updates costs about as much as one of ten thousand.

A group of n updates with the sums s of their rates and q of the squares counts as n updates of the rate q/s,
which has both sums right: exact for one update and for the treads of a staircase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from lrcore.analysis.run import Run
from lrcore.plan import Plan
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.shapes.knots import Steps, listed
from lrcore.schedules.shapes.tails import Rests, Stays

Curve = Callable[[FloatArray], FloatArray]

EACH_MAX = 20_000  # ticks that are looked at one by one
TREADS_MAX = 20_000
PIECES_MAX = 200  # smooth pieces that are cut into groups
_CHUNK = 16_000  # rates at a time: below malloc's threshold for fresh pages
_GROUPS_MAX = 60_000
# What the rates of a group may spread, times the group's share of all rates from there on: the relative
# error of the whole is some tenth of it
_TOLERANCE = 3e-5
_FEW = 32  # ticks that are added up; longer groups by quadrature
_AT, _WEIGHT = (half / 2.0 for half in np.polynomial.legendre.leggauss(8))
_FINITE = np.finfo(np.float64).max


@dataclass(frozen=True)
class Groups:
    """Groups of updates in their order: how many, the sum of their rates and of the squares, (groups,)
    each."""

    count: FloatArray
    total: FloatArray
    squares: FloatArray

    @property
    def behind(self) -> FloatArray:
        """The sum of the rates after each group: added up from the end, where a cooldown's sums are small."""
        return np.append(np.cumsum(self.total[:0:-1])[::-1], 0.0)


def groups(plan: Plan, run: Run) -> Iterator[Groups]:
    """The updates of a run, its last ones first: one set of groups, or many of single updates where nothing
    is known of the curve. PlanError for a plan without a curve."""
    plan.lr(0)
    stride, ticks = run.stride(plan.clock), run.ticks(plan.clock)
    schedule, base_lr = plan.schedule, plan.base_lr

    def curve(t: FloatArray) -> FloatArray:
        with np.errstate(over="ignore", under="ignore"):
            return np.minimum(np.asarray(schedule.lr(t, base_lr), dtype=np.float64), _FINITE)

    def of_ticks(edges: Steps, total: FloatArray, squares: FloatArray) -> Groups:
        count = np.diff(np.minimum(edges * stride, run.steps)).astype(np.float64)
        each = count / np.diff(edges)  # a begun last epoch has fewer updates
        return Groups(count, total * each, squares * each)

    knots = listed(schedule.knots(ticks), ticks, TREADS_MAX if schedule.flat else PIECES_MAX)
    last = np.arange(max(ticks - 1, 0), ticks + 1)  # by itself: it may be a part of an epoch
    if schedule.flat and knots is not None:
        edges = np.union1d(np.append(knots, 0), last)
        rates, length = curve(edges[:-1].astype(np.float64)), np.diff(edges)
        yield of_ticks(edges, rates * length, rates**2 * length)
    elif ticks > EACH_MAX and knots is not None and schedule.smooth and schedule.pointwise(ticks):
        tail = schedule.tail(base_lr)
        if isinstance(tail, Rests | Stays) and tail.start < ticks:  # a knot, also where it depends on base lr
            knots = np.append(knots, int(np.ceil(tail.start)))
        edges = _graded(np.unique(np.concatenate([knots, [0], last])))
        yield of_ticks(*_even(curve, edges))
    else:
        for low in range((ticks - 1) // _CHUNK * _CHUNK, -1, -_CHUNK):
            edges = np.arange(low, min(low + _CHUNK, ticks) + 1)
            rates = curve(edges[:-1].astype(np.float64))
            yield of_ticks(edges, rates, rates**2)


def _graded(edges: Steps) -> Steps:
    """Cuts whose distance from both ends of each piece doubles up to its middle: decays have their spike
    there."""
    reach = _FEW << np.arange(int(edges[-1]).bit_length())
    start, end = edges[:-1, None], edges[1:, None]
    middle = (start + end) // 2
    left, right = np.minimum(start + reach, middle), np.maximum(end - reach, middle)
    return np.unique(np.concatenate([edges, left.ravel(), right.ravel()]))


def _even(curve: Curve, edges: Steps) -> tuple[Steps, FloatArray, FloatArray]:
    """Groups, halved until the rates within each are even enough for the sum."""
    start, end = edges[:-1], edges[1:]
    total, squares = _sums(curve, start, end)
    while True:
        count = (end - start).astype(np.float64)
        found = Groups(count, total, squares)
        with np.errstate(all="ignore"):
            spread = np.sqrt(np.maximum(count * squares / total**2 - 1.0, 0.0))
            uneven = (count > 1) & (total > 0) & (spread * total / (found.behind + total) > _TOLERANCE)
        if not uneven.any() or len(start) > _GROUPS_MAX:
            return np.append(start, end[-1]), total, squares
        middle = (start[uneven] + end[uneven]) // 2
        first, second = _sums(curve, start[uneven], middle), _sums(curve, middle, end[uneven])
        order = np.argsort(starts := np.concatenate([start[~uneven], start[uneven], middle]), kind="stable")
        start, end = starts[order], np.concatenate([end[~uneven], middle, end[uneven]])[order]
        total = np.concatenate([total[~uneven], first[0], second[0]])[order]
        squares = np.concatenate([squares[~uneven], first[1], second[1]])[order]


def _sums(curve: Curve, start: Steps, end: Steps) -> tuple[FloatArray, FloatArray]:
    """Sum of the curve and of its square over [start, end): tick by tick, or by the rule of Gauss and
    Legendre over the interval half a tick wider on both sides, whose places still lie between the first tick
    and the last."""
    total, squares = np.empty(len(start)), np.empty(len(start))
    length = end - start
    long = length > _FEW
    places = start[long, None] - 0.5 + length[long, None] * (0.5 + _AT)
    rates = curve(places)
    total[long] = length[long] * (rates @ _WEIGHT)
    squares[long] = length[long] * (rates**2 @ _WEIGHT)
    short = ~long
    if short.any():
        counts = length[short]
        firsts = np.cumsum(counts) - counts
        rates = curve((np.arange(counts.sum()) + np.repeat(start[short] - firsts, counts)).astype(np.float64))
        total[short], squares[short] = (np.add.reduceat(part, firsts) for part in (rates, rates**2))
    return total, squares
