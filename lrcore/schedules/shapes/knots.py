"""Lazy, ascending sequences of steps: ten million treads of a staircase cost nothing until somebody looks at
them."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Knots = tuple[Sequence[int], ...]
Steps = NDArray[np.int64]


class Lazy(Sequence[int]):
    """`length` ascending steps, each computed from its index when asked for."""

    def __init__(self, at: Callable[[int], int], length: int) -> None:
        self._at, self._length = at, max(0, length)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            picked = range(*index.indices(self._length))
            return Lazy(lambda i: self._at(picked[i]), len(picked))
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._at(index % self._length)


def every(period: float, horizon: int) -> Sequence[int]:
    """The first whole step at or after each multiple of `period` before `horizon`."""
    if period < 1:
        return range(1, horizon)
    if float(period).is_integer():
        return range(int(period), horizon, int(period))
    return treads(lambda t: math.floor(t / period), period, horizon)


def treads(index: Callable[[float], float], period: float, horizon: int) -> Sequence[int]:
    """The first whole step of each tread 1, 2, ... before `horizon`, exactly as `index` rounds the number t /
    period of the tread at t."""

    def first(i: int) -> int:
        step = math.ceil((i + 1) * period)
        while index(step - 1) > i:
            step -= 1
        while index(step) <= i:
            step += 1
        return step

    return Lazy(first, int(np.ceil(horizon / period)) - 1)


def at(*steps: float) -> Sequence[int]:
    """The first whole step at or after each of these places, ascending, without step 0 and without
    repeats."""
    return tuple(sorted({int(np.ceil(step)) for step in steps if step > 0}))


def listed(knots: Knots, horizon: int, most: int) -> Steps | None:
    """The knots inside 1 .. horizon - 1 in one ascending array; None if there are more than `most`."""
    if sum(len(steps) for steps in knots) > most:
        return None
    found = [
        np.asarray(steps[:] if isinstance(steps, range) else list(steps), dtype=np.int64) for steps in knots
    ]
    merged = np.unique(np.concatenate([np.zeros(0, np.int64), *found]))
    return merged[(merged > 0) & (merged < horizon)]


def shifted(knots: Knots, start: int, end: float) -> Knots:
    """The knots of a part whose clock begins at `start` and whose turn is over at `end`; still lazy."""
    return tuple(_shift(steps, start, bisect_left(steps, end - start)) for steps in knots)


def moved(turns: Steps | None, lag: int, start: int, end: int) -> Steps | None:
    """The turning points of a part on a clock that lags by `lag`, with the start of its turn, before its
    end."""
    if turns is None:
        return None
    late = turns + lag
    return np.append(late[(late > start) & (late < end)], start)


def _shift(steps: Sequence[int], start: int, length: int) -> Sequence[int]:
    if isinstance(steps, range):
        return range(steps.start + start, steps.start + start + length * steps.step, steps.step)
    return Lazy(lambda i: steps[i] + start, length)
