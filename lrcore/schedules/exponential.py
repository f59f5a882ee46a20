"""Exponential decay: the same factor at every step, or over a span of steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps, every
from lrcore.schedules.shapes.knots import shifted
from lrcore.schedules.shapes.matched import End
from lrcore.schedules.shapes.repetition import Cycle
from lrcore.schedules.shapes.starts import decay_per_step
from lrcore.schedules.shapes.tails import Rests, Stays, Tail, falling
from lrcore.values.parameter import TICKS, param


@final
class ExponentialLR(Schedule):
    r"""$\eta_t = \eta_0 \gamma^t$. Never ends; gamma above 1 grows.

    >>> ExponentialLR(gamma=0.5).lr([0, 1, 2], 1.0)
    array([1.  , 0.5 , 0.25])

    Source: torch.optim.lr_scheduler.ExponentialLR.
    """

    title = "exponential decay"
    scales = True
    monotone: ClassVar[bool] = True
    gamma: float = param(
        gt=0,
        slider=(0.9, 1),
        start=lambda _, run: decay_per_step(run),
        role="shape",
        per_tick=lambda gamma, ratio: gamma ** (1.0 / ratio),
        search="factor",
        help="factor of every step",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return base_lr * np.power(self.gamma, as_steps(step))

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        return Rate(f"{num(base_lr)} * {num(self.gamma)} ** {t}")

    def tail(self, base_lr: float) -> Tail:
        return falling(base_lr, self.gamma)

    @classmethod
    def ending(cls, free: str, given: Mapping[str, Any], end: End) -> float | None:
        return cls.factor_for(end, end.last, "one tick leaves no time to decay; lengthen the run")

    @classmethod
    def halving(cls, free: str, given: Mapping[str, Any], ticks: float) -> float | None:
        return float(0.5 ** (1.0 / ticks))


@final
class ExponentialDecay(Schedule):
    r"""$\eta_t = \eta_0\, r^{(t - b)/D}$ from $t = b$ on with $r$ = decay_rate, $D$ = decay_steps, $b$ =
    begin; base lr before.

    With staircase the exponent is rounded down. end_lr stops it: a floor when $r < 1$, a ceiling when $r >
    1$; without one it never ends. decay_rate = 0, which optax reads as constant and keras as 0, is refused.

    >>> ExponentialDecay(decay_steps=2, decay_rate=0.25, end_lr=0.1).lr([0, 1, 2, 4], 1.0)
    array([1.  , 0.5 , 0.25, 0.1 ])

    Source: keras ExponentialDecay; optax exponential_decay; timm StepLRScheduler and fairseq step
    (staircase).
    """

    title = "exponential decay over a span"
    monotone: ClassVar[bool] = True
    decay_steps: float = param(
        gt=0,
        slider=(1, 1000),
        unit=TICKS,
        scale="log",
        start=0.25,
        help="steps in which the rate is multiplied by decay_rate once",
    )
    decay_rate: float = param(
        gt=0,
        slider=(0.05, 1),
        start=0.5,
        role="shape",
        search="factor",
        help="what decay_steps steps multiply the rate by",
    )
    staircase: bool = param(False, quiet=True, help="fall as a staircase instead of continuously")
    begin: int = param(0, ge=0, slider=(0, 100), unit=TICKS, quiet=True, help="how long base lr lasts first")
    end_lr: float | None = param(
        None,
        ge=0,
        slider=(0, 0.1),
        quiet=True,
        search="rate",
        rate=True,
        help="the rate at which it stops",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        share = np.maximum(as_steps(step) - self.begin, 0.0) / self.decay_steps
        rate = base_lr * np.power(self.decay_rate, np.floor(share) if self.staircase else share)
        if self.end_lr is None:
            return rate
        return np.maximum(rate, self.end_lr) if self.decay_rate < 1 else np.minimum(rate, self.end_lr)

    def scales_until(self) -> float:
        return np.inf if not self.end_lr and (self.end_lr is None or self.decay_rate < 1) else -1

    @property
    def flat(self) -> bool:
        return self.staircase

    def tail(self, base_lr: float) -> Tail:
        if self.decay_rate == 1:
            rate = base_lr if self.end_lr is None else min(self.end_lr, base_lr)
            return Stays(rate) if rate > 0 else Rests(0.0, 0)
        if self.end_lr or (self.end_lr == 0 and self.decay_rate > 1):
            return self._stopped(self.end_lr, base_lr)
        if self.staircase:
            return falling(base_lr, self.decay_rate, self.decay_steps)
        with np.errstate(over="ignore"):  # of a span that is next to nothing
            return falling(base_lr, float(np.power(self.decay_rate, 1.0 / self.decay_steps)))

    def _stopped(self, end_lr: float, base_lr: float) -> Tail:
        """It rests at end_lr, from the start if base lr lies beyond it."""
        if base_lr <= end_lr if self.decay_rate < 1 else base_lr >= end_lr:
            return Rests(end_lr, 0)
        drops = math.log(end_lr / base_lr) / math.log(self.decay_rate)
        return Rests(end_lr, self.begin + self.decay_steps * (math.ceil(drops) if self.staircase else drops))

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        return {"decay_steps": max(ticks - 1, 1)}

    @classmethod
    def ending(cls, free: str, given: Mapping[str, Any], end: End) -> float | None:
        if free != "decay_rate" or given.get("end_lr") is not None or given.get("begin"):
            return None
        share = end.last / given["decay_steps"]
        drops = math.floor(share) if given.get("staircase") else share
        return cls.factor_for(end, drops, "no drop lies within the run; shorten decay_steps")

    def knots(self, horizon: int) -> Knots:
        if self.staircase:
            return shifted((every(self.decay_steps, horizon),), self.begin, horizon)
        return ((self.begin,),) if self.begin else ()

    def repeats(self) -> Cycle | None:
        whole = self.staircase and float(self.decay_steps).is_integer()
        return (
            Cycle(int(self.decay_steps), self.decay_rate)
            if whole and not self.begin and self.end_lr is None
            else None
        )

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        late = f"max({t} - {self.begin}, 0)" if self.begin else t
        share = f"({late} / {num(self.decay_steps)})"
        power = f"floor({share})" if self.staircase else share
        text = f"{num(base_lr)} * {num(self.decay_rate)} ** {power}"
        if self.end_lr is None:
            return Rate(text)
        return Rate(f"{'max' if self.decay_rate < 1 else 'min'}({text}, {num(self.end_lr)})")
