"""A run as the analysis sees it: how many updates, how many of them make an epoch, and what a clock counts of
them."""

from __future__ import annotations

from functools import lru_cache
from typing import Self, final

from lrcore.errors import PlanError
from lrcore.plan import Clock
from lrcore.values.parameter import param
from lrcore.values.value import Value

STEPS_MAX = 10_000_000


@final
class Run(Value):
    """How many updates are looked at, and how many of them make an epoch.

    >>> run = Run(steps=450_360, steps_per_epoch=5004)
    >>> run.epochs, run.ticks("epoch"), run.stride("epoch"), run.stride("iteration")
    (90.0, 90, 5004, 1)

    It stands beside its readers: analysis, links, figures and pages. Plans and experiments below know no run.
    """

    error = PlanError
    noun = "The horizon"

    steps: int = param(ge=1, le=STEPS_MAX, help="updates in all")
    steps_per_epoch: int = param(1, ge=1, le=STEPS_MAX, help="updates in one pass over the data")

    @classmethod
    @lru_cache(maxsize=256, typed=True)  # every function of the analysis asks for one
    def of(cls, steps: int, steps_per_epoch: int = 1) -> Self:
        """A run of any length, also beyond what a page draws. PlanError for fewer than one step, or than one
        per epoch.

        >>> Run.of(10**12).ticks("iteration")
        1000000000000
        """
        if steps < 1:
            raise PlanError(f"A run has at least 1 step, but {steps!r} arrived.")
        if steps_per_epoch < 1:
            raise PlanError(f"steps_per_epoch must be at least 1, but {steps_per_epoch!r} arrived.")
        return cls.model_construct(steps=steps, steps_per_epoch=steps_per_epoch)

    @property
    def epochs(self) -> float:
        """The length in epochs, of which the last may be a part."""
        return self.steps / self.steps_per_epoch

    def stride(self, clock: Clock) -> int:
        """Updates per tick of a clock."""
        return self.steps_per_epoch if clock == "epoch" else 1

    def ticks(self, clock: Clock) -> int:
        """The length in ticks of a clock; a begun epoch counts."""
        return -(-self.steps // self.stride(clock))
