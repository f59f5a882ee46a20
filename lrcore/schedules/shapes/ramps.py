"""Shapes that several families share, as functions of the share x in [0, 1] of a ramp or of a descent."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal

import numpy as np

from lrcore.schedules.formula.rate import Where, num
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.shapes.knots import Lazy

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
    if isinstance(sine, np.ndarray):
        return np.maximum(sine, 0.0, out=sine)  # rounding may have gone below
    return np.asarray(max(sine, 0.0))


_FRACTIONS = 1024  # a step divided by a whole number of 1024ths is never rounded onto a whole number
ROUNDING = 1e-12  # a start that is whole in exact arithmetic must not be missed for rounding
LISTED_MAX = 10_000  # starts of cycles that are computed before anybody looks at them
LENGTHS_MAX = 1e300  # of first cycles that are over, of which 1,000 times as many can still be counted


def cycle_place(t: FloatArray, length: float, mul: float) -> tuple[FloatArray, FloatArray]:
    """The index i of the cycle that holds t, and the share of it that is over; cycle i is length * mul**i
    long.

    torch's `step(epoch)`, timm and keras take the logarithm as it comes, which may round to the cycle before
    at the first step of a cycle; here t counts as a little later. Any number of cycles may be over, also of
    cycles that hardly grow.
    """
    if mul == 1.0:
        lengths = _lengths(t, length)
        index = np.floor(lengths)
        return index, lengths - index

    highest = float(t.max(initial=0.0))
    first, last = (_index_of(ends, length, mul) for ends in (float(t.min(initial=highest)), highest))
    if last - first > 32:
        index = _index(t, length, mul)
        return index, _share(t, cycle_start(index, length, mul), length * np.power(mul, index))
    few, starts, sizes, early = _few_cycles(first, last, length, mul)
    place = np.asarray(0)  # one number for all, while no cycle begins among them
    for start in early:  # a handful of comparisons is faster than logarithms
        place = place + (t >= start)
    return np.broadcast_to(few.take(place), t.shape), _share(t, starts.take(place), sizes.take(place))


@lru_cache(maxsize=64)
def _few_cycles(
    first: float, last: float, length: float, mul: float
) -> tuple[FloatArray, FloatArray, FloatArray, list[float]]:
    """Indices, starts and sizes of these cycles, and from where on each but the first is meant; kept for the
    blocks of a long curve."""
    few = first + np.arange(last - first + 1.0)
    starts = cycle_start(few, length, mul)
    early: list[float] = (starts[1:] * (1.0 - ROUNDING)).tolist()
    return few, starts, length * np.power(mul, few), early


def cycle_formula(t: str, length: float, mul: float) -> Where:
    """`cycle_place` as definitions of the share x and the index i.

    A remainder is exact where a quotient is rounded: 11 % 1.1 is nearly 1.1, where 11 / 1.1 is 10 and a cycle
    begins. It is written, as it reads better, for lengths with which the two agree.

    >>> cycle_formula("t", 10.0, 1.0)
    (('x', 't % 10 / 10'), ('i', 'floor(t / 10)'))
    >>> cycle_formula("t", 1.1, 1.0)
    (('x', 't / 1.1 - floor(t / 1.1)'), ('i', 'floor(t / 1.1)'))
    """
    if mul == 1:
        over, whole = f"{t} / {num(length)}", f"floor({t} / {num(length)})"
        agree = float(length * _FRACTIONS).is_integer()
        return ("x", f"{t} % {num(length)} / {num(length)}" if agree else f"{over} - {whole}"), ("i", whole)
    grown = f"{t} * {num(mul - 1)} / {num(length)}"
    size = f"{num(mul)} ** i"
    return (
        ("x", f"({grown} + 1 - {size}) / ({num(mul - 1)} * {size})"),
        ("i", f"floor_log(1 + {grown}, {num(mul)})"),
    )


def _share(t: FloatArray, start: FloatArray, size: FloatArray) -> FloatArray:
    return np.clip((t - start) / size, 0.0, 1.0)


def cycle_starts(length: float, mul: float, horizon: int, limit: int | None) -> Sequence[int]:
    """The first whole steps of cycles 1, 2, ... before the horizon, for cycles that grow."""
    count = min(float(_index(np.asarray(float(horizon)), length, mul)), np.inf if limit is None else limit)

    def first(i: FloatArray) -> FloatArray:
        return np.ceil(cycle_start(i + 1.0, length, mul) * (1.0 - ROUNDING))

    if count > LISTED_MAX:  # of cycles that hardly grow
        return Lazy(lambda i: int(first(np.asarray(float(i)))), int(count))
    steps: list[float] = first(np.arange(count)).tolist()
    return tuple(int(step) for step in steps if step < horizon)


def _index(t: FloatArray, length: float, mul: float) -> FloatArray:
    """The cycle that holds t: starts are a geometric series, whose inverse is a logarithm."""
    grown = _lengths(t * (1.0 + ROUNDING), length) * (mul - 1.0)
    return np.asarray(np.floor(np.log1p(grown) / np.log1p(mul - 1.0)))


def _index_of(t: float, length: float, mul: float) -> float:
    """`_index` of a single number, several times as fast."""
    grown = min(t * (1.0 + ROUNDING) / length, LENGTHS_MAX) * (mul - 1.0)
    return float(math.floor(math.log1p(grown) / math.log1p(mul - 1.0)))


def _lengths(t: FloatArray, length: float) -> FloatArray:
    with np.errstate(over="ignore"):  # of a length that is next to nothing
        return np.minimum(t / length, LENGTHS_MAX)


def cycle_start(index: FloatArray, length: float, mul: float) -> FloatArray:
    """Where a cycle of those that grow starts: length * (1 + mul + ... + mul**(index - 1))."""
    power = np.power(mul, index)  # exact for whole numbers, as torch's are
    over_one = np.where(power < 1.5, np.expm1(index * np.log1p(mul - 1.0)), power - 1.0)
    return length * over_one / (mul - 1.0)
