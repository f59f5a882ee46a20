"""How many seeds would show a difference of the size that is seen: an estimate from those that are there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from lrcore.results.comparison import Pair, page_level, sign_cut
from lrcore.results.facts import Facts
from lrcore.values.limits import SEEDS_MAX

POWER = 0.8  # the chance with which so many seeds show it
_LEAST = 3  # seeds from which a share of wins is read
_MOST = 200  # beyond it nobody waits for the answer


@final
@dataclass(frozen=True)
class MoreSeeds:
    """What it takes to tell plan `best` from plan `other` (from 0): about `needed` seeds, None for more than
    200, where `had` were trained."""

    best: int
    other: int
    had: int
    needed: int | None

    @property
    def sentence(self) -> str:
        between = f"plan {self.best + 1} from plan {self.other + 1}"
        begin = f"An estimate from these {self.had} seeds: to tell {between}"
        if self.needed is None:
            return f"{begin} would take more than {_MOST}, so small is the difference."
        limit = f", of which a race has {SEEDS_MAX} at most" if self.needed > SEEDS_MAX else ""
        shown = "they would show a difference of this size in four runs of five"
        return f"{begin} would take about {self.needed}{limit} ({shown})."


def more_seeds(facts: Facts) -> MoreSeeds | None:
    """The answer for the lowest plan that the seeds do not tell from the best; None if there is no such, or
    the seeds are too few to guess from."""
    if facts.experiment.seeds < _LEAST:
        return None
    for other, pair in facts.pairs.items():
        if not (pair.better or pair.worse) and pair.wins + pair.losses:
            needed = seeds_needed(pair, len(facts.finals))
            return MoreSeeds(facts.best, other, pair.seeds, needed)
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
