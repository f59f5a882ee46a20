"""Lazy, ascending sequences of steps: ten million treads of a staircase cost nothing until somebody looks at
them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Knots = tuple[Sequence[int], ...]


class _Lazy(Sequence[int]):
    """`length` ascending steps, each computed from its index when asked for."""

    def __init__(self, at: Callable[[int], int], length: int) -> None:
        self._at, self._length = at, max(0, length)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            picked = range(*index.indices(self._length))
            return _Lazy(lambda i: self._at(picked[i]), len(picked))
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._at(index % self._length)


def every(period: float, horizon: int) -> Sequence[int]:
    """The first whole step at or after each multiple of `period` before `horizon`."""
    if period < 1:
        return range(1, horizon)
    if float(period).is_integer():
        return range(int(period), horizon, int(period))
    return _Lazy(lambda i: int(np.ceil((i + 1) * period)), int(np.ceil(horizon / period)) - 1)


def at(*steps: float) -> Sequence[int]:
    """The first whole step at or after each of these places, ascending, without step 0 and without
    repeats."""
    return tuple(sorted({int(np.ceil(step)) for step in steps if step > 0}))


def shifted(knots: Knots, start: int, end: float) -> Knots:
    """The knots of a part whose clock begins at `start` and whose turn is over at `end`; still lazy."""
    return tuple(_shift(steps, start, bisect_left(steps, end - start)) for steps in knots)


def _shift(steps: Sequence[int], start: int, length: int) -> Sequence[int]:
    if isinstance(steps, range):
        return range(steps.start + start, steps.start + start + length * steps.step, steps.step)
    return _Lazy(lambda i: steps[i] + start, length)
