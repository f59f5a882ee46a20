"""The contract of a schedule: a frozen value whose `lr` is a pure, vectorised, closed-form function of the step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lrcore._values import Kinded
from lrcore.errors import PlanError

FloatArray = NDArray[np.float64]
Knots = tuple[Sequence[int], ...]


class Schedule(Kinded, ABC):
    """A learning-rate schedule without its optimiser. Subclasses are final; one file per family, found by the registry.

    A subclass's docstring gives the formula, what happens past the end, an example that runs, and the source.
    """

    error = PlanError
    title: ClassVar[str]  # a few words for the schedule menu
    flat: ClassVar[bool] = False  # constant between its knots, so that its vertices draw it exactly

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.kind = cls.__name__

    @abstractmethod
    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        """The rate of the update (or epoch) number `step`, counted from 0; any step >= 0, any shape; float64."""

    @abstractmethod
    def latex(self, base_lr: float) -> str:
        r"""The formula of $\eta_t$ in LaTeX with this schedule's numbers put in."""

    def knots(self, horizon: int) -> Knots:
        """Where the curve jumps or bends before `horizon`: ascending sequences of the first step of each new piece.

        `range` objects are welcome: a staircase of ten million treads costs nothing until it is drawn.
        """
        return ()


class _Every(Sequence[int]):
    """The first whole step at or after each multiple of a period that is not whole; computed when asked for."""

    def __init__(self, period: float, horizon: int) -> None:
        self._period, self._length = period, max(0, int(np.ceil(horizon / period)) - 1)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return int(np.ceil((index % self._length + 1) * self._period))


def every(period: float, horizon: int) -> Sequence[int]:
    """The first whole step at or after each multiple of `period` before `horizon`."""
    if period < 1:
        return range(1, horizon)
    return range(int(period), horizon, int(period)) if float(period).is_integer() else _Every(period, horizon)


def as_steps(step: ArrayLike) -> FloatArray:
    """Steps as float64 (exact up to 2**53), so that products with a rate never overflow an integer."""
    return np.asarray(step, dtype=np.float64)


def number(value: float) -> str:
    """A number as LaTeX: 0.0001 as 10^{-4}, 5e-05 as 5 \\cdot 10^{-5}."""
    text = f"{value:.6g}"
    mantissa, _, exponent = text.partition("e")
    if not exponent and value and abs(value) < 1e-3:
        mantissa, _, exponent = f"{value:.5e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
    if not exponent:
        return text
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"
