"""Warm-up before any schedule."""

from __future__ import annotations

from bisect import bisect_right
from typing import final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.constant import Constant
from lrcore.schedules.cosine import CosineAnnealingLR
from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.knots import Steps, moved, shifted
from lrcore.schedules.shapes.parts import Part
from lrcore.schedules.shapes.ramps import RAMPS, Ramp, ramp_formula
from lrcore.schedules.shapes.starts import descent_length
from lrcore.schedules.shapes.tails import Tail, later
from lrcore.schedules.shapes.turning import all_turns
from lrcore.values.parameter import TICKS, param


@final
class Warmup(Schedule):
    r"""$\eta_t = \eta_0 \left(s + (e - s)\,r(t/w)\right)$ while $t < w$ = warmup_steps, then the schedule,
    with its clock at $t - w$.

    $s$ = start_factor, $e$ = end_factor; $r(x)$ is $x$ (linear), $(1 - \cos \pi x)/2$ (cosine), $1 - \sqrt{1
    - x}$ (1-sqrt) or 0 (constant: $s$ is held). With $s = 0$ the first update has the rate 0, as in
    transformers. `shift` is how many steps the schedule's clock lags: left out, $w$; 0 lets it run from the
    start, so that the warm-up hides its beginning. warmup_steps = 0 is no warm-up. What happens past the end
    is the schedule's own business.

    >>> Warmup(schedule=Constant(), warmup_steps=4).lr([0, 1, 2, 3, 4, 5], 1.0)
    array([0.  , 0.25, 0.5 , 0.75, 1.  , 1.  ])

    Source: Goyal et al., arXiv 1706.02677. Equals transformers' and fairseq's warm-ups as it comes; timm's
    with start_factor = warmup_lr_init / lr, and shift = 0 without warmup_prefix; transformers'
    cosine_warmup_with_min_lr with start_factor = 1/w, end_factor = 1 + 1/w, shift = w - 1; keras' CosineDecay
    and optax' warmup_* with start_factor = first rate / peak.
    """

    title = "warm-up, then a schedule"
    schedule: Part = param(
        Constant(),
        positional=True,
        start=lambda _, run: CosineAnnealingLR(T_max=descent_length(run)),
        help="what follows the warm-up",
    )
    warmup_steps: int = param(5, ge=0, slider=(0, 100), unit=TICKS, start=0.1, help="length of the warm-up")
    shape: Ramp = param("linear", quiet=True, help="the curve of the warm-up")
    start_factor: float = param(
        0.0, ge=0, le=1, slider=(0, 1), quiet=True, help="factor of base lr at the first step"
    )
    end_factor: float = param(
        1.0, gt=0, le=10, slider=(0.1, 1), quiet=True, help="factor of base lr that the warm-up aims at"
    )
    shift: int | None = param(
        None,
        ge=0,
        unit=TICKS,
        quiet=True,
        help="how much later the schedule's own clock starts; if left out, warmup_steps",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        t = as_steps(step)
        ramp = RAMPS[self.shape](np.minimum(t / max(self.warmup_steps, 1), 1.0))
        warm = base_lr * (self.start_factor + (self.end_factor - self.start_factor) * ramp)
        return np.where(t < self.warmup_steps, warm, self.schedule.lr(np.maximum(t - self.lag, 0.0), base_lr))

    @property
    def lag(self) -> int:
        """How many steps the clock of the schedule lags, also where `shift` is left out."""
        return self.warmup_steps if self.shift is None else self.shift

    def momentum(self, step: ArrayLike) -> FloatArray | None:
        return self.schedule.momentum(np.maximum(as_steps(step) - self.lag, 0.0))

    def parts(self) -> tuple[Schedule, ...]:
        return (self.schedule,)

    def with_parts(self, parts: tuple[Schedule, ...]) -> Schedule:
        return self.replace("schedule", parts[0])

    @property
    def smooth(self) -> bool:
        return self.schedule.smooth

    def turning_points(self, horizon: int) -> Steps | None:
        hides = self.lag < self.warmup_steps  # also the first two of equal cycles
        inner = all_turns(self.schedule, horizon) if hides else self.schedule.turning_points(horizon)
        return moved(inner, self.lag, self.warmup_steps, horizon)

    def climb(self) -> float:
        return self.warmup_steps

    def tail(self, base_lr: float) -> Tail:
        return later(self.schedule.tail(base_lr), self.lag, self.warmup_steps)

    def scales_until(self) -> float:
        inner = self.schedule.scales_until()
        return inner + self.lag if inner >= 0 else self.warmup_steps - 1

    def knots(self, horizon: int) -> Knots:
        start, lag = self.warmup_steps, self.lag
        inner = shifted(self.schedule.knots(horizon), lag, np.inf)
        late = tuple(steps[bisect_right(steps, start) :] if lag < start else steps for steps in inner)
        return ((start,), *late) if start else inner

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        w, lag, rise = self.warmup_steps, self.lag, self.end_factor - self.start_factor
        after = self.schedule.formula(base_lr, f"max({t} - {lag}, 0)" if lag else t)
        if not w:
            return after
        ramp = ramp_formula(self.shape, f"({t} / {w})")
        warm = f"{num(base_lr)} * ({num(self.start_factor)} + {num(rise)} * {ramp})"
        return Rate(f"({warm} if {t} < {w} else {after.text})", after.where)
