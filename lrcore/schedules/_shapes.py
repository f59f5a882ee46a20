"""Shapes that several families share, as functions of the share x in [0, 1] of a ramp or of a descent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from lrcore.schedules._base import FloatArray

Ramp = Literal["linear", "cosine", "constant", "1-sqrt"]

RAMPS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "linear": lambda x: x,
    "cosine": lambda x: (1.0 - np.cos(np.pi * x)) / 2.0,
    "constant": np.zeros_like,
    "1-sqrt": lambda x: 1.0 - np.sqrt(1.0 - x),
}
"""From 0 to 1; "constant" stays at 0 and leaves the jump to what follows."""

RAMPS_LATEX = {
    "linear": "{x}",
    "cosine": r"\frac{{1 - \cos(\pi {x})}}{{2}}",
    "constant": "0",
    "1-sqrt": r"\left(1 - \sqrt{{1 - {x}}}\right)",
}


ROUNDING = 1e-12


def cycle_place(t: FloatArray, length: float, mul: float) -> tuple[FloatArray, FloatArray]:
    """The index i of the cycle that holds t, and the share of it that is over; cycle i is length * mul**i long.

    The logarithm only guesses i: at the first step of a cycle it may round to the cycle before (as in torch's `step(epoch)`
    and in timm), so the guess is corrected against the exact starts.
    """
    if mul == 1.0:
        index = t // length
        return index, np.mod(t, length) / length

    def start(i: FloatArray) -> FloatArray:
        return np.asarray(length * (np.power(mul, i) - 1.0) / (mul - 1.0))

    early = 1.0 - ROUNDING  # a start that is whole in exact arithmetic must not be missed for a rounding error
    index = np.floor(np.log1p(t * (mul - 1.0) / length) / np.log(mul))
    index = np.where(t < start(index) * early, index - 1.0, index)
    index = np.where(t >= start(index + 1.0) * early, index + 1.0, index)
    return index, np.clip((t - start(index)) / (length * np.power(mul, index)), 0.0, 1.0)


def cycle_starts(length: float, mul: float, horizon: int, limit: int | None) -> list[float]:
    """Where cycles 1, 2, ... begin before the horizon, for cycles that grow."""
    starts: list[float] = []
    place = size = length
    while place < horizon and len(starts) < (limit if limit is not None else 10_000):
        starts.append(place * (1.0 - ROUNDING))
        size *= mul
        place += size
    return starts
