"""WarmupStableDecay: climb, hold, cool down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self, final

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from lrcore.errors import PlanError
from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.knots import at
from lrcore.schedules.shapes.ramps import RAMPS, Ramp, half_wave, ramp_formula
from lrcore.schedules.shapes.tails import Rests, Tail
from lrcore.values.parameter import TICKS, param


@final
class WarmupStableDecay(Schedule):
    r"""A climb over $w$ = warmup_steps, a plateau, and a cool-down over the last $D$ = decay_steps of $T$ =
    total_steps.

    The climb goes from start_ratio of base lr to base lr; its shapes are those of Warmup. The plateau is $S =
    \eta_0$ (constant) or $\eta_0 (1 + (t - w)/\tau)^{-q}$ (power; $\tau$ = timescale, left out: $w$; $q$ =
    stable_power), which goes on sinking below the cool-down. With $y$ the share of the cool-down that is
    over, it leaves $m + (S - m)\,g(y)$: $g$ is $1 - y$ (linear), $(1 + \cos \pi y)/2$ (cosine), $1 - \sqrt y$
    (1-sqrt), $1 - y^p$ (power; $p$ = decay_power) or $(r^y - r)/(1 - r)$ (exp; $r$ = decay_base). $m$ =
    min_ratio of base lr is reached at $t = T$, one step after the last, and held. A climb and a cool-down
    that are together longer than the run are refused.

    >>> WarmupStableDecay(total_steps=10, warmup_steps=2, decay_steps=4).lr([0, 1, 2, 6, 7, 10, 11], 1.0)
    array([0. , 0.5, 1. , 1. , 0.5, 0. , 0. ])

    Source: Hu et al., MiniCPM, arXiv 2404.06395; 1-sqrt: Haegele et al., arXiv 2405.18392. Equals timm
    WSDLRScheduler with total_steps = warmup_t + t_initial; transformers warmup_stable_decay with start_ratio
    = min_ratio = min_lr_ratio.
    """

    title = "warm-up, stable, decay"
    scales = True
    smooth: ClassVar[bool] = True
    timed: ClassVar[bool] = True
    total_steps: int = param(
        ge=1, slider=(2, 1000), unit=TICKS, scale="log", help="the whole run, warm-up included"
    )
    warmup_steps: int = param(0, ge=0, slider=(0, 100), unit=TICKS, start=0.05, help="length of the climb")
    decay_steps: int = param(
        ge=1, slider=(1, 1000), unit=TICKS, scale="log", start=0.2, help="length of the cool-down"
    )
    warmup_shape: Ramp = param("linear", quiet=True, help="the curve of the climb")
    decay_shape: Literal["linear", "cosine", "1-sqrt", "power", "exp"] = param(
        "1-sqrt", help="the curve of the cool-down"
    )
    start_ratio: float = param(
        0.0, ge=0, le=1, slider=(0, 1), quiet=True, help="factor of base lr at the first step"
    )
    min_ratio: float = param(
        0.0, ge=0, le=1, slider=(0, 1), quiet=True, role="shape", help="factor of base lr at the end"
    )
    decay_power: float = param(
        0.5, gt=0, le=100, slider=(0.25, 4), quiet=True, help="for the cool-down 'power'"
    )
    decay_base: float = param(0.1, gt=0, lt=1, slider=(0.01, 0.9), quiet=True, help="for the cool-down 'exp'")
    stable_shape: Literal["constant", "power"] = param(
        "constant", quiet=True, help="the curve of the plateau"
    )
    stable_power: float = param(
        0.5, gt=0, le=100, slider=(0.1, 1), quiet=True, help="for the plateau 'power'"
    )
    timescale: float | None = param(
        None, gt=0, unit=TICKS, quiet=True, help="for the plateau 'power'; left out: warmup_steps"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.warmup_steps + self.decay_steps > self.total_steps:
            raise PlanError(
                f"WarmupStableDecay: warmup_steps={self.warmup_steps} and decay_steps={self.decay_steps} do"
                f" not fit into total_steps={self.total_steps}; make the run longer or one of them shorter."
            )
        if self.stable_shape == "power" and self.timescale is None and self.warmup_steps == 0:
            raise PlanError(
                "WarmupStableDecay: the plateau 'power' takes its timescale from warmup_steps, which is 0;"
                " give timescale=."
            )
        return self

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        t = as_steps(step)
        climb = RAMPS[self.warmup_shape](np.minimum(t / max(self.warmup_steps, 1), 1.0))
        stable = np.ones_like(t)
        if self.stable_shape == "power":
            stable = np.power(
                1.0 + np.maximum(t - self.warmup_steps, 0.0) / self._timescale, -self.stable_power
            )
        left = self._cooldown(np.clip((t - self._turn) / self.decay_steps, 0.0, 1.0))
        cooled = self.min_ratio + (np.maximum(stable, self.min_ratio) - self.min_ratio) * left
        return base_lr * np.where(
            t < self.warmup_steps, self.start_ratio + (1.0 - self.start_ratio) * climb, cooled
        )

    def _cooldown(self, y: FloatArray) -> FloatArray:
        r = self.decay_base
        shapes: dict[str, Callable[[], FloatArray]] = {
            "linear": lambda: 1.0 - y,
            "cosine": lambda: half_wave(y),
            "1-sqrt": lambda: 1.0 - np.sqrt(y),
            "power": lambda: 1.0 - np.power(y, self.decay_power),
            "exp": lambda: np.asarray((np.power(r, y) - r) / (1.0 - r)),
        }
        return shapes[self.decay_shape]()

    @property
    def _turn(self) -> int:
        return self.total_steps - self.decay_steps

    @property
    def _timescale(self) -> float:
        return self.timescale or float(self.warmup_steps)

    def knots(self, horizon: int) -> Knots:
        turns: list[float] = [self.warmup_steps, self._turn, self.total_steps]
        if self.stable_shape == "power" and self.min_ratio > 0:  # where the plateau has sunk to it
            with np.errstate(over="ignore"):
                lengths = float(np.float64(self.min_ratio) ** (-1.0 / self.stable_power)) - 1.0
            turns.append(self.warmup_steps + self._timescale * lengths)
        return (at(*(turn for turn in turns if turn < horizon)),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        b, w, m = num(base_lr), self.warmup_steps, num(self.min_ratio)
        r, p = num(self.decay_base), num(self.decay_power)
        left = {
            "linear": "(1 - y)",
            "cosine": "((1 + cos(pi * y)) / 2)",
            "1-sqrt": "(1 - sqrt(y))",
            "power": f"(1 - y ** {p})",
            "exp": f"(({r} ** y - {r}) / {num(1 - self.decay_base)})",
        }[self.decay_shape]
        where: tuple[tuple[str, str], ...] = (
            ("y", f"min(max(({t} - {self._turn}) / {self.decay_steps}, 0), 1)"),
        )
        stable = "1"
        if self.stable_shape == "power":
            late = f"max({t} - {w}, 0) / {num(self._timescale)}"
            stable, where = "S", (("S", f"max((1 + {late}) ** {num(-self.stable_power)}, {m})"), *where)
        after = f"{b} * ({m} + ({stable} - {m}) * {left})"
        if not w:
            return Rate(after, where)
        ramp = ramp_formula(self.warmup_shape, f"({t} / {w})")
        climb = f"{b} * ({num(self.start_ratio)} + {num(1 - self.start_ratio)} * {ramp})"
        return Rate(f"({climb} if {t} < {w} else {after})", where)

    def climb(self) -> float:
        return self.warmup_steps

    def tail(self, base_lr: float) -> Tail:
        return Rests(base_lr * self.min_ratio, self.total_steps)

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        return {"total_steps": ticks, "decay_steps": max(1, ticks // 5), "decay_shape": "linear"}
