"""Piecewise: a curve from a table of points."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self, final

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, field_validator

from lrcore.errors import PlanError
from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.knots import at
from lrcore.schedules.shapes.ramps import half_wave
from lrcore.schedules.shapes.tails import Rests, Tail
from lrcore.values.parameter import TICKS, TICKS_MAX, param

POINTS_MAX = 1000
PIECES_MAX = 40  # points that are written as a formula; more are exported as a table of rates
Point = tuple[Annotated[float, Field(ge=0, le=TICKS_MAX)], Annotated[float, Field(ge=0)]]


@final
class Piecewise(Schedule):
    r"""The rate of a table of (step, rate) points, joined by straight lines, by half cosine waves or by steps
    (constant).

    Before the first point its rate holds, after the last one its rate. "constant" keeps a point's rate until
    the next point. The rates are absolute; with relative they are factors of base lr. Two points on one step
    are a jump: the later one counts from there on. Points that go back in time are refused.

    >>> Piecewise(points=[(0, 0.0), (10, 1.0), (30, 0.5)]).lr([0, 5, 20, 99], 0.1)
    array([0.  , 0.5 , 0.75, 0.5 ])

    Source: optax piecewise_interpolate_schedule, linear_onecycle_schedule, cosine_onecycle_schedule and
    sgdr_schedule; keras PiecewiseConstantDecay(boundaries, values) with points at boundary + 1; transcripts
    of published runs.
    """

    title = "table of points"
    smooth: ClassVar[bool] = True
    points: Annotated[tuple[Point, ...], Field(min_length=1, max_length=POINTS_MAX)] = param(
        positional=True,
        unit=TICKS,
        start=lambda lr, run: ((0, lr / 10), (max(1, run // 10), lr), (max(1, run), lr / 10)),
        help="(step, rate) pairs, ascending",
    )
    interpolation: Literal["linear", "cosine", "constant"] = param("linear", help="what joins the points")
    relative: bool = param(False, quiet=True, help="the rates are factors of base lr")

    @field_validator("points")
    @classmethod
    def _ascending(cls, points: tuple[Point, ...]) -> tuple[Point, ...]:
        for (earlier, _), (later, _) in pairwise(points):
            if later < earlier:
                raise PlanError(
                    f"Piecewise: the point at step {later:g} comes after the one at {earlier:g}; sort the"
                    " points by step."
                )
        return points

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        t = as_steps(step)
        steps, rates = np.array(self.points, dtype=np.float64).T
        left = np.clip(np.searchsorted(steps, t, side="right") - 1, 0, len(steps) - 1)
        right = np.minimum(left + 1, len(steps) - 1)
        length = steps[right] - steps[left]
        share = np.clip(np.divide(t - steps[left], length, out=np.zeros_like(t), where=length > 0), 0.0, 1.0)
        if self.interpolation == "cosine":
            share = 1.0 - half_wave(share)
        elif self.interpolation == "constant":
            share = np.zeros_like(share)
        rate = rates[left] + (rates[right] - rates[left]) * share  # exact where both are equal
        return np.asarray(rate * base_lr) if self.relative else np.asarray(rate)

    def scales_until(self) -> float:
        return np.inf if self.relative else -1

    def with_rates_times(self, factor: float) -> Self:
        if self.relative:
            return self
        return self.replace("points", tuple((step, factor * rate) for step, rate in self.points))

    def knots(self, horizon: int) -> Knots:
        return (at(*(step for step, _ in self.points)),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        points = [(step, rate * base_lr if self.relative else rate) for step, rate in self.points]
        if len(points) > PIECES_MAX:
            return super().formula(base_lr, t)
        text = num(points[-1][1])
        for (x0, y0), (x1, y1) in reversed(list(pairwise(points))):
            if x0 == x1:
                continue
            share = f"({t} - {num(x0)}) / {num(x1 - x0)}"
            ramp = share if self.interpolation == "linear" else f"(1 - cos(pi * {share})) / 2"
            level = y0 == y1 or self.interpolation == "constant"
            piece = num(y0) if level else f"{num(y0)} + {num(y1 - y0)} * ({ramp})"
            text = f"({piece} if {t} < {num(x1)} else {text})"
        first_step, first = points[0]
        return Rate(f"({num(first)} if {t} < {num(first_step)} else {text})" if first_step > 0 else text)

    @property
    def flat(self) -> bool:
        return self.interpolation == "constant"

    def tail(self, base_lr: float) -> Tail:
        step, rate = self.points[-1]
        return Rests(rate * (base_lr if self.relative else 1.0), step)
