"""Which races a tuning takes, and the rates that it picks: on losses made to order."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from lrcore.errors import ExperimentError, PlanError
from lrcore.experiment import Experiment
from lrcore.jobs import Limits
from lrcore.results.events import Floats
from lrcore.tuning import REACH, Bowl, Finals, Tuned, estimated_seconds, lacking, tune
from lrcore.values.limits import COST_MAX_S, PLANS_MAX, SEEDS_MAX

PLANS = ("lr=0.3", "lr=0.1 CyclicLR(max_lr=0.5, step_size_up=9) per iteration")
LossOf = Callable[[int, int], float]  # of a plan at a power of two


def raced(experiment: Experiment, loss: LossOf) -> tuple[Tuned, list[Experiment]]:
    """A tuning to its end, and the races that it asked for in their order."""
    over: dict[str, Finals] = {}
    asked: list[Experiment] = []
    while (now := tune(experiment, "train", lambda race: over.get(race.id))).wanted is not None:
        over[now.wanted.id] = _ends(experiment, now.wanted, loss)
        asked.append(now.wanted)
        assert len(asked) < 30
    return now, asked


def _ends(experiment: Experiment, race: Experiment, loss: LossOf) -> Finals:
    rows = []
    for plan in race.plans:
        index = next(i for i, own in enumerate(experiment.plans) if own.schedule.kind == plan.schedule.kind)
        power = round(np.log2(plan.base_lr / experiment.plans[index].base_lr))
        rows.append(loss(index, power) * (1 + 0.01 * np.arange(race.seeds)))
    losses = np.array(rows)
    return Finals(losses, losses, np.array([plan.base_lr for plan in race.plans]))


def bowls_at(*places: float) -> LossOf:
    return lambda plan, power: float(1 + abs(power - places[plan]))


def test_every_plan_is_raced_at_five_rates_on_twice_the_seeds() -> None:
    experiment = Experiment(plans=PLANS, seeds=4)
    tuned, asked = raced(experiment, bowls_at(-1, 1))
    assert tuned.powers == (-1, 1)
    assert asked[0] == experiment
    assert [race.plans[0].base_lr for race in asked[1:]] == [0.3, 0.15, 0.6, 0.075, 1.2]
    assert {race.seeds for race in asked[1:]} == {8}
    assert [plan.text for plan in asked[-1].plans] == [
        "lr=1.2",
        "lr=0.4 CyclicLR(max_lr=2, step_size_up=9) per iteration",
    ]
    assert len(tuned.bowls[0].losses[0]) == len(tuned.bowls[0].fresh[0]) == 4


def test_only_who_has_its_best_at_an_edge_is_raced_beyond() -> None:
    tuned, asked = raced(Experiment(plans=PLANS, seeds=4), bowls_at(3, -1))
    assert [[plan.base_lr for plan in race.plans] for race in asked[6:]] == [[2.4], [4.8]]
    assert tuned.powers == (3, -1)
    assert not any(bowl.edge for bowl in tuned.bowls)
    assert tuned.bowls[1].powers == [-2, -1, 0, 1, 2]


def test_the_grid_ends_somewhere_and_says_so() -> None:
    tuned, _ = raced(Experiment(plans=PLANS, seeds=2), bowls_at(9, -9))
    assert tuned.powers == (REACH, -REACH)
    assert [bowl.edge for bowl in tuned.bowls] == ["high", "low"]
    assert [bowl.next_power for bowl in tuned.bowls] == [None, None]


def test_a_plan_that_diverges_everywhere_is_taken_down() -> None:
    tuned, _ = raced(Experiment(plans=PLANS, seeds=2), lambda plan, power: np.inf if plan else 1.0)
    assert tuned.powers == (0, -REACH), "of equal losses the plan as it is set, of none the lowest rate"


def test_a_result_that_is_there_is_no_second_race() -> None:
    _, asked = raced(Experiment(plans=PLANS, seeds=SEEDS_MAX), bowls_at(0, 0))
    assert len({race.id for race in asked}) == len(asked) == 5, "the race itself has the seeds of a tuning"


def test_the_best_rate_is_picked_on_the_first_seeds_alone() -> None:
    bowl = Bowl(0.1, {}, {}).with_race(0, np.array([1.0, 1.0, 9.0, 9.0]))
    bowl = bowl.with_race(1, np.array([2.0, 2.0, 0.1, 0.1]))
    assert bowl.best == 0
    assert bowl.fresh_median == 9.0


def test_the_loss_of_a_plan_is_that_of_its_split() -> None:
    experiment = Experiment(plans=["lr=0.3"], seeds=1)

    def ends(race: Experiment) -> Finals:
        power = np.log2(race.plans[0].base_lr / 0.3)
        loss: Floats = np.full((1, race.seeds), 2.0)
        return Finals(loss + (power - 1) ** 2, loss + (power + 1) ** 2, np.array([0.3]))

    assert (tune(experiment, "train", ends).powers, tune(experiment, "val", ends).powers) == ((1,), (-1,))


def test_no_race_is_larger_than_one_may_be() -> None:
    experiment = Experiment(plans=["lr=0.3"] * PLANS_MAX, seeds=SEEDS_MAX, steps=100)
    wanted = tune(experiment, "train", lambda race: Finals(*np.ones((2, 20, 20)), np.ones(20))).wanted
    assert wanted is None
    Limits().check(experiment)
    assert estimated_seconds(experiment) == pytest.approx(5 * experiment.estimated_seconds)
    dear = Experiment(plans=["lr=0.3"] * 8, seeds=10, steps=20_000, model={"hidden": [256, 256]})
    assert dear.estimated_seconds > COST_MAX_S / 2
    with pytest.raises(ExperimentError, match="one job may take"):
        estimated_seconds(dear)


@pytest.mark.parametrize(
    ("plans", "seeds", "told"),
    [
        (1, 1, ""),
        (2, 6, ""),
        (7, 10, ""),
        (2, 1, "1 seed is too few to tell 2 plans apart. Raise the seeds to 6."),
        (7, 8, "8 seeds are too few to tell 7 plans apart. Raise the seeds to 10."),
        (8, 20, "10 seeds are too few to tell 8 plans apart. A tuning judges on 10 at most. Take 7 plans or"),
    ],
)
def test_seeds_that_can_show_nothing_are_told_with_what_would_do(plans: int, seeds: int, told: str) -> None:
    said = lacking(Experiment(plans=["lr=0.3"] * plans, seeds=seeds, steps=100))
    assert said.startswith(told)
    assert bool(said) == bool(told)


@pytest.mark.parametrize(("batch", "plans"), [(64, 4), (128, 2), (256, 0)])
def test_no_advice_costs_more_than_a_race_may(batch: int, plans: int) -> None:
    def dear(count: int, seeds: int) -> Experiment:
        hidden = {"hidden": [256, 256]}
        return Experiment(plans=["lr=0.3"] * count, seeds=seeds, steps=20_000, model=hidden, batch_size=batch)

    said = lacking(dear(8, 1))
    advice = re.search(r"Take (\d+) plans or fewer, and (\d+) seeds", said)
    assert (advice is None) == (plans == 0) == ("take fewer steps" in said)
    if advice is not None:
        count, seeds = map(int, advice.groups())
        assert count == plans
        estimated_seconds(dear(count, seeds))
        assert not lacking(dear(count, seeds))


def test_a_rate_that_has_no_multiple_is_told() -> None:
    experiment = Experiment(plans=["lr=0.3 Formula('0.1 * 0.5 ** t')"], seeds=1, steps=100)
    with pytest.raises(PlanError, match="does not depend on base_lr"):
        tune(experiment, "train", lambda race: _ends(experiment, race, bowls_at(0)))
