"""A plan's final losses over its base rates, and the best of these."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, final

import numpy as np

from lrcore.results.events import Floats
from lrcore.tuning.grid import REACH, STEP


@final
@dataclass(frozen=True, eq=False)
class Bowl:
    """One plan's final losses at each rate that was tried, by the power of `STEP` that multiplies its rates;
    a diverged seed counts as infinite.

    Attributes:
        peak: the highest rate of the plan as it is set.
        losses: (n,), on the seeds on which the best rate is picked.
        fresh: (n,), on those on which plans are compared, which have no say in that.
    """

    peak: float
    losses: Mapping[int, Floats]
    fresh: Mapping[int, Floats]

    def with_race(self, power: int, losses: Floats) -> Bowl:
        """The same with what a race at this power came to, (2 n,)."""
        half = len(losses) // 2
        return replace(
            self,
            losses={**self.losses, power: losses[:half]},
            fresh={**self.fresh, power: losses[half:]},
        )

    @property
    def powers(self) -> list[int]:
        """What was tried, in order."""
        return sorted(self.losses)

    @property
    def best(self) -> int:
        """The power with the lowest median over seeds; of equal ones the nearest to the plan as it is set,
        and where most seeds diverge at all of them the lowest."""
        return min(self.losses, key=self._rank)

    @property
    def edge(self) -> Literal["low", "high", ""]:
        """At which end of what was tried the best lies; "" where it lies between others."""
        powers = self.powers
        return "low" if self.best == powers[0] else "high" if self.best == powers[-1] else ""

    @property
    def next_power(self) -> int | None:
        """What has to be tried beyond the edge at which the best lies; None where that is far enough."""
        if not self.edge:
            return None
        beyond = self.best + (1 if self.edge == "high" else -1)
        return beyond if abs(beyond) <= REACH else None

    def median(self, power: int) -> float:
        return float(np.median(self.losses[power]))

    @property
    def fresh_median(self) -> float:
        """The loss at the best rate, on the seeds that had no say in the choice of it."""
        return float(np.median(self.fresh[self.best]))

    def rate(self, power: int) -> float:
        """The highest rate of the run at this power."""
        return float(self.peak * STEP**power)

    def _rank(self, power: int) -> tuple[float, int, int]:
        median = self.median(power)
        return (median, abs(power), power) if math.isfinite(median) else (math.inf, power, power)
