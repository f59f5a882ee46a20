"""Shapes that several families share, as functions of the share x in [0, 1] of a ramp or of a descent."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import numpy as np

from lrcore.errors import PlanError
from lrcore.schedules.formula.rate import Where, num
from lrcore.schedules.schedule import FloatArray, turns

# sin(pi/2 y) = y (c_0 + c_1 y^2 + ...): the eleven terms of its Taylor series that a float64 can see for |y|
# <= 1
_SINE = [(-1) ** k * (math.pi / 2) ** (2 * k + 1) / math.factorial(2 * k + 1) for k in range(11)]

Ramp = Literal["linear", "cosine", "constant", "1-sqrt"]

RAMPS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "linear": lambda x: x,
    "cosine": lambda x: 1.0 - half_wave(x),
    "constant": np.zeros_like,
    "1-sqrt": lambda x: 1.0 - np.sqrt(1.0 - x),
}
"""From 0 to 1; "constant" stays at 0 and leaves the jump to what follows."""

RAMP_FORMULAS = {
    "linear": "{x}",
    "cosine": "((1 - cos(pi * {x})) / 2)",
    "1-sqrt": "(1 - sqrt(max(1 - {x}, 0)))",
    "constant": "0",
}


def ramp_formula(shape: Ramp, x: str) -> str:
    """The ramp of that name at the share x, an expression, as an expression."""
    return RAMP_FORMULAS[shape].format(x=x)


def half_wave(x: FloatArray) -> FloatArray:
    """(1 + cos(pi x)) / 2 for x in [0, 1]: exactly 1, 1/2 and 0 at 0, 1/2 and 1, and within 2e-16 of it
    between.

    As (1 + sin(pi/2 y)) / 2 with y = 1 - 2x by its series, four times as fast over a whole run as NumPy's
    cos, which has to bring any argument into range first.
    """
    y = -2.0 * x
    y += 1.0
    square = y * y
    sine = _SINE[-1] * square
    for coefficient in _SINE[-2:0:-1]:
        sine += coefficient
        sine *= square
    sine += _SINE[0]
    sine *= y
    sine += 1.0
    sine *= 0.5
    return np.asarray(sine)


ROUNDING = 1e-12
CYCLES_MAX = 1_000_000


def cycle_place(t: FloatArray, length: float, mul: float) -> tuple[FloatArray, FloatArray]:
    """The index i of the cycle that holds t, and the share of it that is over; cycle i is length * mul**i
    long.

    Starts are summed up and looked up: torch's `step(epoch)`, timm and keras take a logarithm instead, which
    may round to the cycle before at the first step of a cycle.
    """
    if mul == 1.0:
        index = turns(t, length)
        return index, t / length - index

    count = np.log1p(float(t.max(initial=0.0)) * (mul - 1.0) / length) / np.log(mul) + 2.0
    if count > CYCLES_MAX:
        raise PlanError(
            f"There are more than {CYCLES_MAX:,} cycles up to here; make the first one longer, or let all be"
            " equally long."
        )
    sizes, starts, early = _cycles(length, mul, int(np.ceil(count)))
    first, last = np.searchsorted(early, (t.min(initial=np.inf), t.max(initial=0.0)), side="right")
    if last - first <= 32:  # a handful of comparisons is several times as fast as a search
        cycle = np.asarray(first)  # one number for all, while no cycle begins among them
        for start in early[first:last]:
            cycle = cycle + (t >= start)
    else:
        cycle = np.searchsorted(early, t, side="right")
    share = np.clip((t - starts.take(cycle)) / sizes.take(cycle), 0.0, 1.0)
    return np.broadcast_to(cycle, t.shape).astype(np.float64), share


def cycle_formula(t: str, length: float, mul: float) -> Where:
    """`cycle_place` as definitions of the share x and the index i.

    >>> cycle_formula("t", 10.0, 1.0)
    (('x', 't % 10 / 10'), ('i', 'floor(t / 10)'))
    """
    if mul == 1:
        return ("x", f"{t} % {num(length)} / {num(length)}"), ("i", f"floor({t} / {num(length)})")
    grown = f"{t} * {num(mul - 1)} / {num(length)}"
    size = f"{num(mul)} ** i"
    return (
        ("x", f"({grown} + 1 - {size}) / ({num(mul - 1)} * {size})"),
        ("i", f"floor_log(1 + {grown}, {num(mul)})"),
    )


@lru_cache(maxsize=32)
def _cycles(length: float, mul: float, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sizes and starts of the first cycles, and from where on each but the first is looked up; kept for the
    blocks of a long curve."""
    sizes = length * np.power(mul, np.arange(float(count)))
    starts = np.concatenate([[0.0], np.cumsum(sizes)[:-1]])
    return (
        sizes,
        starts,
        starts[1:] * (1.0 - ROUNDING),
    )  # a start that is whole in exact arithmetic must not be missed for rounding


def cycle_starts(length: float, mul: float, horizon: int, limit: int | None) -> list[float]:
    """Where cycles 1, 2, ... begin before the horizon, for cycles that grow."""
    starts: list[float] = []
    place = size = length
    while place < horizon and len(starts) < (limit if limit is not None else 10_000):
        starts.append(place * (1.0 - ROUNDING))
        size *= mul
        place += size
    return starts
