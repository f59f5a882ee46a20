"""How many seeds would show a difference of the size that is seen: an estimate from those that are there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from lrcore.results.comparison import Pair, least_seeds, page_level, sign_cut
from lrcore.results.facts import Facts
from lrcore.values.limits import SEEDS_MAX

POWER = 0.8  # the chance with which so many seeds show it
_LEAST = 3  # seeds from which a share of wins is read
_MOST = 200  # beyond it nobody waits for the answer


@final
@dataclass(frozen=True)
class MoreSeeds:
    """What it takes to tell plan `best` from plan `other` (from 0), where `had` seeds were trained.

    Attributes:
        estimated: whether there are seeds enough to estimate it from.
        needed: about so many seeds, None for more than 200 and where nothing is estimated.
        least: how many any claim of these plans needs.
    """

    best: int
    other: int
    had: int
    estimated: bool
    needed: int | None
    least: int

    @property
    def offered(self) -> int | None:
        """How many seeds to race next: as many as are needed or, where no race has so many, those without
        which nothing can be told; None where these were there."""
        if self.needed is not None and self.needed <= SEEDS_MAX:
            return self.needed
        return self.least if self.had < self.least else None

    @property
    def sentence(self) -> str:
        """The estimate in words; "" without one."""
        if not self.estimated:
            return ""
        apart = f"tell plan {self.best + 1} from plan {self.other + 1}"
        estimate = f"(an estimate from these {self.had})"
        if self.needed is not None and self.needed <= SEEDS_MAX:
            return f"About {self.needed} seeds would {apart}, in four races of five {estimate}."
        count = f"about {self.needed}" if self.needed is not None else f"more than {_MOST}"
        if self.offered is not None:  # by the button beside it, which would seem to settle this pair
            return (
                f"{self.offered} seeds can tell two plans apart only if one is lower in all of them; to"
                f" {apart} {count} would be needed, and a race has {SEEDS_MAX} at most {estimate}."
            )
        count = count.capitalize()
        return f"{count} seeds would be needed to {apart}, and a race has {SEEDS_MAX} at most {estimate}."


def more_seeds(facts: Facts) -> MoreSeeds | None:
    """The answer for the lowest plan that the seeds do not tell from the best; None if there is no such."""
    plans = len(facts.finals)
    for other, pair in facts.pairs.items():
        if not (pair.better or pair.worse) and pair.wins + pair.losses:
            estimated = pair.seeds >= _LEAST
            needed = seeds_needed(pair, plans) if estimated else None
            return MoreSeeds(facts.best, other, pair.seeds, estimated, needed, least_seeds(plans))
    return None


def seeds_needed(pair: Pair, plans: int) -> int | None:
    """The least number of seeds, more than there were, at which the sign test at the level of a page of so
    many plans finds the pair's difference with a probability of `POWER`; None beyond 200.

    The chance of a win is taken to be (wins + 1) / (wins + losses + 2), Laplace's rule of succession: all of
    five seeds do not make it certain.
    """
    chance = (pair.wins + 1) / (pair.wins + pair.losses + 2)
    level = page_level(plans)
    return next((n for n in range(pair.seeds + 1, _MOST + 1) if _power(n, chance, level) >= POWER), None)


def _power(seeds: int, chance: float, level: float) -> float:
    """The probability that the interval of so many seeds excludes 1: fewer losses than its rank."""
    return sum(
        math.comb(seeds, lost) * (1 - chance) ** lost * chance ** (seeds - lost)
        for lost in range(sign_cut(seeds, level))
    )
