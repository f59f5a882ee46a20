"""The absence of a schedule, and torch's temporary factor."""

from __future__ import annotations

from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.tails import Stays, Tail
from lrcore.values.parameter import TICKS, param


@final
class Constant(Schedule):
    r"""No schedule: $\eta_t = \eta_0$ for ever.

    >>> Constant().lr([0, 1000], 0.3)
    array([0.3, 0.3])

    Source: what every torch optimiser does when no scheduler is attached.
    """

    title = "constant"
    scales = True
    flat: ClassVar[bool] = True
    monotone: ClassVar[bool] = True

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return np.full(np.shape(step), base_lr, dtype=np.float64)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        return Rate(num(base_lr))

    def tail(self, base_lr: float) -> Tail:
        return Stays(base_lr)

    def stretched(self, ratio: float) -> Schedule:
        return self


@final
class ConstantLR(Schedule):
    r"""$\eta_t = \eta_0 f$ while $t < T$ and $\eta_0$ from $t = T$ on.

    torch accepts factor = 0 and total_iters = 0 and then divides by zero or keeps the factor for ever,
    depending on how it is stepped; both are refused here.

    >>> ConstantLR(factor=0.5, total_iters=2).lr([0, 1, 2, 3], 1.0)
    array([0.5, 0.5, 1. , 1. ])

    Source: torch.optim.lr_scheduler.ConstantLR.
    """

    title = "constant factor, then base lr"
    scales = True
    flat: ClassVar[bool] = True
    monotone: ClassVar[bool] = True
    factor: float = param(
        1 / 3,
        gt=0,
        le=1,
        slider=(0.01, 1),
        scale="log",
        role="shape",
        help="multiplies base lr until total_iters",
    )
    total_iters: int = param(
        5, ge=1, slider=(1, 100), unit=TICKS, scale="log", start=0.1, help="how long the factor lasts"
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return np.where(as_steps(step) < self.total_iters, base_lr * self.factor, base_lr)

    def climb(self) -> float:
        return self.total_iters if self.factor < 1 else 0

    def tail(self, base_lr: float) -> Tail:
        return Stays(base_lr, self.total_iters)

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        return {"total_iters": ticks}

    def knots(self, horizon: int) -> Knots:
        return ((self.total_iters,),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        return Rate(f"({num(base_lr * self.factor)} if {t} < {self.total_iters} else {num(base_lr)})")
