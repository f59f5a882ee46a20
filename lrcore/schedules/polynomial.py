"""PolynomialLR: a power of the remaining share."""

from __future__ import annotations

from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.tails import Rests, Stays, Tail
from lrcore.values.parameter import TICKS, param


@final
class PolynomialLR(Schedule):
    r"""$\eta_t = \eta_0 \left(1 - \min(t, T) / T\right)^p$; 0 from $t = T$ on (constant for $p = 0$, since
    $0^0 = 1$).

    A negative power, which divides by zero at $T$ in torch, and total_iters = 0 are refused.

    >>> PolynomialLR(total_iters=4, power=2.0).lr([0, 2, 4], 1.0)
    array([1.  , 0.25, 0.  ])

    Source: torch.optim.lr_scheduler.PolynomialLR.
    """

    title = "polynomial to zero"
    scales = True
    monotone: ClassVar[bool] = True
    timed: ClassVar[bool] = True
    total_iters: int = param(
        5,
        ge=1,
        slider=(1, 1000),
        unit=TICKS,
        scale="log",
        start=1,
        role="length",
        help="the step from which the rate is 0",
    )
    power: float = param(
        1.0,
        ge=0,
        le=100,
        slider=(0.25, 4),
        scale="log",
        role="shape",
        help="1 is a straight line; above 1 falls early",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return base_lr * np.power(
            1.0 - np.minimum(as_steps(step), self.total_iters) / self.total_iters, self.power
        )

    def knots(self, horizon: int) -> Knots:
        return ((self.total_iters,),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        total = self.total_iters
        return Rate(f"{num(base_lr)} * (1 - min({t}, {total}) / {total}) ** {num(self.power)}")

    def tail(self, base_lr: float) -> Tail:
        return Rests(0.0, self.total_iters) if self.power > 0 else Stays(base_lr)

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        return {"total_iters": ticks, "power": 1.0}
