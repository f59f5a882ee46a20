"""CyclicLR: a triangle wave between two rates, with the momentum running the other way."""

from __future__ import annotations

from typing import ClassVar, Literal, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps, whole_periods
from lrcore.schedules.shapes.knots import Steps
from lrcore.schedules.shapes.repetition import Cycle
from lrcore.schedules.shapes.tails import Bounded, Fades, Rests, Returns, Tail
from lrcore.values.parameter import TICKS, param


@final
class CyclicLR(Schedule):
    r"""$\eta_t = l + (m - l)\,w\,s$ with $w$ the triangle wave that rises for $u$ and falls for $d$ steps.

    $l$ = base_lr, $m$ = max_lr, $u$ = step_size_up, $d$ = step_size_down (left out: $u$). The scale $s$ is 1
    (triangular), halves after each cycle (triangular2) or is $\gamma^t$ (exp_range; $t$ counts from the
    start, not from the cycle). It never ends. torch overwrites the optimiser's lr with base_lr; left out, the
    plan's base lr is the floor. max_lr below the floor inverts the wave; step_size_down = 0 is a sawtooth
    that misses its peak. The momentum is max_momentum less its own swing times $w s$. step_size_up = 0, which
    divides by zero in torch, and gamma above 1, whose momentum would fall without end, are refused.

    >>> CyclicLR(base_lr=0.1, max_lr=0.5, step_size_up=2).lr([0, 1, 2, 3, 4], 1.0)
    array([0.1, 0.3, 0.5, 0.3, 0.1])

    Source: torch.optim.lr_scheduler.CyclicLR; Smith, arXiv 1506.01186. fairseq's triangular is triangular2
    with lr_shrink = 0.5.
    """

    title = "triangular cycles"
    smooth: ClassVar[bool] = True
    base_lr: float | None = param(
        None,
        ge=0,
        slider=(1e-5, 1),
        scale="log",
        start=lambda lr, _: lr / 10,
        quiet=True,
        rate=True,
        help="the floor; if left out, the plan's base lr",
    )
    max_lr: float = param(
        ge=0,
        slider=(1e-4, 3),
        scale="log",
        start=lambda lr, _: lr,
        rate=True,
        help="the rate at the top of the first cycle",
    )
    step_size_up: int = param(
        2000,
        ge=1,
        slider=(1, 1000),
        unit=TICKS,
        scale="log",
        start=0.125,
        help="steps from the floor to the top",
    )
    step_size_down: int | None = param(
        None,
        ge=0,
        slider=(1, 1000),
        unit=TICKS,
        quiet=True,
        help="steps back to the floor; if left out, as many as up",
    )
    mode: Literal["triangular", "triangular2", "exp_range"] = param(
        "triangular", quiet=True, help="how the swing shrinks"
    )
    gamma: float = param(
        1.0,
        gt=0,
        le=1,
        slider=(0.9, 1),
        quiet=True,
        per_tick=lambda gamma, ratio: gamma ** (1.0 / ratio),
        search="factor",
        help="factor of every step in exp_range",
    )
    cycle_momentum: bool = param(True, quiet=True, help="move the momentum too, opposite to the rate")
    base_momentum: float = param(
        0.8, ge=0, lt=1, slider=(0, 0.99), quiet=True, help="momentum where the rate is highest"
    )
    max_momentum: float = param(
        0.9, ge=0, lt=1, slider=(0, 0.99), quiet=True, help="momentum where the rate is lowest"
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        low = base_lr if self.base_lr is None else self.base_lr
        return low + (self.max_lr - low) * self._wave(step)

    def momentum(self, step: ArrayLike) -> FloatArray | None:
        if not self.cycle_momentum:
            return None
        return self.max_momentum - (self.max_momentum - self.base_momentum) * self._wave(step)

    def _wave(self, step: ArrayLike) -> FloatArray:
        t = as_steps(step)
        cycle = whole_periods(t, self._period)
        place = t - self._period * cycle
        falling = (self._period - place) / max(self._down, 1)
        wave = np.where(place <= self.step_size_up, place / self.step_size_up, falling)
        if self.mode == "triangular2":
            return np.asarray(wave * np.exp2(-cycle))
        return np.asarray(wave * np.power(self.gamma, t)) if self.mode == "exp_range" else wave

    @property
    def _down(self) -> int:
        return self.step_size_up if self.step_size_down is None else self.step_size_down

    @property
    def _period(self) -> int:
        return self.step_size_up + self._down

    def knots(self, horizon: int) -> Knots:
        starts = range(self._period, horizon, self._period)
        return (range(self.step_size_up, horizon, self._period), starts) if self._down else (starts,)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        low = base_lr if self.base_lr is None else self.base_lr
        up, down, period = self.step_size_up, self._down, self._period
        scale = {
            "triangular": "",
            "triangular2": f" * 0.5 ** floor({t} / {period})",
            "exp_range": f" * {num(self.gamma)} ** {t}",
        }[self.mode]
        wave = f"(u / {up} if u <= {up} else ({period} - u) / {max(down, 1)})"
        return Rate(
            f"{num(low)} + {num(self.max_lr - low)} * w{scale}", (("w", wave), ("u", f"{t} % {period}"))
        )

    def tail(self, base_lr: float) -> Tail:
        low = base_lr if self.base_lr is None else self.base_lr
        fades = self.mode == "triangular2" or (self.mode == "exp_range" and self.gamma < 1)
        if low == 0 and self._period < 2:
            return Rests(0.0, 0)
        if low > 0 and (fades or self.max_lr > 0):
            return Bounded(low if fades else min(low, self.max_lr))
        return Fades() if fades or self.max_lr == low == 0 else Returns()

    def repeats(self) -> Cycle:
        ratio = {"triangular2": 0.5, "exp_range": self.gamma**self._period}.get(self.mode, 1.0)
        return Cycle(self._period, ratio)

    def turning_points(self, horizon: int) -> Steps | None:
        if self.mode == "exp_range" and self.gamma < 1:  # it may turn before the top of its triangle
            return None
        return super().turning_points(horizon)
