"""A run as the analysis sees it: how many updates, and how many of them make an epoch."""

from __future__ import annotations

from lrcore.errors import PlanError
from lrcore.plan import Clock
from lrcore.values.parameter import param
from lrcore.values.value import Value

STEPS_MAX = 10_000_000


class Horizon(Value):
    """How many updates are looked at, and how many of them make an epoch.

    >>> Horizon(steps=450_360, steps_per_epoch=5004).epochs
    90.0
    """

    error = PlanError
    noun = "The horizon"

    steps: int = param(ge=1, le=STEPS_MAX, help="updates in all")
    steps_per_epoch: int = param(1, ge=1, le=STEPS_MAX, help="updates in one pass over the data")

    @property
    def epochs(self) -> float:
        return self.steps / self.steps_per_epoch

    def ticks(self, clock: Clock) -> int:
        """The length in ticks of a clock; a begun epoch counts."""
        return self.steps if clock == "iteration" else -(-self.steps // self.steps_per_epoch)
