"""What all cycling descents share: where the cycles lie, how their peaks shrink, and the floor."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from lrcore.errors import PlanError
from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps, every
from lrcore.schedules.shapes.ramps import cycle_formula, cycle_place, cycle_start, cycle_starts
from lrcore.schedules.shapes.repetition import Cycle, repeated
from lrcore.schedules.shapes.tails import Cycles, Rests, Returns, Tail
from lrcore.values.parameter import TICKS, param


class CyclingDescent(Schedule):
    """A descent from a peak to a floor, repeated: the subclass says along which shape."""

    smooth: ClassVar[bool] = True
    timed: ClassVar[bool] = True
    T: float = param(
        gt=0, slider=(1, 1000), unit=TICKS, scale="log", role="length", help="length of the (first) cycle"
    )
    eta_min: float = param(0.0, ge=0, slider=(0, 0.1), quiet=True, search="rate", rate=True, help="the floor")
    min_ratio: float = param(
        0.0,
        ge=0,
        le=1,
        slider=(0, 1),
        quiet=True,
        role="shape",
        help="the floor as a share of base lr, instead of eta_min",
    )
    cycle_mul: float = param(
        1.0,
        ge=1,
        le=1000,
        slider=(1, 4),
        quiet=True,
        help="each cycle is this many times as long as the one before",
    )
    cycle_decay: float = param(
        1.0,
        gt=0,
        le=1,
        slider=(0.1, 1),
        quiet=True,
        help="what decay_of names shrinks by this after each cycle",
    )
    cycle_limit: int | None = param(
        1, ge=1, slider=(1, 10), quiet=True, help="number of cycles, then the floor; None: without end"
    )
    decay_of: Literal["peak", "swing", "all"] = param(
        "peak", quiet=True, help="what shrinks: the peak, peak less floor, or both"
    )
    k_decay: float = param(
        1.0, gt=0, le=100, slider=(0.5, 4), quiet=True, help="power of the share of the cycle that is over"
    )

    @abstractmethod
    def _shape(self, x: FloatArray) -> FloatArray:
        """From 1 at x = 0 to 0 at x = 1."""

    @abstractmethod
    def _shape_formula(self, x: str) -> str:
        """The same as an expression of the expression x."""

    @model_validator(mode="after")
    def _one_floor(self) -> Self:
        if self.eta_min and self.min_ratio:
            raise PlanError(
                f"{self.kind}: the floor is eta_min or min_ratio, but both arrived; set one of them to 0."
            )
        return self

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        index, share = cycle_place(as_steps(step), self.T, self.cycle_mul)
        floor = self.floor(base_lr)
        shrink = np.power(self.cycle_decay, index)
        shape = self._shape(np.power(share, self.k_decay))
        if self.decay_of == "peak":
            rate = floor + (base_lr * shrink - floor) * shape
        elif self.decay_of == "swing":
            rate = floor + (base_lr - floor) * shrink * shape
        else:
            rate = shrink * (floor + (base_lr - floor) * shape)
        return rate if self.cycle_limit is None else np.where(index < self.cycle_limit, rate, floor)

    def floor(self, base_lr: float) -> float:
        """The rate at the end of a cycle."""
        return self.eta_min or self.min_ratio * base_lr

    def scales_until(self) -> float:
        return np.inf if self.eta_min == 0 else -1

    def knots(self, horizon: int) -> Knots:
        if self.cycle_mul == 1:
            whole = every(self.T, horizon)
            return (whole if self.cycle_limit is None else whole[: self.cycle_limit],)
        return (cycle_starts(self.T, self.cycle_mul, horizon, self.cycle_limit),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        floor = self.floor(base_lr)
        low, swing = num(floor), num(base_lr - floor)
        x = "x" if self.k_decay == 1 else f"x ** {num(self.k_decay)}"
        shape = self._shape_formula(x)
        shrink = "" if self.cycle_decay == 1 else f" * {num(self.cycle_decay)} ** i"
        if self.decay_of == "peak":
            height = f"({num(base_lr)}{shrink} - {low})" if shrink else swing
            text = f"{low} + {height} * {shape}"
        elif self.decay_of == "swing":
            text = f"{low} + {swing}{shrink} * {shape}"
        else:
            text = f"({low} + {swing} * {shape}){shrink}"
        (_, share), index = cycle_formula(t, self.T, self.cycle_mul)
        share = share if self.cycle_mul == 1 else f"max({share}, 0)"
        if self.cycle_limit is not None:
            text = f"({text} if i < {self.cycle_limit} else {low})"
        return Rate(text, (("x", share), index))

    def tail(self, base_lr: float) -> Tail:
        floor = self.floor(base_lr)
        if self.cycle_limit is not None:
            return Rests(floor, self._end, ends="cycles")
        if self.cycle_decay == 1 or (floor > 0 and self.decay_of != "all"):
            return Returns()
        return Cycles(self.cycle_mul, self.cycle_decay)

    @property
    def _end(self) -> float:
        """Where the last cycle ends."""
        if self.cycle_limit is None:
            return np.inf
        if self.cycle_mul == 1:
            return self.cycle_limit * self.T
        with np.errstate(over="ignore"):
            return float(cycle_start(np.asarray(float(self.cycle_limit)), self.T, self.cycle_mul))

    def repeats(self) -> Cycle | None:
        return repeated(self.T, self.cycle_decay, float(np.ceil(self._end))) if self.cycle_mul == 1 else None

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        return {"T": max(ticks - 1, 1)}
