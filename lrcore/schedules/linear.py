"""LinearLR: a ramp of the factor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.matched import End
from lrcore.schedules.shapes.tails import Rests, Tail
from lrcore.values.parameter import TICKS, param


@final
class LinearLR(Schedule):
    r"""$\eta_t = \eta_0 \left(s + (e - s) \min(t, T) / T\right)$; stays at $\eta_0 e$ from $t = T$ on.

    As in torch, start_factor is above 0 (a warm-up cannot begin at exactly 0) and both factors are at most 1.
    total_iters = 0, for which torch has two answers, is refused.

    >>> LinearLR(start_factor=0.5, total_iters=4).lr([0, 2, 4, 9], 1.0)
    array([0.5 , 0.75, 1.  , 1.  ])

    Source: torch.optim.lr_scheduler.LinearLR.
    """

    title = "linear ramp"
    scales = True
    monotone: ClassVar[bool] = True
    timed: ClassVar[bool] = True
    start_factor: float = param(
        1 / 3, gt=0, le=1, slider=(0.001, 1), scale="log", help="factor of the first step"
    )
    end_factor: float = param(
        1.0, ge=0, le=1, slider=(0, 1), quiet=True, role="shape", help="factor from total_iters on"
    )
    total_iters: int = param(
        5, ge=1, slider=(1, 100), unit=TICKS, scale="log", start=0.1, role="length", help="length of the ramp"
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        share = np.minimum(as_steps(step), self.total_iters) / self.total_iters
        return base_lr * (self.start_factor + (self.end_factor - self.start_factor) * share)

    def knots(self, horizon: int) -> Knots:
        return ((self.total_iters,),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        s, rise, total = num(self.start_factor), num(self.end_factor - self.start_factor), self.total_iters
        return Rate(f"{num(base_lr)} * ({s} + {rise} * min({t}, {total}) / {total})")

    def climb(self) -> float:
        return self.total_iters if self.start_factor < self.end_factor else 0

    def tail(self, base_lr: float) -> Tail:
        return Rests(base_lr * self.end_factor, self.total_iters)

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        """A line from base lr on: over the whole run, or to 0 if its length is looked for."""
        end = 0.0 if free == "total_iters" else 1.0
        return {"start_factor": 1.0, "end_factor": end, "total_iters": max(ticks - 1, 1)}

    @classmethod
    def ending(cls, free: str, given: Mapping[str, Any], end: End) -> float | None:
        fits = free == "end_factor" and given.get("total_iters") == end.last and end.factor <= 1
        return end.factor if fits else None

    @classmethod
    def halving(cls, free: str, given: Mapping[str, Any], ticks: float) -> float | None:
        to_zero = given.get("start_factor") == 1 and given.get("end_factor") == 0
        return round(2 * ticks) if free == "total_iters" and to_zero else None
