"""How much learning rate a plan spends: sums over its updates, and where in the run they are spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from lrcore.analysis.pieces import inner_knots, is_recursive, is_smooth, settled
from lrcore.analysis.sums.closed import closed_sums
from lrcore.analysis.sums.quadrature import Curve, Ints, Sums, plain_sums, smooth_sums
from lrcore.analysis.sums.series import line
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.chained import ChainedScheduler
from lrcore.schedules.scaled import Scaled
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.sequential import SequentialLR
from lrcore.schedules.swa import SWALR
from lrcore.schedules.warmup import Warmup

How = Literal["closed form", "quadrature", "sum"]
_ORDER: tuple[How, ...] = ("closed form", "quadrature", "sum")
_KNOTS_MAX = 20_000
_SECTIONS = 16
_FEW = 4096  # updates that are added up one by one
_FINITE = np.finfo(np.float64).max


@dataclass(frozen=True)
class Budget:
    """Sum of lr and of lr squared over all updates, and how they were found: closed form, quadrature (1e-9)
    or a plain sum."""

    total: float
    squares: float
    how: How


def budget(plan: Plan, steps: int, steps_per_epoch: int = 1) -> Budget:
    r"""$B = \sum_{n=0}^{N-1} \eta_n$ and $\sum_{n=0}^{N-1} \eta_n^2$ over the updates 0 .. N - 1, N =
    `steps`.

    Units: lr x updates. A plan per epoch counts each epoch `steps_per_epoch` times and the last, partial one
    for what it has. Closed forms: geometric sums for StepLR and its kin, (first + last)/2 for lines,
    trigonometric sums for cosines, digamma and trigamma for inverse time, one cycle times a geometric sum for
    cycles; else quadrature that is true to 1e-9 of the sum. A growing schedule whose sum leaves float64 gives
    inf. Raises PlanError for no steps, or a schedule that follows a metric.

    >>> from lrcore.plan import parse_plan
    >>> budget(parse_plan("lr=1 StepLR(step_size=30, gamma=0.1)"), 90).total.__round__(6)
    33.3

    Source: sums of geometric and trigonometric series; DLMF 5.7, 5.11 and 5.15 for digamma and trigamma.
    """
    one, two, how = prefix_sums(plan, np.array([_checked(steps)]), steps_per_epoch)
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
    at = np.minimum(np.asarray(step, dtype=np.int64), _checked(steps))
    if at.size and at.min() < 0:
        raise PlanError(f"A step is a whole number of at least 0, but {int(at.min())} arrived.")
    one, _, _ = prefix_sums(plan, np.append(at.ravel(), steps), steps_per_epoch)
    with np.errstate(invalid="ignore"):
        share = one[:-1] / one[-1] if one[-1] > 0 else np.zeros(at.size)
    return np.asarray(share, dtype=np.float64).reshape(at.shape)


def spent_by(plan: Plan, share: float, steps: int, steps_per_epoch: int = 1) -> int:
    """The fewest updates n whose rates 0 .. n - 1 add up to at least `share` (0 to 1) of the budget of N =
    `steps` updates.

    >>> from lrcore.plan import parse_plan
    >>> spent_by(parse_plan("lr=1 InverseTimeDecay(lr_decay=5e-5) per iteration"), 0.5, 160_000)
    40000

    Found by cutting the run into 16 parts again and again. Rounding may move the answer by one update where
    the sum nearly ties.
    """
    if not 0 <= share <= 1:
        raise PlanError(f"A share of the budget lies between 0 and 1, but {share!r} arrived.")
    low, high = 0, _checked(steps)
    target: float | None = None
    before = 0.0
    while high > low:
        if target is not None and high - low <= _FEW:
            spent = before + np.cumsum(plan.lr(np.arange(low, high), steps_per_epoch))
            return min(low + int(np.searchsorted(spent, target, side="left")) + 1, high)
        cuts = np.unique(np.linspace(low, high, min(_SECTIONS, high - low) + 1).astype(np.int64))
        one, _, _ = prefix_sums(plan, np.append(cuts, steps), steps_per_epoch)
        target = float(one[-1]) * share * (1 - 1e-13) if target is None else target
        reached = int(np.searchsorted(one[:-1], target, side="left"))
        if reached == 0 or one[0] >= target:
            return low
        if reached == len(cuts):
            return high
        low, high, before = int(cuts[reached - 1]), int(cuts[reached]), float(one[reached - 1])
    return high


def prefix_sums(plan: Plan, counts: Ints, steps_per_epoch: int = 1) -> tuple[FloatArray, FloatArray, How]:
    """Both sums over the updates 0 .. n - 1 for each n in `counts` (any order), and how they were found."""
    plan.lr(0, steps_per_epoch)  # its PlanError for a plan without a curve, or fewer than one step per epoch
    stride = steps_per_epoch if plan.clock == "epoch" else 1
    ticks, rest = np.divmod(counts, stride)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        one, two, how = _sums(plan.schedule, plan.base_lr, ticks)
        one, two = one * stride, two * stride
        if rest.any():
            rate = plan.lr(ticks * stride, steps_per_epoch)
            one, two = one + rest * rate, two + rest * rate * rate
    return one, two, how


def _checked(steps: int) -> int:
    if steps < 1:
        raise PlanError(f"A run has at least 1 step, but {steps!r} arrived.")
    return steps


def _sums(schedule: Schedule, base_lr: float, n: Ints) -> tuple[FloatArray, FloatArray, How]:
    """The sums of a schedule over its first n ticks: by closed form, part by part, by quadrature, or term by
    term."""
    if (closed := closed_sums(schedule, base_lr, n.astype(np.float64))) is not None:
        return *closed, "closed form"
    if isinstance(schedule, Scaled):
        return _sums(schedule.schedule, base_lr * schedule.factor, n)
    if isinstance(schedule, Warmup) and schedule.shape == "linear":
        return _warmup_sums(schedule, base_lr, n)
    if isinstance(schedule, SequentialLR) and (found := _sequence_sums(schedule, base_lr, n)) is not None:
        return found
    if (
        isinstance(schedule, ChainedScheduler)
        and (rest := settled(schedule)) is not None
        and rest[0] < n.max(initial=0)
    ):
        return _settled_sums(schedule, base_lr, n, *rest)
    return _numeric_sums(schedule, base_lr, n)


def _settled_sums(
    schedule: Schedule, base_lr: float, n: Ints, start: int, factor: float, rest: Schedule
) -> tuple[FloatArray, FloatArray, How]:
    """A product up to the step at which all of its factors but one have come to rest, then that one."""
    one, two, how = _numeric_sums(schedule, base_lr, np.minimum(n, start))
    if factor == 0.0:
        return one, two, how
    a, b, later = _sums(rest, base_lr * factor, np.maximum(np.append(n, start), start))
    return one + a[:-1] - a[-1], two + b[:-1] - b[-1], max(how, later, key=_ORDER.index)


def _warmup_sums(schedule: Warmup, base_lr: float, n: Ints) -> tuple[FloatArray, FloatArray, How]:
    w = schedule.warmup_steps
    lag = w if schedule.shift is None else schedule.shift
    first = base_lr * schedule.start_factor
    warm = np.minimum(n, w).astype(np.float64)
    slope = base_lr * (schedule.end_factor - schedule.start_factor) / max(w, 1)
    one, two = line(np.full(len(n), first), slope, warm)
    held = np.maximum(
        min(lag, int(n.max(initial=0))) - w, 0
    )  # with a long shift the schedule waits at its first step
    waiting = np.clip(n - w, 0, held).astype(np.float64)
    start = schedule.schedule.lr(0, base_lr)
    inner, squares, how = _sums(
        schedule.schedule, base_lr, np.append(np.maximum(n, max(w, lag)) - lag, max(w - lag, 0))
    )
    one = one + waiting * start + (inner[:-1] - inner[-1])
    return one, two + waiting * start * start + (squares[:-1] - squares[-1]), how


def _sequence_sums(
    schedule: SequentialLR, base_lr: float, n: Ints
) -> tuple[FloatArray, FloatArray, How] | None:
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


def _numeric_sums(schedule: Schedule, base_lr: float, n: Ints) -> tuple[FloatArray, FloatArray, How]:
    last = int(n.max(initial=0))
    edges = np.unique(np.append(n, 0))

    def curve(t: FloatArray) -> FloatArray:
        return np.minimum(np.asarray(schedule.lr(t, base_lr), dtype=np.float64), _FINITE)

    knots = inner_knots(schedule, last, _KNOTS_MAX) if is_smooth(schedule, last) else None
    if knots is not None:
        pieces = np.union1d(edges, knots)
        return *_cumulated(smooth_sums, curve, pieces, n), "quadrature"
    chunk = {"chunk": max(last, 1)} if is_recursive(schedule, last) else {}
    return *_cumulated(lambda f, e: plain_sums(f, e, **chunk), curve, edges, n), "sum"


def _cumulated(engine: Callable[[Curve, Ints], Sums], curve: Curve, edges: Ints, n: Ints) -> Sums:
    one, two = engine(curve, edges) if len(edges) > 1 else (np.zeros(0), np.zeros(0))
    at = np.searchsorted(edges, n)
    return np.concatenate([[0.0], np.cumsum(one)])[at], np.concatenate([[0.0], np.cumsum(two)])[at]
