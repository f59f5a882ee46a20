"""Shapes that several families share, as functions of the share x in [0, 1] of a ramp or of a descent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from lrcore.errors import PlanError
from lrcore.schedules._base import FloatArray, turns

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
CYCLES_MAX = 1_000_000


def cycle_place(t: FloatArray, length: float, mul: float) -> tuple[FloatArray, FloatArray]:
    """The index i of the cycle that holds t, and the share of it that is over; cycle i is length * mul**i long.

    Starts are summed up and looked up: torch's `step(epoch)`, timm and keras take a logarithm instead, which may round to the
    cycle before at the first step of a cycle.
    """
    if mul == 1.0:
        index = turns(t, length)
        return index, t / length - index

    count = np.log1p(float(t.max(initial=0.0)) * (mul - 1.0) / length) / np.log(mul) + 2.0
    if count > CYCLES_MAX:
        raise PlanError(f"There are more than {CYCLES_MAX:,} cycles up to here; make the first one longer, or let all be equally long.")
    sizes = length * np.power(mul, np.arange(np.ceil(count)))
    starts = np.concatenate([[0.0], np.cumsum(sizes)[:-1]])
    # a start that is whole in exact arithmetic must not be missed for a rounding error
    early = starts[1:] * (1.0 - ROUNDING)
    if len(early) <= 32:  # a handful of comparisons is several times as fast as a search
        cycle = np.zeros(t.shape, dtype=np.intp)
        for start in early:
            cycle += t >= start
    else:
        cycle = np.searchsorted(early, t, side="right")
    return cycle.astype(np.float64), np.minimum(np.maximum((t - starts[cycle]) / sizes[cycle], 0.0), 1.0)


def cycle_starts(length: float, mul: float, horizon: int, limit: int | None) -> list[float]:
    """Where cycles 1, 2, ... begin before the horizon, for cycles that grow."""
    starts: list[float] = []
    place = size = length
    while place < horizon and len(starts) < (limit if limit is not None else 10_000):
        starts.append(place * (1.0 - ROUNDING))
        size *= mul
        place += size
    return starts
