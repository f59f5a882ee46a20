"""How much learning rate a plan spends: sums over its updates, and where in the run they are spent."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from lrcore.analysis.crossings import used
from lrcore.analysis.run import Run
from lrcore.analysis.sums.cycles import cyclic_sums
from lrcore.analysis.sums.quadrature import Curve, Ints, Sums, plain_sums, smooth_sums, tread_sums
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.chained import ChainedScheduler
from lrcore.schedules.constant import Constant
from lrcore.schedules.scaled import Scaled
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.sequential import SequentialLR
from lrcore.schedules.shapes.knots import listed
from lrcore.schedules.shapes.tails import Rests, Stays
from lrcore.schedules.swa import SWALR
from lrcore.schedules.warmup import Warmup

How = Literal["closed form", "quadrature", "sum"]
Found = tuple[FloatArray, FloatArray, How]
_ORDER: tuple[How, ...] = ("closed form", "quadrature", "sum")
_KNOTS_MAX = 20_000
_SECTIONS = 64
_FEW = 4096  # updates that are added up one by one
_FINITE = np.finfo(np.float64).max


@dataclass(frozen=True)
class Budget:
    """Sum of lr and of lr squared over all updates, and how they were found: closed form (treads and cycles),
    quadrature (1e-9) or a plain sum."""

    total: float
    squares: float
    how: How


def budget(plan: Plan, steps: int, steps_per_epoch: int = 1) -> Budget:
    r"""$B = \sum_{n=0}^{N-1} \eta_n$ and $\sum_{n=0}^{N-1} \eta_n^2$ over the updates 0 .. N - 1, N =
    `steps`.

    Units: lr x updates. A plan per epoch counts each epoch `steps_per_epoch` times and the last, partial one
    for what it has. Closed forms, which are exact: one rate times its length for each tread of a staircase,
    one cycle times a geometric sum for cycles; else quadrature between the knots of the curve, within 1e-9 of
    the sum, and a plain sum where nothing is known of it. A sequence is summed part by part, a warm-up and
    what follows it apart, a chain as one factor where the others have come to rest. A growing schedule whose
    sum leaves float64 gives inf. Raises PlanError for no steps, or a schedule that follows a metric.

    >>> from lrcore.plan import parse_plan
    >>> budget(parse_plan("lr=1 StepLR(step_size=30, gamma=0.1)"), 90).total.__round__(6)
    33.3

    Source: the geometric series; for the quadrature Gautschi, Orthogonal Polynomials, 2004, section 1.5.
    """
    run = Run.of(steps, steps_per_epoch)
    one, two, how = _prefix_sums(plan, run, np.array([steps]))
    return Budget(float(one[0]), float(two[0]), how)


def budget_share(plan: Plan, step: ArrayLike, steps: int, steps_per_epoch: int = 1) -> FloatArray:
    r"""The share $\sum_{m<n} \eta_m / B$ of the budget that is spent before the update n = `step`,
    elementwise; 1 at N = `steps`.

    >>> from lrcore.plan import parse_plan
    >>> budget_share(parse_plan("lr=0.3"), [0, 25, 100], 100)
    array([0.  , 0.25, 1.  ])

    Steps beyond N count as N. A plan that spends nothing has spent a share of 0. Raises PlanError as `budget`
    does.
    """
    run = Run.of(steps, steps_per_epoch)
    at = np.minimum(np.asarray(step, dtype=np.int64), steps)
    if at.size and at.min() < 0:
        raise PlanError(f"A step is a whole number of at least 0, but {int(at.min())} arrived.")
    one, _, _ = _prefix_sums(plan, run, np.append(at.ravel(), steps))
    with np.errstate(invalid="ignore"):
        share = one[:-1] / one[-1] if one[-1] > 0 else np.zeros(at.size)
    return np.asarray(share, dtype=np.float64).reshape(at.shape)


def spent_by(plan: Plan, share: float, steps: int, steps_per_epoch: int = 1) -> int:
    """The fewest updates n whose rates 0 .. n - 1 add up to at least `share` (0 to 1) of the budget of N =
    `steps` updates.

    >>> from lrcore.plan import parse_plan
    >>> spent_by(parse_plan("lr=1 InverseTimeDecay(lr_decay=5e-5) per iteration"), 0.5, 160_000)
    40000

    Found by cutting the run into 64 parts again and again. Rounding may move the answer by one update where
    the sum nearly ties. The whole budget is spent with the last rate above 0, however little that adds.
    """
    if not 0 <= share <= 1:
        raise PlanError(f"A share of the budget lies between 0 and 1, but {share!r} arrived.")
    run = Run.of(steps, steps_per_epoch)
    if share == 1:
        return used(plan, steps, steps_per_epoch)
    low, high = 0, steps
    target: float | None = None
    before = 0.0
    while high > low:
        if target is not None and high - low <= _FEW:
            with np.errstate(over="ignore"):
                spent = before + np.cumsum(plan.lr(np.arange(low, high), steps_per_epoch))
            return min(low + int(np.searchsorted(spent, target, side="left")) + 1, high)
        cuts = np.unique(np.linspace(low, high, min(_SECTIONS, high - low) + 1).astype(np.int64))
        one, _, _ = _prefix_sums(plan, run, cuts)
        target = float(one[-1]) * share * (1 - 1e-13) if target is None else target
        reached = int(np.searchsorted(one, target, side="left"))
        if reached == 0 or one[0] >= target:
            return low
        if reached == len(cuts):
            return high
        low, high, before = int(cuts[reached - 1]), int(cuts[reached]), float(one[reached - 1])
    return high


def _prefix_sums(plan: Plan, run: Run, counts: Ints) -> Found:
    """Both sums over the updates 0 .. n - 1 for each n in `counts` (any order), and how they were found."""
    plan.lr(0)  # its PlanError for a plan without a curve
    stride = run.stride(plan.clock)
    ticks, rest = np.divmod(counts, stride)
    with np.errstate(all="ignore"):
        one, two, how = _sums(plan.schedule, plan.base_lr, ticks)
        one, two = one * stride, two * stride
        if rest.any():
            rate = plan.lr(ticks * stride, run.steps_per_epoch)
            one, two = one + rest * rate, two + rest * rate * rate
    return one, two, how


def _sums(schedule: Schedule, base_lr: float, n: Ints) -> Found:
    """The sums of a schedule over its first n ticks: by treads, cycles or parts, else over its curve."""
    if (treads := _tread_sums(schedule, base_lr, n)) is not None:
        return *treads, "closed form"
    if (cycles := cyclic_sums(schedule, base_lr, n.astype(np.float64))) is not None:
        return *cycles, "closed form"
    if isinstance(schedule, Scaled):
        return _sums(schedule.schedule, base_lr * schedule.factor, n)
    if isinstance(schedule, Warmup):
        # with a long shift the schedule waits at its first step
        start = max(schedule.warmup_steps, schedule.lag)
        return _sums_before_and_after(schedule, base_lr, n, start, schedule.schedule, base_lr, schedule.lag)
    if isinstance(schedule, ChainedScheduler) and (found := _chain_sums(schedule, base_lr, n)) is not None:
        return found
    if isinstance(schedule, SequentialLR) and (found := _sequence_sums(schedule, base_lr, n)) is not None:
        return found
    return _curve_sums(schedule, base_lr, n)


def _sums_before_and_after(
    schedule: Schedule, base_lr: float, n: Ints, start: int, after: Schedule, after_lr: float, lag: int
) -> Found:
    """Of a curve that is that of `after`, on a clock that lags, from step `start` on."""
    if start == 0:
        return _sums(after, after_lr, n)
    one, two, how = _curve_sums(schedule, base_lr, np.minimum(n, start))
    a, b, later = _sums(after, after_lr, np.maximum(np.append(n, start), start) - lag)
    if np.isinf(b[-1]):  # what lies before the start cannot be taken away again
        return _curve_sums(schedule, base_lr, n)
    return one + (a[:-1] - a[-1]), two + (b[:-1] - b[-1]), max(how, later, key=_ORDER.index)


def _chain_sums(schedule: ChainedScheduler, base_lr: float, n: Ints) -> Found | None:
    """Of a product, part by part from where all factors but one have come to rest; None if they do not."""
    last = int(n.max(initial=0))
    moving, rate, start = [], base_lr, 0.0
    for part in schedule.schedulers:
        tail = part.tail(1.0)
        if isinstance(tail, Rests | Stays) and tail.start < last:
            rate, start = rate * tail.rate, max(start, tail.start)
        else:
            moving.append(part)
    if len(moving) > 1 or schedule.scales_until() < np.inf:
        return None
    after = moving[0] if moving and rate else Constant()
    return _sums_before_and_after(schedule, base_lr, n, math.ceil(start), after, rate, 0)


def _sequence_sums(schedule: SequentialLR, base_lr: float, n: Ints) -> Found | None:
    """Part by part, each from its own start; None if a part goes on from the rate it finds in a way that is
    not known here."""
    one, two, worst = np.zeros(len(n)), np.zeros(len(n)), 0
    for part, start, end in schedule.in_turn():
        base = base_lr
        if start > 0 and type(part).resume is not Schedule.resume:
            if not isinstance(part, SWALR):
                return None
            base = float(schedule.lr(start - 1, base_lr))
        a, b, how = _sums(part, base, np.clip(n, start, min(end, 2**62)).astype(np.int64) - start)
        one, two, worst = one + a, two + b, max(worst, _ORDER.index(how))
    return one, two, _ORDER[worst]


def _tread_sums(schedule: Schedule, base_lr: float, n: Ints) -> Sums | None:
    """One evaluation for each tread of a schedule that is constant between its knots; None if it is not, or
    has too many."""
    last = int(n.max(initial=0))
    knots = listed(schedule.knots(last), last, _KNOTS_MAX) if schedule.flat else None
    if knots is None:
        return None
    return _cumulated(tread_sums, _curve(schedule, base_lr), np.union1d(np.append(n, 0), knots), n)


def _curve_sums(schedule: Schedule, base_lr: float, n: Ints) -> Found:
    """By quadrature where the curve is smooth between its knots, else term by term."""
    last, curve = int(n.max(initial=0)), _curve(schedule, base_lr)
    edges = np.unique(np.append(n, 0))
    known = schedule.smooth and schedule.pointwise(last)
    knots = listed(schedule.knots(last), last, _KNOTS_MAX) if known else None
    if knots is not None:
        tail = schedule.tail(base_lr)
        if isinstance(tail, Rests | Stays) and tail.start < last:  # a knot, also where it depends on base lr
            knots = np.append(knots, math.ceil(tail.start))
        return *_cumulated(smooth_sums, curve, np.union1d(edges, knots), n), "quadrature"
    return *_cumulated(plain_sums, curve, edges, n), "sum"


def _curve(schedule: Schedule, base_lr: float) -> Curve:
    def rates(t: FloatArray) -> FloatArray:
        return np.minimum(np.asarray(schedule.lr(t, base_lr), dtype=np.float64), _FINITE)

    return rates


def _cumulated(engine: Callable[[Curve, Ints], Sums], curve: Curve, edges: Ints, n: Ints) -> Sums:
    """The sums up to each n of those over the pieces between edges, all n among them."""
    cuts = np.unique(np.append(n, 0))
    if len(cuts) == 1:
        return np.zeros(len(n)), np.zeros(len(n))
    first, at = np.searchsorted(edges, cuts[:-1]), np.searchsorted(cuts, n)
    # pairwise within reduceat: a running sum over 20,000 pieces would lose three digits
    one, two = (np.append(0.0, np.cumsum(np.add.reduceat(part, first))) for part in engine(curve, edges))
    return one[at], two[at]
