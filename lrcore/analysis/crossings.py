"""Where a curve first falls below a value, where it peaks, and its half-life: exact whole steps, by bisection
of its monotone runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrcore.analysis.run import Run
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.schedule import TURNS_MAX, FloatArray
from lrcore.schedules.shapes.knots import Steps

Hit = Callable[[FloatArray], NDArray[np.bool_]]

_CHUNK = 16_000
_FEW = 2048  # ticks that are evaluated one by one before anybody has thought of something better
_CLOSE = 1e-12  # a rate that misses a half by rounding is a half
_ROUNDING = 8 * np.finfo(np.float64).eps  # and one that misses the highest so is the highest


@dataclass(frozen=True)
class Peak:
    """The highest rate and the first update that uses it, up to rounding."""

    lr: float
    step: int


def first_below(plan: Plan, value: float, steps: int, steps_per_epoch: int = 1) -> int | None:
    r"""The first update $\min \{n < N : \eta_n < v \le \eta_m, m < n\}$ whose rate has fallen below `value`;
    None if none of the N = `steps` updates has.

    A warm-up that begins below has not fallen; 0 for a plan that is below all along. Exact: the answer of
    evaluating every step, found by bisection where the curve is known to run one way. PlanError as `peak`.

    >>> from lrcore.plan import parse_plan
    >>> first_below(parse_plan("lr=0.05 StepLR(step_size=30, gamma=0.1)"), 0.01, 9000, steps_per_epoch=100)
    3000
    """
    view = _View(plan, steps, steps_per_epoch)
    reached = view.first(lambda rate: rate >= value, 0)
    tick = 0 if reached is None else view.first(lambda rate: rate < value, reached)
    return None if tick is None else tick * view.stride


def peak(plan: Plan, steps: int, steps_per_epoch: int = 1) -> Peak:
    r"""$\max_{n<N} \eta_n$ and the first update that uses it. PlanError for no steps, or a schedule that
    follows a metric.

    >>> from lrcore.plan import parse_plan
    >>> peak(parse_plan("lr=0.4 Warmup(warmup_steps=5)"), 100)
    Peak(lr=0.4, step=5)
    """
    view = _View(plan, steps, steps_per_epoch)
    value, tick = view.peak()
    return Peak(value, tick * view.stride)


def leaves_peak(plan: Plan, steps: int, steps_per_epoch: int = 1) -> int | None:
    r"""The first update $\min \{n \ge p : \eta_n < 0.999 \eta_p\}$ after the peak p whose rate is below it
    by more than a thousandth; None if none is. PlanError as `peak`.

    >>> from lrcore.plan import parse_plan
    >>> leaves_peak(parse_plan("lr=0.4 StepLR(step_size=30, gamma=0.1)"), 100)
    30
    """
    view = _View(plan, steps, steps_per_epoch)
    value, start = view.peak()
    tick = view.first(lambda rate: rate < 0.999 * value, start)
    return None if tick is None else tick * view.stride


def half_life(plan: Plan, steps: int, steps_per_epoch: int = 1) -> int | None:
    r"""Updates from the peak until the rate is at most half of it: $\min \{n \ge p : \eta_n \le \eta_p / 2\}
    - p$; None if never.

    Counted from the peak p, not from step 0, so that a warm-up does not count as decay; without one p = 0. A
    rate that misses the half by rounding (1e-12) is taken for it. Units: updates, also for a plan per epoch.

    >>> from lrcore.plan import parse_plan
    >>> half_life(parse_plan("lr=1e-4 InverseTimeDecay(lr_decay=5e-5) per iteration"), 160_000)
    20000
    """
    view = _View(plan, steps, steps_per_epoch)
    value, start = view.peak()
    if not 0 < value < np.inf:
        return None
    half = value / 2.0 * (1.0 + _CLOSE)
    tick = view.first(lambda rate: rate <= half, start)
    return None if tick is None else (tick - start) * view.stride


def used(plan: Plan, steps: int, steps_per_epoch: int = 1) -> int:
    r"""How many updates there are up to the last one that moves anything, $1 + \max \{n < N : \eta_n > 0\}$;
    0 if all rates are 0. PlanError as `peak`.

    >>> from lrcore.plan import parse_plan
    >>> used(parse_plan("lr=0.4 LinearLR(start_factor=1, end_factor=0, total_iters=30)"), 100)
    30
    """
    view = _View(plan, steps, steps_per_epoch)
    tick = view.last(lambda rate: rate > 0)
    return 0 if tick is None else min((tick + 1) * view.stride, steps)


def drops_in(plan: Plan, steps: int, steps_per_epoch: int = 1) -> int | None:
    """How often a staircase falls within N = `steps` updates, and no more once it is at 0; None for other
    curves. PlanError as `peak`.

    >>> from lrcore.plan import parse_plan
    >>> drops_in(parse_plan("lr=0.1 StepLR(step_size=1, gamma=0.1)"), 4000)
    323
    """
    run = Run.of(steps, steps_per_epoch)
    stride, ticks = run.stride(plan.clock), run.ticks(plan.clock)
    if not plan.schedule.drops(ticks):
        return plan.schedule.drops(ticks)
    spending = -(-used(plan, steps, steps_per_epoch) // stride)
    return plan.schedule.drops(min(spending + 1, ticks))  # the last drop may be that to 0


def _edges(schedule: Schedule, ticks: int) -> Steps | None:
    """Edges 0 = e_0 < e_1 < ... <= ticks such that the rate never turns within a [e_i, e_{i+1}), of equal
    cycles those of the first two; None if that is not known.

    A jump up or down next to an edge is allowed for: the steps next to it are looked at one by one.
    """
    inner = schedule.turning_points(ticks)
    if inner is None or len(inner) > TURNS_MAX:
        return None
    return np.unique(np.concatenate([[0], inner[(inner > 0) & (inner < ticks)], [ticks]]).astype(np.int64))


def _level(top: float) -> float:
    return top - float(_ROUNDING) * abs(top)


class _View:
    """A plan over the ticks of its clock that N updates reach."""

    def __init__(self, plan: Plan, steps: int, steps_per_epoch: int) -> None:
        run = Run.of(steps, steps_per_epoch)
        plan.lr(0)  # its PlanError for a plan without a curve
        self.plan, self.per_epoch = plan, steps_per_epoch
        self.stride, self.ticks = run.stride(plan.clock), run.ticks(plan.clock)
        self._edges = _edges(plan.schedule, self.ticks) if self.ticks > _FEW else None

    def rate(self, ticks: Steps) -> FloatArray:
        return self.plan.lr(ticks * self.stride, self.per_epoch)

    def _corners(self) -> Steps | None:
        """The ends of the monotone runs and two steps on either side of each, in case a knot was rounded the
        other way."""
        if self._edges is None:
            return None
        near = self._edges[:, None] + np.arange(-2, 3)
        corners = np.unique(near)
        return corners[(corners >= 0) & (corners < self.ticks)]

    def _window(self, low: int) -> Steps:
        return np.arange(low, min(low + _CHUNK, self.ticks), dtype=np.int64)

    def _chunks(self, start: int) -> list[int]:
        return list(range(start, self.ticks, _CHUNK))

    def first(self, hit: Hit, start: int) -> int | None:
        """The first tick from `start` on whose rate satisfies a threshold."""
        corners = self._corners()
        if corners is None:
            return self._first_by_all(hit, start)
        corners = np.unique(np.append(corners[corners >= start], start))
        hits = np.flatnonzero(hit(self.rate(corners)))
        if not len(hits):
            return None
        index = int(hits[0])
        return (
            int(corners[0])
            if index == 0
            else self._between(hit, int(corners[index - 1]), int(corners[index]))
        )

    def _between(self, hit: Hit, low: int, high: int) -> int:
        """The first hit in (low, high] of a curve that goes one way there, is no hit at low and is one at
        high."""
        while high - low > 1:
            inner = np.unique(np.linspace(low, high, min(65, high - low + 1)).astype(np.int64))
            index = int(np.argmax(hit(self.rate(inner))))
            low, high = int(inner[index - 1]), int(inner[index])
        return high

    def _first_by_all(self, hit: Hit, start: int) -> int | None:
        for low in self._chunks(start):
            hits = np.flatnonzero(hit(self.rate(self._window(low))))
            if len(hits):
                return low + int(hits[0])
        return None

    def last(self, hit: Hit) -> int | None:
        """The last tick whose rate satisfies a threshold: every one is looked at, from the end on."""
        for low in reversed(self._chunks(0)):
            hits = np.flatnonzero(hit(self.rate(self._window(low))))
            if len(hits):
                return low + int(hits[-1])
        return None

    def peak(self) -> tuple[float, int]:
        """The highest rate and its first tick."""
        corners = self._corners()
        if corners is not None:
            values = self.rate(corners)
            top = float(values.max())
            index = int(np.argmax(values >= _level(top)))
            return top, int(corners[0]) if index == 0 else self._between(
                lambda rate: rate >= _level(top), int(corners[index - 1]), int(corners[index])
            )
        best = max(float(self.rate(self._window(low)).max()) for low in self._chunks(0))
        where = self._first_by_all(lambda rate: rate >= _level(best), 0)
        return best, where or 0
