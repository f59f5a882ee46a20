"""What a kind knows about itself when a plan of it is looked for that shares something with another plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lrcore.errors import PlanError
from lrcore.values.parameter import TICKS, parameters
from lrcore.values.value import Kinded


@dataclass(frozen=True)
class End:
    """The last rate of a run of `ticks` ticks that begins at `base_lr`."""

    rate: float
    base_lr: float
    ticks: int

    @property
    def factor(self) -> float:
        """The last rate as a factor of base lr."""
        return self.rate / self.base_lr

    @property
    def last(self) -> int:
        """The tick that has it."""
        return self.ticks - 1


class Matched(Kinded):
    """Three answers of a kind, each with a default: nothing here is needed for a kind to be matched.

    In all of them `free` is the name of the parameter that is solved for, and `given` holds the others that
    have been decided; one that is not in it has its default.
    """

    @classmethod
    def given_for(cls, ticks: int, free: str) -> dict[str, Any]:
        """What the other parameters are unless somebody says: lengths such that it ends with a run of so many
        ticks. By default every required count of ticks is that of the run."""
        return {
            name: ticks
            for name, item in parameters(cls).items()
            if item.required and item.unit == TICKS and item.type in (int, float)
        }

    @classmethod
    def ending(cls, free: str, given: Mapping[str, Any], end: End) -> float | None:
        """The value with which the run ends like that, by formula; None where there is none, and it is looked
        for by bisection. PlanError if no value does it."""
        return None

    @classmethod
    def halving(cls, free: str, given: Mapping[str, Any], ticks: float) -> float | None:
        """The value with which the rate is halved after so many ticks (above 0), by formula; else as
        `ending`."""
        return None

    @classmethod
    def factor_for(cls, end: End, drops: float, none: str) -> float:
        r"""The factor $\gamma = r^{1/K}$ of each of K = `drops` drops to the end r; `none` says why there are
        none of them."""
        if drops <= 0:
            raise PlanError(f"{cls.__name__}: {none}.")
        if end.factor <= 0:
            raise PlanError(
                f"{cls.__name__} falls by a factor and never reaches 0, at which the other plan ends; match"
                " the budget or the curve."
            )
        return float(end.factor ** (1.0 / drops))

    @classmethod
    def only_falls(cls, end: End) -> None:
        """PlanError for an end that a kind which only falls, and never to 0, does not have."""
        if not 0 < end.factor <= 1 or end.last < 1:
            raise PlanError(
                f"{cls.__name__} falls without reaching 0, so it ends above 0 and at most at base lr; the"
                f" other plan ends at {end.factor:.3g} of base lr."
            )


def drops_to_half(gamma: float) -> int:
    """How many drops by a factor below 1 at least halve; one half itself may be missed by rounding."""
    return math.ceil(math.log(0.5) / math.log(gamma) - 1e-12)
