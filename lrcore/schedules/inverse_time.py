"""Inverse-time decay: the hand-written `lr / (1 + lr_decay * iteration)`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps, every, whole_periods
from lrcore.schedules.shapes.knots import treads
from lrcore.schedules.shapes.matched import End
from lrcore.schedules.shapes.tails import Power, Stays, Tail
from lrcore.values.parameter import TICKS, param


@final
class InverseTimeDecay(Schedule):
    r"""$\eta_t = \eta_0 / (1 + d\,t)$ with $d$ = lr_decay. Never ends and never reaches 0.

    It is a hyperbola, often wrongly called linear: what is linear in $t$ is $1/\eta_t$. With staircase it
    drops only every $D$ = decay_steps steps, $\eta_t = \eta_0 / (1 + d\,D \lfloor t / D \rfloor)$; left out,
    $D = 1/d$, so that the rate runs through $\eta_0, \eta_0/2, \eta_0/3, \dots$ lr_decay = 0 is constant.

    >>> InverseTimeDecay(lr_decay=5e-5).lr([0, 20_000, 160_000], 1e-4)
    array([1.00000000e-04, 5.00000000e-05, 1.11111111e-05])

    Source: `adjust_learning_rate` in the training script of pytorch-AdaIN;
    keras.optimizers.schedules.InverseTimeDecay.
    """

    title = "1/t decay"
    scales = True
    monotone: ClassVar[bool] = True
    lr_decay: float = param(
        ge=0,
        slider=(1e-5, 0.2),
        scale="log",
        start=lambda _, run: 10 / run,
        role="shape",
        per_tick=lambda d, ratio: d / ratio,
        help="after 1 / lr_decay steps the rate is half of base lr",
    )
    staircase: bool = param(
        False, quiet=True, help="fall as a staircase, once in decay_steps, instead of continuously"
    )
    decay_steps: float | None = param(None, gt=0, unit=TICKS, quiet=True, help="how long each stair lasts")

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        t = as_steps(step)
        if not self.staircase:
            return base_lr / (1.0 + self.lr_decay * t)
        if self.decay_steps is None:
            return base_lr / (1.0 + np.floor(self.lr_decay * t))
        return base_lr / (1.0 + self.lr_decay * self.decay_steps * whole_periods(t, self.decay_steps))

    def knots(self, horizon: int) -> Knots:
        if not self.staircase or self.lr_decay == 0:
            return ()
        if self.decay_steps is not None:
            return (every(self.decay_steps, horizon),)
        if self.lr_decay >= 1:
            return (range(1, horizon),)
        return (treads(lambda t: math.floor(self.lr_decay * t), 1.0 / self.lr_decay, horizon),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        b, d = num(base_lr), num(self.lr_decay)
        if not self.staircase:
            return Rate(f"{b} / (1 + {d} * {t})")
        if self.decay_steps is None:
            return Rate(f"{b} / (1 + floor({d} * {t}))")
        fall = num(self.lr_decay * self.decay_steps)
        return Rate(f"{b} / (1 + {fall} * floor({t} / {num(self.decay_steps)}))")

    @property
    def flat(self) -> bool:
        return self.staircase

    def tail(self, base_lr: float) -> Tail:
        return Power(1.0) if self.lr_decay > 0 else Stays(base_lr)

    @classmethod
    def ending(cls, free: str, given: Mapping[str, Any], end: End) -> float | None:
        if free != "lr_decay" or given.get("staircase"):
            return None
        cls.only_falls(end)
        return (1.0 / end.factor - 1.0) / end.last

    @classmethod
    def halving(cls, free: str, given: Mapping[str, Any], ticks: float) -> float | None:
        return 1.0 / ticks if free == "lr_decay" and not given.get("staircase") else None
