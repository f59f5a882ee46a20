"""What a schedule does in the long run: the facts from which the analysis decides what its sums do.

The family is closed. A kind's `tail(base_lr)` gives one of them, exact for its parameters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Stays:
    """The schedule leaves the rate alone, at `rate`, from step `start` on."""

    rate: float
    start: float = 0


@dataclass(frozen=True)
class Rests:
    """It leads the rate to `rate`, possibly 0, and keeps it there from step `start` on, where `ends` ends."""

    rate: float
    start: float
    ends: Literal["descent", "cycles"] = "descent"


@dataclass(frozen=True)
class Bounded:
    """The rate moves, but never falls below `rate`, which is above 0."""

    rate: float


@dataclass(frozen=True)
class Geometric:
    """From `rate` on it falls by a factor below 1 in every `every` steps; without end."""

    rate: float
    factor: float
    every: float = 1


@dataclass(frozen=True)
class Power:
    """It falls like $t^{-p}$ with $p$ = exponent above 0, or like $k^{-p}$ with k the number of its cycle."""

    exponent: float
    of: Literal["t", "k"] = "t"


@dataclass(frozen=True)
class Grows:
    """It grows without end."""


@dataclass(frozen=True)
class Returns:
    """It comes back to the same rate again and again."""


@dataclass(frozen=True)
class Fades:
    """It swings towards 0, by a factor below 1 in every cycle of one length."""


@dataclass(frozen=True)
class Cycles:
    """Each cycle is `longer` times as long and `higher` times as high as the one before, down to 0."""

    longer: float
    higher: float


@dataclass(frozen=True)
class Product:
    """The product of factors that do what their own tails say; `kind` is that of the schedule."""

    kind: str
    factors: tuple[Tail, ...]


@dataclass(frozen=True)
class Unknown:
    """Nobody knows, as for a formula; `kind` is that of the schedule."""

    kind: str


Tail = Stays | Rests | Bounded | Geometric | Power | Grows | Returns | Fades | Cycles | Product | Unknown


def falling(rate: float, factor: float, every: float = 1) -> Tail:
    """The tail of `rate` times a factor for every `every` steps, which may also be 1 or more."""
    if factor == 1:
        return Stays(rate)
    return Grows() if factor > 1 else Geometric(rate, factor, every)


def later(tail: Tail, lag: float, first: float) -> Tail:
    """The tail on a clock that lags by `lag` and is looked at from step `first` on."""
    if isinstance(tail, Stays | Rests):
        return replace(tail, start=max(tail.start + lag, first))
    return tail
