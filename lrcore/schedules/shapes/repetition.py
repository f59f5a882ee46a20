"""A curve that repeats itself: how long a cycle is, how the next one shrinks, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

_DENOMINATOR_MAX = 64


@dataclass(frozen=True)
class Cycle:
    r"""The curve is $X(t \bmod P) + r^c\,Y(t \bmod P)$ in cycle $c = \lfloor t/P \rfloor$.

    `period` is P in whole steps and `ratio` is r. From step `limit` on the rate holds.
    """

    period: int
    ratio: float = 1.0
    limit: float = np.inf


def repeated(length: float, ratio: float = 1.0, limit: float = np.inf) -> Cycle | None:
    """The cycle of a length that need not be whole: its smallest whole multiple; None if none is small.

    >>> repeated(2.5, ratio=0.5)
    Cycle(period=5, ratio=0.25, limit=inf)
    """
    fraction = Fraction(length)
    if fraction.denominator > _DENOMINATOR_MAX:
        return None
    return Cycle(fraction.numerator, ratio**fraction.denominator, limit)
