"""Inverse square root: the schedules of the first Transformers."""

from __future__ import annotations

import math
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.tails import Power, Tail
from lrcore.values.parameter import TICKS, param


@final
class InverseSqrt(Schedule):
    r"""$\eta_t = \eta_0 \left(s + (1 - s)\,t/w\right)$ while $t < w$ = warmup_steps, then $\eta_0 / \sqrt{1 +
    (t - w)/\tau}$.

    $s$ = start_factor; $\tau$ = timescale, left out: $w$, which makes it $\eta_0 \sqrt{w/t}$ (10,000 without
    warm-up, as in transformers). It never ends and never reaches 0. With $s = 0$ and a warm-up the first
    update has the rate 0.

    >>> InverseSqrt(warmup_steps=4).lr([0, 2, 4, 16], 1.0)
    array([0. , 0.5, 1. , 0.5])

    Source: transformers get_inverse_sqrt_schedule; fairseq inverse_sqrt (start_factor = warmup_init_lr / lr).
    """

    title = "inverse square root"
    scales = True
    smooth: ClassVar[bool] = True
    warmup_steps: int = param(
        4000, ge=0, slider=(0, 1000), unit=TICKS, start=0.1, help="length of the linear warm-up"
    )
    timescale: float | None = param(
        None,
        gt=0,
        slider=(1, 10_000),
        scale="log",
        unit=TICKS,
        quiet=True,
        role="shape",
        help="stretches the decay",
    )
    start_factor: float = param(
        0.0, ge=0, le=1, slider=(0, 1), quiet=True, help="factor of base lr at the first step"
    )

    @property
    def effective_timescale(self) -> float:
        """The timescale, also where it is left out."""
        return self.timescale if self.timescale is not None else float(self.warmup_steps or 10_000)

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        t, w = as_steps(step), self.warmup_steps
        warm = self.start_factor + (1.0 - self.start_factor) * t / max(w, 1)
        return base_lr * np.where(
            t < w, warm, 1.0 / np.sqrt(1.0 + np.maximum(t - w, 0.0) / self.effective_timescale)
        )

    def knots(self, horizon: int) -> Knots:
        return ((self.warmup_steps,),) if self.warmup_steps else ()

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        b, w, s = num(base_lr), self.warmup_steps, self.start_factor
        after = f"{b} / sqrt(1 + max({t} - {w}, 0) / {num(self.effective_timescale)})"
        climb = f"{b} * ({num(s)} + {num(1 - s)} * {t} / {w})"
        return Rate(f"({climb} if {t} < {w} else {after})" if w else after)

    def climb(self) -> float:
        return self.warmup_steps

    def tail(self, base_lr: float) -> Tail:
        return Power(0.5)

    def stretched(self, ratio: float) -> Schedule | None:
        if self.warmup_steps or self.timescale is not None:
            return None
        return self.replace("timescale", self.effective_timescale * ratio)

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        return {"warmup_steps": 0}


@final
class Noam(Schedule):
    r"""$\eta_t = \eta_0\,f\,d^{-1/2} \min\left(n^{-1/2},\ n\,w^{-3/2}\right)$ with $n = t + 1$; never ends.

    $d$ = d_model, $w$ = warmup_steps, $f$ = factor. People run it with lr = 1, so that $\eta_0$ is a factor
    like $f$; the peak is $\eta_0 f / \sqrt{d w}$ at $t = w - 1$.

    >>> Noam(d_model=4, warmup_steps=4).lr([0, 3, 15], 1.0)
    array([0.0625, 0.25  , 0.125 ])

    Source: Vaswani et al., arXiv 1706.03762; OpenNMT-py noam_decay.
    """

    title = "Noam (Transformer)"
    scales = True
    smooth: ClassVar[bool] = True
    d_model: int = param(
        512, ge=1, le=10**6, slider=(16, 4096), scale="log", start=16, help="width of the model"
    )
    warmup_steps: int = param(
        4000, ge=1, slider=(1, 1000), unit=TICKS, scale="log", start=0.1, help="the step of the peak"
    )
    factor: float = param(
        1.0,
        gt=0,
        slider=(0.1, 10),
        scale="log",
        quiet=True,
        per_tick=lambda factor, ratio: factor * math.sqrt(ratio),
        help="multiplies everything",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        n = as_steps(step) + 1.0
        peak = base_lr * self.factor * float(self.d_model) ** -0.5
        return np.asarray(peak * np.minimum(np.power(n, -0.5), n * float(self.warmup_steps) ** -1.5))

    def knots(self, horizon: int) -> Knots:
        return ((self.warmup_steps - 1,),) if self.warmup_steps > 1 else ()

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        scale, w = f"{num(base_lr * self.factor)} * {self.d_model} ** -0.5", self.warmup_steps
        return Rate(f"{scale} * min(n ** -0.5, n * {w} ** -1.5)", (("n", f"{t} + 1"),))

    def climb(self) -> float:
        return self.warmup_steps - 1

    def tail(self, base_lr: float) -> Tail:
        return Power(0.5)
