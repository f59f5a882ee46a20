"""TriStage: warm up, hold, decay exponentially."""

from __future__ import annotations

from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.tails import Rests, Tail
from lrcore.values.parameter import TICKS, param


@final
class TriStage(Schedule):
    r"""A line from $i\,\eta_0$ to $\eta_0$ over $w$ steps, $\eta_0$ for $h$ steps, $\eta_0 f^{x/d}$ over $d$
    steps, $f\,\eta_0$ for ever.

    $w$ = warmup_steps, $h$ = hold_steps, $d$ = decay_steps, $i$ = init_lr_scale, $f$ = final_lr_scale. $f =
    0$ has no exponential that reaches it and is refused.

    >>> TriStage(warmup_steps=2, hold_steps=2, decay_steps=2, init_lr_scale=0.5).lr([0, 1, 2, 4, 5, 6, 9],
    ...     1.0)
    array([0.5 , 0.75, 1.  , 1.  , 0.1 , 0.01, 0.01])

    Source: fairseq tri_stage; Park et al., SpecAugment, arXiv 1904.08779.
    """

    title = "tri-stage"
    scales = True
    smooth: ClassVar[bool] = True
    timed: ClassVar[bool] = True
    warmup_steps: int = param(ge=0, slider=(0, 100), unit=TICKS, start=0.1, help="length of the climb")
    hold_steps: int = param(ge=0, slider=(0, 100), unit=TICKS, start=0.4, help="length of the plateau")
    decay_steps: int = param(
        ge=1,
        slider=(1, 1000),
        unit=TICKS,
        scale="log",
        start=0.5,
        role="length",
        help="length of the exponential descent",
    )
    init_lr_scale: float = param(0.01, ge=0, le=1, slider=(0, 1), quiet=True, help="factor of the first step")
    final_lr_scale: float = param(
        0.01,
        gt=0,
        le=1,
        slider=(1e-3, 1),
        scale="log",
        quiet=True,
        role="shape",
        help="factor of the end",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        t, w = as_steps(step), self.warmup_steps
        climb = self.init_lr_scale + (1.0 - self.init_lr_scale) * t / max(w, 1)
        share = np.clip((t - w - self.hold_steps) / self.decay_steps, 0.0, 1.0)
        return base_lr * np.where(t < w, climb, np.power(self.final_lr_scale, share))

    def knots(self, horizon: int) -> Knots:
        turns = np.cumsum([self.warmup_steps, self.hold_steps, self.decay_steps]).tolist()
        return (tuple(sorted({turn for turn in turns if turn > 0})),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        b, w, s = num(base_lr), self.warmup_steps, self.init_lr_scale
        share = f"min(max(({t} - {w + self.hold_steps}) / {self.decay_steps}, 0), 1)"
        fall = f"{b} * {num(self.final_lr_scale)} ** {share}"
        climb = f"{b} * ({num(s)} + {num(1 - s)} * {t} / {w})"
        return Rate(f"({climb} if {t} < {w} else {fall})" if w else fall)

    def climb(self) -> float:
        return self.warmup_steps

    def tail(self, base_lr: float) -> Tail:
        return Rests(base_lr * self.final_lr_scale, self.warmup_steps + self.hold_steps + self.decay_steps)

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        return {"warmup_steps": 0, "hold_steps": 0, "decay_steps": max(ticks - 1, 1)}
