"""TanhDecay: a descent along a hyperbolic tangent."""

from __future__ import annotations

from typing import Self, final

import numpy as np
from pydantic import model_validator

from lrcore.errors import PlanError
from lrcore.schedules.formula.rate import num
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.shapes.cycles import CyclingDescent
from lrcore.values.parameter import param


@final
class TanhDecay(CyclingDescent):
    r"""$\eta_t = \eta_{min} + (\eta_0 - \eta_{min}) \left(1 - \tanh(l (1 - x) + u x)\right)/2$ with $x =
    t/T$; the floor from $T$ on.

    $l$ = lb, $u$ = ub. It begins a little below base lr (0.9999992 of it for lb = -7) and jumps the last bit
    to the floor (0.0025 of the swing for ub = 3), as timm's does. The cycles are those of CosineCycles. lb
    must be below ub.

    >>> TanhDecay(T=10).lr([0, 7, 10], 1.0).round(4)
    array([1. , 0.5, 0. ])

    Source: timm TanhLRScheduler; Hsueh et al., arXiv 1806.01593.
    """

    title = "tanh decay"
    lb: float = param(-7.0, ge=-50, le=50, slider=(-10, 0), help="argument of tanh at the start")
    ub: float = param(3.0, ge=-50, le=50, slider=(0, 10), help="argument of tanh at the end")

    @model_validator(mode="after")
    def _falling(self) -> Self:
        if self.lb >= self.ub:
            raise PlanError(
                f"TanhDecay: lb={self.lb:g} is not below ub={self.ub:g}, so that the rate would not fall;"
                " swap them."
            )
        return self

    def _shape(self, x: FloatArray) -> FloatArray:
        return np.asarray((1.0 - np.tanh(self.lb * (1.0 - x) + self.ub * x)) / 2.0)

    def _shape_formula(self, x: str) -> str:
        return f"((1 - tanh({num(self.lb)} + {num(self.ub - self.lb)} * {x})) / 2)"
