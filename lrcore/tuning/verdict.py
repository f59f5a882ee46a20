"""Whether the verdict on the plans, as they are set, holds when each has its own best base rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import final

import numpy as np

from lrcore.results.comparison import Pair, compare
from lrcore.results.events import Floats, Split
from lrcore.tuning.bowl import Bowl
from lrcore.tuning.finals import Finals, as_history

_NAMED = 3  # pairs that are named one by one


@final
@dataclass(frozen=True)
class Standing:
    """Of one race: the plan that ends lowest, by its number from 0 (None if all diverge), which plans the
    seeds show it to beat and which not, the seeds that were raced and how many are needed for any such
    claim."""

    lowest: int | None
    beaten: tuple[int, ...]
    level: tuple[int, ...]
    seeds: int
    needed: int


@final
@dataclass(frozen=True)
class Verdict:
    """The plans as they are set, and each at its own best rate. `turned` are the pairs (a, b) of which a
    beats b as they are set, and b beats a at their best."""

    as_set: Standing
    at_best: Standing
    turned: tuple[tuple[int, int], ...]

    @property
    def sentence(self) -> str:
        """Whether the verdict turns over, and both sides of it. Plans are never called equal, only not told
        apart."""
        before, after = self.as_set, self.at_best
        if self.turned:
            return f"**The verdict turns over.** {self._turns}"
        told = f"At the rates as set, {_told(before)}; with each plan at its own best rate, {_told(after)}."
        if not before.beaten and not after.beaten:
            return told
        if _too_few(before) or _too_few(after):
            return told
        change = _change(before, after)
        return f"**{change}** {told}" if change else told

    @property
    def reservation(self) -> str:
        """What a race of the plans at their best does not say: on seeds with a say in the rates."""
        note = "These rates were tuned on seeds that are raced here again, so the results flatter them."
        if not (self.at_best.beaten or self.at_best.level):  # one plan alone
            return note
        return f"{note} On other seeds: {_told(self.at_best)}."

    @property
    def _turns(self) -> str:
        named = [
            f"At the rates as set, plan {a + 1} beats plan {b + 1}; with each at its own best rate, plan"
            f" {b + 1} beats plan {a + 1}."
            for a, b in self.turned[:_NAMED]
        ]
        if (more := len(self.turned) - _NAMED) > 0:
            named.append(f"So it does for {more} more pair{'s' if more > 1 else ''}.")
        if len(self.at_best.beaten) + len(self.at_best.level) > 1:  # more than the two of the pair
            named.append(f"At their best rates, {_told(self.at_best)}.")
        return " ".join(named)


def verdict(as_set: Finals, bowls: Sequence[Bowl], split: Split) -> Verdict:
    """Compare the plans as they are set, on the seeds of their race, and at their best, on fresh seeds, pair
    by pair. Each of the two sides says something false of any pair in at most 5 % of runs."""
    set_losses, best_losses = as_set.losses(split), _fresh(bowls, [bowl.best for bowl in bowls])
    history = as_history(set_losses)
    before = _standing(set_losses, lambda a, b: compare(history, a, b))
    after = _standing(best_losses, lambda a, b: pair_at_best(bowls, a, b))
    turned = tuple(
        (a, b)
        for a, b in permutations(range(len(bowls)), 2)
        if compare(history, a, b).better and pair_at_best(bowls, a, b).worse
    )
    return Verdict(before, after, turned)


def pair_at_best(bowls: Sequence[Bowl], a: int, b: int) -> Pair:
    """Plan number `a` against plan number `b`, each at its own best rate, on the fresh seeds.

    The counts and the ratio are those at the rates that were picked. A pick may miss the best rate by chance,
    so the interval asks for more: its low end is the lowest that a, as picked, has against b at *any* rate
    that was tried, and its high end the highest that a at any rate has against b as picked. So a is said to
    beat b only if it beats b's true best, wherever that lies, and the interval holds the ratio of the true
    bests as often as one of `compare` holds that of two plans: the picks do not depend on the fresh seeds,
    and of the intervals over which the least is taken the one at the true best suffices for the proof (a test
    of an intersection; Berger 1982).
    """
    picks = [bowl.best for bowl in bowls]

    def against(power_a: int, power_b: int) -> Pair:
        powers = {**dict(enumerate(picks)), a: power_a, b: power_b}
        return compare(as_history(_fresh(bowls, list(powers.values()))), a, b)

    picked = against(picks[a], picks[b])
    if math.isnan(picked.low):
        return picked
    return replace(
        picked,
        low=min(against(picks[a], power).low for power in bowls[b].fresh),
        high=max(against(power, picks[b]).high for power in bowls[a].fresh),
    )


def _fresh(bowls: Sequence[Bowl], powers: Sequence[int]) -> Floats:
    return np.stack([bowl.fresh[power] for bowl, power in zip(bowls, powers, strict=True)])


def _standing(losses: Floats, pair: Callable[[int, int], Pair]) -> Standing:
    medians = np.median(losses, axis=1)
    lowest = int(np.argmin(medians))
    pairs = {other: pair(lowest, other) for other in range(len(losses)) if other != lowest}
    return Standing(
        lowest if math.isfinite(medians[lowest]) else None,
        tuple(other for other, found in pairs.items() if found.better),
        tuple(other for other, found in pairs.items() if not found.better),
        losses.shape[1],
        next((found.needed for found in pairs.values()), 1),
    )


def _change(before: Standing, after: Standing) -> str:
    """What has become of the verdict; "" where another plan ends lowest, and that may be chance."""
    if before.beaten and not after.beaten:
        return "The verdict is not confirmed."
    if before.lowest != after.lowest:
        shown = before.lowest in after.beaten or after.lowest in before.beaten
        return "The verdict changes." if shown else ""
    if set(after.beaten) - set(before.beaten):
        return "The verdict changes."
    return "The verdict holds." if before.beaten == after.beaten else "Only part of the verdict is confirmed."


def _told(standing: Standing) -> str:
    if standing.lowest is None:
        return "every plan diverges in most seeds"
    name = f"plan {standing.lowest + 1}"
    if standing.beaten:
        rest = f" and cannot be told apart from {_named(standing.level)}" if standing.level else ""
        return f"{name} beats {_named(standing.beaten)}{rest}"
    if _too_few(standing):
        return f"{standing.seeds} seeds are too few to tell the plans apart, {standing.needed} at least"
    return f"{name} ends lowest, but the seeds do not tell it apart from the others"


def _too_few(standing: Standing) -> bool:
    return standing.seeds < standing.needed


def _named(plans: Sequence[int]) -> str:
    numbers = [str(plan + 1) for plan in plans]
    if len(numbers) == 1:
        return f"plan {numbers[0]}"
    return f"plans {', '.join(numbers[:-1])} and {numbers[-1]}"
