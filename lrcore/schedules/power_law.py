"""PowerLaw: the Robbins-Monro family."""

from __future__ import annotations

from typing import final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Schedule, as_steps
from lrcore.values.parameter import param


@final
class PowerLaw(Schedule):
    r"""$\eta_t = \eta_0 (t + 1)^{-p}$ with $p$ = power. Never ends; power 0 is constant.

    Its sum diverges and its sum of squares converges for $1/2 < p \le 1$: the Robbins-Monro conditions. A
    negative power, which grows without end, is refused.

    >>> PowerLaw(power=0.5).lr([0, 3, 99], 1.0)
    array([1. , 0.5, 0.1])

    Source: Robbins & Monro, 1951.
    """

    title = "power law"
    scales = True
    power: float = param(0.5, ge=0, le=100, slider=(0, 2), help="1 is 1/t, 0.5 is one over the square root")

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return base_lr * np.power(as_steps(step) + 1.0, -self.power)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        return Rate(f"{num(base_lr)} * ({t} + 1) ** {num(-self.power)}")
