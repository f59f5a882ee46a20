"""From one race to the next, until every plan has its own best rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

from lrcore.experiment import Experiment
from lrcore.results.events import Split
from lrcore.tuning.bowl import Bowl
from lrcore.tuning.finals import Finals
from lrcore.tuning.grid import FIRST, row

FinalsOf = Callable[[Experiment], Finals | None]


@final
@dataclass(frozen=True, eq=False)
class Tuned:
    """How far a tuning has come.

    Attributes:
        experiment: the plans as they are set.
        as_set: what their race came to; None before it is over.
        bowls: of each plan, with the races that are over.
        raced: at how many rates.
        wanted: the race that has to be trained next; None when all is known.
    """

    experiment: Experiment
    as_set: Finals | None
    bowls: tuple[Bowl, ...]
    raced: int
    wanted: Experiment | None

    @property
    def powers(self) -> tuple[int, ...]:
        """The best of each plan."""
        return tuple(bowl.best for bowl in self.bowls)


def tune(experiment: Experiment, split: Split, finals_of: FinalsOf) -> Tuned:
    """What is known of every plan at its own best base rate, by the loss of `split`.

    Every plan is raced as it is set and at a quarter, a half, twice and four times its rates, all plans of a
    rate in one race; where a plan's best lies at the edge of what it was tried at, it is raced beyond. All
    races have the same seeds, twice those of the experiment (20 at most). Its best is the lowest median over
    the first half of them; the second half has no say in which rates are tried or picked, and is kept for
    the comparison.

    Args:
        finals_of: the ends of a race that is over, by its experiment; None for one that is not.

    Raises PlanError for a plan without a multiple of its rates, ExperimentError if a race costs too much.
    """
    as_set = finals_of(experiment)
    if as_set is None:
        return Tuned(experiment, None, (), 0, experiment)
    bowls = tuple(Bowl(peak, {}, {}) for peak in as_set.peaks.tolist())
    raced = 0
    while (step := _next(bowls)) is not None:
        power, plans = step
        wanted = row(experiment, plans, power)
        if (ends := finals_of(wanted)) is None:
            return Tuned(experiment, as_set, bowls, raced, wanted)
        raced += 1
        losses = dict(zip(plans, ends.losses(split), strict=True))
        bowls = tuple(
            bowl.with_race(power, losses[plan]) if plan in losses else bowl for plan, bowl in enumerate(bowls)
        )
    return Tuned(experiment, as_set, bowls, raced, None)


def _next(bowls: Sequence[Bowl]) -> tuple[int, list[int]] | None:
    """The next power to race at, and which plans; None when each has its best."""
    for power in FIRST:
        if plans := [plan for plan, bowl in enumerate(bowls) if power not in bowl.losses]:
            return power, plans
    beyond = {plan: wanted for plan, bowl in enumerate(bowls) if (wanted := bowl.next_power) is not None}
    if not beyond:
        return None
    nearest = min(beyond.values(), key=lambda power: (abs(power), power))
    return nearest, [plan for plan, wanted in beyond.items() if wanted == nearest]
