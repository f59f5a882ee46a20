"""Staircases: StepLR and MultiStepLR."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, final

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, field_validator

from lrcore.errors import PlanError
from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps, whole_periods
from lrcore.schedules.shapes.matched import End, drops_to_half
from lrcore.schedules.shapes.repetition import Cycle
from lrcore.schedules.shapes.tails import Rests, Stays, Tail, falling
from lrcore.values.parameter import TICKS, TICKS_MAX, param

MILESTONES_MAX = 1000


@final
class StepLR(Schedule):
    r"""$\eta_t = \eta_0 \gamma^{\lfloor t / S \rfloor}$ with $S$ = step_size. Never ends; gamma above 1
    grows.

    torch also takes a step_size that is not whole, with two different meanings for its two ways of stepping,
    and divides by zero for 0; here it is a whole number of at least 1.

    >>> StepLR(step_size=30, gamma=0.1).lr([0, 29, 30, 60], 0.05)
    array([0.05  , 0.05  , 0.005 , 0.0005])

    Source: torch.optim.lr_scheduler.StepLR.
    """

    title = "step decay"
    scales = True
    flat: ClassVar[bool] = True
    monotone: ClassVar[bool] = True
    step_size: int = param(
        ge=1,
        slider=(1, 1000),
        unit=TICKS,
        scale="log",
        start=0.25,
        role="tread",
        help="how long the rate stays before each drop",
    )
    gamma: float = param(
        0.1, gt=0, slider=(0.05, 1), start=0.3, role="shape", search="factor", help="factor of each drop"
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return base_lr * np.power(self.gamma, whole_periods(as_steps(step), self.step_size))

    def knots(self, horizon: int) -> Knots:
        return (range(self.step_size, horizon, self.step_size),)

    def repeats(self) -> Cycle | None:
        return Cycle(self.step_size, self.gamma)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        return Rate(f"{num(base_lr)} * {num(self.gamma)} ** floor({t} / {self.step_size})")

    def tail(self, base_lr: float) -> Tail:
        return falling(base_lr, self.gamma, self.step_size)

    def drops(self, horizon: int) -> int | None:
        return (horizon - 1) // self.step_size if self.gamma < 1 else None

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        return {"step_size": max(1, -(-ticks // 4)), "gamma": 0.5}

    @classmethod
    def ending(cls, free: str, given: Mapping[str, Any], end: End) -> float | None:
        if free != "gamma":
            return None
        size = given["step_size"]
        none = f"step_size={size} makes no drop within {end.ticks:,} ticks; take at most {end.last:,}"
        return cls.factor_for(end, end.last // size, none)

    @classmethod
    def halving(cls, free: str, given: Mapping[str, Any], ticks: float) -> float | None:
        if free != "step_size":
            return None
        gamma = given.get("gamma", 0.5)
        if gamma >= 1:
            raise PlanError(f"StepLR: gamma={gamma:g} never halves the rate; take one below 1.")
        return max(1, round(ticks / drops_to_half(gamma)))


@final
class MultiStepLR(Schedule):
    r"""$\eta_t = \eta_0 \gamma^{\#\{m \le t\}}$: one drop at each milestone; a milestone given twice drops
    twice.

    The order of the milestones does not matter and an empty list is constant, as in torch.

    >>> MultiStepLR(milestones=[2, 4], gamma=0.5).lr([1, 2, 3, 4], 1.0)
    array([1.  , 0.5 , 0.5 , 0.25])

    Source: torch.optim.lr_scheduler.MultiStepLR.
    """

    title = "drops at milestones"
    scales = True
    flat: ClassVar[bool] = True
    monotone: ClassVar[bool] = True
    milestones: Annotated[
        tuple[Annotated[int, Field(ge=0, le=TICKS_MAX)], ...], Field(max_length=MILESTONES_MAX)
    ] = param(
        help="the steps at which the rate drops",
        unit=TICKS,
        start=lambda _, run: (max(1, run // 2), max(1, run * 3 // 4)),
    )
    gamma: float = param(
        0.1, gt=0, slider=(0.05, 1), start=0.3, role="shape", search="factor", help="factor of each drop"
    )

    @field_validator("milestones")
    @classmethod
    def _ascending(cls, milestones: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(milestones))

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        passed = np.searchsorted(np.asarray(self.milestones, np.float64), as_steps(step), side="right")
        return np.asarray((base_lr * np.power(self.gamma, np.arange(len(self.milestones) + 1.0)))[passed])

    def knots(self, horizon: int) -> Knots:
        return (self.milestones,)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        if not self.milestones:
            return Rate(num(base_lr))
        passed = f"count_le([{', '.join(map(num, self.milestones))}], {t})"
        return Rate(f"{num(base_lr)} * {num(self.gamma)} ** {passed}")

    def tail(self, base_lr: float) -> Tail:
        last = max(self.milestones, default=0)
        rate = base_lr * self.gamma ** len(self.milestones)
        return Rests(rate, last) if self.gamma < 1 else Stays(rate, last)

    def drops(self, horizon: int) -> int | None:
        return sum(0 < step < horizon for step in set(self.milestones)) if self.gamma < 1 else None

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        return {"milestones": [max(1, ticks // 2), max(1, 3 * ticks // 4)], "gamma": 0.1}

    @classmethod
    def ending(cls, free: str, given: Mapping[str, Any], end: End) -> float | None:
        if free != "gamma":
            return None
        steps = list(given["milestones"])
        none = f"none of the milestones {steps} lies within {end.ticks:,} ticks"
        return cls.factor_for(end, sum(step <= end.last for step in steps), none)
