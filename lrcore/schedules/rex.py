"""REX: holds the rate high for longer than a line does."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.tails import Rests, Tail
from lrcore.values.parameter import TICKS, param


@final
class REX(Schedule):
    r"""$\eta_t = \eta_0 \dfrac{1 - z}{1/2 + (1 - z)/2}$ with $z = \min(t, T)/T$ and $T$ = total_steps; 0 from
    $t = T$ on.

    >>> REX(total_steps=4).lr([0, 2, 4, 9], 3.0)
    array([3., 2., 0., 0.])

    Source: Chen, Wolfe & Kyrillidis, arXiv 2107.04197. (IvanVassi/REX_LR computes something else under this
    name.)
    """

    title = "REX (reflected exponential)"
    scales = True
    monotone: ClassVar[bool] = True
    timed: ClassVar[bool] = True
    total_steps: int = param(
        ge=1,
        slider=(1, 1000),
        unit=TICKS,
        scale="log",
        role="length",
        help="the step from which the rate is 0",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        left = 1.0 - np.minimum(as_steps(step), self.total_steps) / self.total_steps
        return base_lr * left / (0.5 + 0.5 * left)

    def knots(self, horizon: int) -> Knots:
        return ((self.total_steps,),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        total = self.total_steps
        return Rate(
            f"{num(base_lr)} * (1 - z) / (0.5 + 0.5 * (1 - z))", (("z", f"min({t}, {total}) / {total}"),)
        )

    def tail(self, base_lr: float) -> Tail:
        return Rests(0.0, self.total_steps)
