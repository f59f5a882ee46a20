"""One parameter, one number to hit: bisection along the parameter's own axis."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.values.parameter import TICKS, parameters

_HALVINGS = 200
_NARROWINGS = 54  # golden sections, from two cells of the coarsest grid to 1e-12 of the axis
_TINY, _HUGE = 1e-15, 1e15


@dataclass(frozen=True)
class ParameterAxis:
    """The range in which a parameter is looked for: logarithmic where it spans decades, whole numbers where
    it is a count.

    A factor per step up to 1 is looked for by its rate -ln(factor), on a logarithmic scale: 0.9999 and
    0.99999 are a decade apart.
    """

    low: float
    high: float
    log: bool
    whole: bool
    factor: bool = False

    @classmethod
    def of(cls, kind: type[Schedule], name: str, ticks: int, base_lr: float) -> ParameterAxis:
        """The axis of a declared parameter: its bounds, cut to what matters for a run of that many ticks."""
        known = parameters(kind)
        if name not in known or known[name].type not in (int, float):
            numbers = ", ".join(item for item, value in known.items() if value.type in (int, float)) or "none"
            raise PlanError(f"{kind.kind} has no number called {name!r} to solve for; it has: {numbers}.")
        item = known[name]
        low = -math.inf if item.low is None else item.low
        high = math.inf if item.high is None else item.high
        if item.unit == TICKS:
            low, high = max(low, 1.0), min(high, 64.0 * ticks)
        elif item.search == "rate":
            high = min(high, base_lr)
        elif item.search == "factor":
            return cls(_TINY, min(high, 1.0), True, False, factor=True)
        log = item.unit == TICKS or "log" in (item.scale, item.search)
        if log:
            return cls(max(low, _TINY), min(high, _HUGE), True, item.type is int)
        return cls(max(low, -_HUGE), min(high, _HUGE), False, item.type is int)

    def at(self, share: float) -> float | int:
        """The value at a share of the axis, 0 to 1."""
        if share in (0.0, 1.0):
            value = self.high if share else self.low
        elif self.factor:
            most = -math.log(self.low)
            value = math.exp(-most * (_TINY / most) ** share)
        elif self.log:
            value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        else:
            value = self.low + share * (self.high - self.low)
        return (
            int(min(max(round(value), math.ceil(self.low)), math.floor(self.high)))
            if self.whole
            else min(max(value, self.low), self.high)
        )


def solve(
    measure: Callable[[float | int], float | None], target: float, axis: ParameterAxis, who: str, noun: str
) -> float | int:
    """The value at which `measure`, which goes one way along the axis, is `target`; the nearest one if only
    some values exist.

    A measure of None (a half-life beyond the run) counts as infinite. PlanError names the reachable range if
    it does not hold the target.
    """

    def value(share: float) -> float:
        found = measure(axis.at(share))
        return math.inf if found is None else found

    low, high = 0.0, 1.0
    at_low, at_high = value(low), value(high)
    bottom, top = min(at_low, at_high), max(at_low, at_high)
    if not bottom * (1 - 1e-12) <= target <= top * (1 + 1e-12):
        raise PlanError(
            f"{who} from {axis.at(0.0):.3g} to {axis.at(1.0):.3g} gives a {noun} between {bottom:.4g} and"
            f" {top:.4g}, but {target:.4g} is wanted; fix other parameters, or match something else."
        )
    rising = at_high > at_low
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if middle in (low, high) or axis.at(low) == axis.at(high):
            break
        if (value(middle) < target) == rising:
            low = middle
        else:
            high = middle
    miss = {share: abs(value(share) - target) for share in (low, high)}
    return axis.at(min(miss, key=lambda share: (math.isnan(miss[share]), miss[share])))


def minimise(gap: Callable[[float], float], points: int = 33) -> float:
    """The share in [0, 1] at which `gap` is least: a grid, then the golden section around its best point."""
    grid = np.linspace(0.0, 1.0, points)
    values = [gap(float(share)) for share in grid]
    best = int(np.nanargmin(values))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, points - 1)])
    golden = (math.sqrt(5.0) - 1.0) / 2.0
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = gap(left), gap(right)
    for _ in range(_NARROWINGS):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = gap(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = gap(right)
    middle = (low + high) / 2.0
    return min((middle, float(grid[best])), key=gap)
