"""PolynomialCycles: timm's polynomial descent, with its cycles."""

from __future__ import annotations

from typing import final

import numpy as np

from lrcore.schedules.formula.rate import num
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.shapes.cycles import CyclingDescent
from lrcore.values.parameter import param


@final
class PolynomialCycles(CyclingDescent):
    r"""$\eta_t = \eta_{min} + (\eta_0 - \eta_{min}) (1 - x^k)^p$ with $x$ the share of the cycle that is over
    and $p$ = power.

    Cycles, floor and what shrinks are those of CosineCycles; the floor is held after cycle_limit cycles.
    power = 0 is a flat top that drops to the floor.

    >>> PolynomialCycles(T=4, power=2, cycle_limit=2, cycle_decay=0.5).lr([0, 2, 4, 6, 8], 1.0)
    array([1.   , 0.25 , 0.5  , 0.125, 0.   ])

    Source: timm PolyLRScheduler.
    """

    title = "polynomial cycles"
    power: float = param(
        0.5, ge=0, le=100, slider=(0.25, 4), scale="log", help="1 is a straight line; above 1 falls early"
    )

    def _shape(self, x: FloatArray) -> FloatArray:
        return np.asarray(np.power(1.0 - x, self.power))

    def _shape_formula(self, x: str) -> str:
        return f"(1 - {x}) ** {num(self.power)}"
