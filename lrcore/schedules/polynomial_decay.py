"""PolynomialDecay: a power of the remaining share, between two rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.knots import treads
from lrcore.schedules.shapes.matched import End
from lrcore.schedules.shapes.tails import Bounded, Power, Rests, Stays, Tail
from lrcore.values.parameter import TICKS, param


@final
class PolynomialDecay(Schedule):
    r"""$\eta_t = e + (\eta_0 - e) \left(1 - \min(t, D)/D\right)^p$; the rate $e$ = end_lr is held from $t =
    D$ = decay_steps on.

    With cycle the deadline moves instead, $D \lceil t/D \rceil$ in place of $D$: it reaches end_lr at every
    multiple of $D$ and begins the next tooth near $\eta_0/(k+1)$. end_lr above base lr rises. A negative
    power divides by zero and is refused.

    >>> PolynomialDecay(decay_steps=2, end_lr=0.5, cycle=True).lr([0, 1, 2, 3, 4], 1.0)
    array([1.   , 0.75 , 0.5  , 0.625, 0.5  ])

    Source: keras PolynomialDecay (whose end is 1e-4 by default); optax polynomial_schedule; transformers
    polynomial and fairseq polynomial_decay after their warm-up.
    """

    title = "polynomial to a last rate"
    smooth: ClassVar[bool] = True
    timed: ClassVar[bool] = True
    decay_steps: float = param(
        gt=0, slider=(1, 1000), unit=TICKS, scale="log", role="length", help="length of the descent"
    )
    end_lr: float = param(
        0.0, ge=0, slider=(0, 0.1), role="shape", search="rate", rate=True, help="the last rate"
    )
    power: float = param(
        1.0, ge=0, le=100, slider=(0.25, 4), scale="log", help="1 is a straight line; above 1 falls early"
    )
    cycle: bool = param(False, quiet=True, help="begin a longer descent whenever the end is reached")

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        t = as_steps(step)
        deadline = (
            self.decay_steps * np.maximum(1.0, np.ceil(t / self.decay_steps))
            if self.cycle
            else np.float64(self.decay_steps)
        )
        return self.end_lr + (base_lr - self.end_lr) * np.power(
            1.0 - np.minimum(t / deadline, 1.0), self.power
        )

    def scales_until(self) -> float:
        return np.inf if self.end_lr == 0 else -1

    def knots(self, horizon: int) -> Knots:
        if not self.cycle:
            return ((int(np.ceil(self.decay_steps)),),)
        # a tooth begins at the first step after the multiple at which the one before ends
        if self.decay_steps < 1:
            return (range(1, horizon),)
        if float(self.decay_steps).is_integer():
            return (range(int(self.decay_steps) + 1, horizon, int(self.decay_steps)),)
        return (treads(lambda t: math.ceil(t / self.decay_steps) - 1, self.decay_steps, horizon),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        length, swing = num(self.decay_steps), num(base_lr - self.end_lr)
        deadline = "D" if self.cycle else length
        return Rate(
            f"{num(self.end_lr)} + {swing} * (1 - min({t} / {deadline}, 1)) ** {num(self.power)}",
            (("D", f"{length} * max(1, ceil({t} / {length}))"),) if self.cycle else (),
        )

    def tail(self, base_lr: float) -> Tail:
        if self.power == 0:
            return Stays(base_lr)
        if self.end_lr > 0:
            low = min(self.end_lr, base_lr)
            return Bounded(low) if self.cycle else Rests(self.end_lr, self.decay_steps)
        teeth = self.cycle and not (1.0 / self.decay_steps).is_integer()  # one that is shorter than a step
        return Power(self.power, "k") if teeth else Rests(0.0, self.decay_steps)  # is met at its end only

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        return {"decay_steps": max(ticks - 1, 1), "power": 1.0}

    @classmethod
    def ending(cls, free: str, given: Mapping[str, Any], end: End) -> float | None:
        fits = free == "end_lr" and given.get("decay_steps") == end.last and not given.get("cycle")
        return end.rate if fits else None
