"""PowerLaw: the Robbins-Monro family."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.errors import PlanError
from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.inverse_sqrt import InverseSqrt
from lrcore.schedules.inverse_time import InverseTimeDecay
from lrcore.schedules.schedule import FloatArray, Schedule, as_steps
from lrcore.schedules.shapes.matched import End
from lrcore.schedules.shapes.tails import Power, Stays, Tail
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
    monotone: ClassVar[bool] = True
    power: float = param(
        0.5,
        ge=0,
        le=100,
        slider=(0, 2),
        role="shape",
        search="log",
        help="1 is 1/t, 0.5 is one over the square root",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return base_lr * np.power(as_steps(step) + 1.0, -self.power)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        return Rate(f"{num(base_lr)} * ({t} + 1) ** {num(-self.power)}")

    def tail(self, base_lr: float) -> Tail:
        return Power(self.power) if self.power else Stays(base_lr)

    def stretched(self, ratio: float) -> Schedule:
        """(1 + t/n)^-p, which has a name of its own for two powers."""
        if self.power == 0:
            return self
        if self.power == 1:
            return InverseTimeDecay(lr_decay=1.0 / ratio)
        if self.power == 0.5:
            return InverseSqrt(warmup_steps=0, timescale=ratio)
        raise PlanError(
            f"PowerLaw counts from 1, and (1 + t/n)^-{self.power:g} is no power law; only power 1"
            " (InverseTimeDecay), 0.5 (InverseSqrt) and 0 have a form on another clock."
        )

    @classmethod
    def ending(cls, free: str, given: Mapping[str, Any], end: End) -> float | None:
        cls.only_falls(end)
        return -math.log(end.factor) / math.log(end.ticks)

    @classmethod
    def halving(cls, free: str, given: Mapping[str, Any], ticks: float) -> float | None:
        return math.log(2.0) / math.log(ticks + 1.0)
