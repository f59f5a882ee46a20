"""CosineAnnealingLR, which goes on past its end, and CosineAnnealingWarmRestarts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps, every, whole_periods
from lrcore.schedules.shapes.matched import End
from lrcore.schedules.shapes.ramps import cycle_formula, cycle_place, cycle_starts, half_wave
from lrcore.schedules.shapes.repetition import Cycle, repeated
from lrcore.schedules.shapes.tails import Rests, Returns, Tail
from lrcore.values.parameter import TICKS, param


@final
class CosineAnnealingLR(Schedule):
    r"""$\eta_t = \eta_{min} + (\eta_0 - \eta_{min}) (1 + \cos(\pi t / T)) / 2$ with $T$ = T_max.

    Past T_max it climbs back, with period 2 T_max, as torch's does. eta_min is reached at $t = T$: one step
    after the last of T updates. eta_min above base lr rises first. T_max need not be whole; 0 divides by zero
    in torch and is refused.

    >>> CosineAnnealingLR(T_max=2, eta_min=0.5).lr([0, 1, 2, 3, 4], 1.0)
    array([1.  , 0.75, 0.5 , 0.75, 1.  ])

    Source: torch.optim.lr_scheduler.CosineAnnealingLR; Loshchilov & Hutter, SGDR, arXiv 1608.03983.
    """

    title = "cosine annealing"
    smooth: ClassVar[bool] = True
    T_max: float = param(
        gt=0,
        slider=(1, 1000),
        unit=TICKS,
        scale="log",
        start=1,
        role="length",
        help="steps from base lr down to eta_min",
    )
    eta_min: float = param(
        0.0,
        ge=0,
        slider=(0, 0.1),
        quiet=True,
        role="shape",
        search="rate",
        rate=True,
        help="the lowest rate",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return self.eta_min + (base_lr - self.eta_min) * self._wave(as_steps(step))

    def _wave(self, t: FloatArray) -> FloatArray:
        """(1 + cos(pi t / T_max)) / 2, with t folded onto the way down: 0, ..., T_max and back."""
        period = 2.0 * self.T_max
        return half_wave(1.0 - np.abs(1.0 - (t - period * whole_periods(t, period)) / self.T_max))

    def scales_until(self) -> float:
        if self.eta_min:
            return -1
        # torch's turn at the bottom wants a whole T_max
        return self.T_max if float(self.T_max).is_integer() else np.inf

    def update(self, step: ArrayLike, base_lr: float) -> tuple[FloatArray, FloatArray]:
        t = as_steps(step)
        now, before = self._wave(t), self._wave(t - 1.0)
        # leaving the bottom, where torch adds instead
        turning = np.mod(t - 1.0 - self.T_max, 2.0 * self.T_max) == 0
        ratio = np.divide(now, before, out=np.ones_like(t), where=before != 0)
        keep = np.where(turning | (t == 0), 1.0, ratio)
        rise = (base_lr - self.eta_min) * self._wave(np.asarray(self.T_max - 1.0))
        return keep, np.where(turning & (t > 0), rise, self.eta_min * (1.0 - keep))

    def knots(self, horizon: int) -> Knots:
        return (every(self.T_max, horizon),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        low, half = num(self.eta_min), num((base_lr - self.eta_min) / 2)
        return Rate(f"{low} + {half} * (1 + cos(pi * {t} / {num(self.T_max)}))")

    def made_for(self, base_lr: float) -> Rests | None:
        return Rests(self.eta_min, self.T_max)

    def tail(self, base_lr: float) -> Tail:
        return Returns()

    def repeats(self) -> Cycle | None:
        return repeated(2.0 * self.T_max)

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        return {"T_max": max(ticks - 1, 1)}

    @classmethod
    def ending(cls, free: str, given: Mapping[str, Any], end: End) -> float | None:
        return end.rate if free == "eta_min" and given.get("T_max") == end.last else None

    @classmethod
    def halving(cls, free: str, given: Mapping[str, Any], ticks: float) -> float | None:
        return 2.0 * ticks if free == "T_max" and not given.get("eta_min") else None


@final
class CosineAnnealingWarmRestarts(Schedule):
    r"""$\eta_t = \eta_{min} + (\eta_0 - \eta_{min}) (1 + \cos(\pi T_{cur} / T_i)) / 2$, restarted for ever.

    Cycle $i$ is $T_i = $ T_0 $\cdot$ T_mult$^i$ steps long and $T_{cur}$ steps of it are over. eta_min is
    never reached: the last step of a cycle has $T_{cur} = T_i - 1$. T_0 = T_mult = 1 is constant. This is
    torch's `step()`; its deprecated `step(epoch)` sometimes rounds to the cycle before.

    >>> CosineAnnealingWarmRestarts(T_0=2, T_mult=2).lr([0, 1, 2, 4, 6], 1.0)
    array([1. , 0.5, 1. , 0.5, 1. ])

    Source: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts; Loshchilov & Hutter, SGDR, arXiv 1608.03983.
    """

    title = "cosine with warm restarts"
    smooth: ClassVar[bool] = True
    T_0: int = param(
        ge=1, slider=(1, 1000), unit=TICKS, scale="log", start=0.25, help="length of the first cycle"
    )
    T_mult: int = param(
        1,
        ge=1,
        le=1000,
        slider=(1, 4),
        quiet=True,
        help="each cycle is this many times as long as the one before",
    )
    eta_min: float = param(
        0.0,
        ge=0,
        slider=(0, 0.1),
        quiet=True,
        search="rate",
        rate=True,
        help="the floor; each restart comes one step before it is reached",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        _, share = cycle_place(as_steps(step), float(self.T_0), float(self.T_mult))
        return self.eta_min + (base_lr - self.eta_min) * half_wave(share)

    def knots(self, horizon: int) -> Knots:
        if self.T_mult == 1:
            return (range(self.T_0, horizon, self.T_0),)
        return (cycle_starts(self.T_0, self.T_mult, horizon, None),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        low, half = num(self.eta_min), num((base_lr - self.eta_min) / 2)
        return Rate(f"{low} + {half} * (1 + cos(pi * x))", cycle_formula(t, self.T_0, self.T_mult))

    def tail(self, base_lr: float) -> Tail:
        return Returns()

    def repeats(self) -> Cycle | None:
        return Cycle(self.T_0) if self.T_mult == 1 else None
