"""Where evaluations lie: updates, epochs, samples, budget."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.experiment import Experiment
from lrcore.results.axes import AXES, loss_axis
from lrcore.results.events import NOT_DIVERGED, Progress
from lrcore.training.minibatches import batch_bounds

LISTENS = "lr=0.3 ReduceLROnPlateau(factor=0.5, patience=2)"
SLOW = "lr=0.2 ConstantLR(factor=0.5, total_iters=5) per iteration"
# 100 points in batches of 32: the last of an epoch has 4
UNEVEN = Experiment.model_validate(
    {
        "data": {"kind": "moons", "n_train": 100},
        "plans": [
            "lr=0.3",
            "lr=0.1 StepLR(step_size=2, gamma=0.5)",
            SLOW,
            LISTENS,
        ],
        "steps": 50,
        "seeds": 3,
    }
)


def evaluation(step: int, rates: list[float]) -> Progress:
    """An evaluation at which the seeds of plan 3 use these rates."""
    ones = np.ones((4, 3))
    lr = np.vstack([ones[:3], rates])
    return Progress(step, step / 4, ones, ones, ones, ones, lr, np.full((4, 3), NOT_DIVERGED))


def test_samples_are_the_points_that_the_trainer_has_seen() -> None:
    seen = np.cumsum([0, *(stop - start for _, start, stop in (batch_bounds(n, 100, 32) for n in range(50)))])
    axis = loss_axis(UNEVEN, "samples")
    assert axis.at(0, np.arange(51)) == seen.tolist()
    assert axis.end == seen[-1]
    whole = loss_axis(UNEVEN.model_copy(update={"batch_size": 1000}), "samples")
    assert whole.at(0, [0, 1, 7]) == [0, 100, 700]  # a batch of all points


def test_epochs_and_updates() -> None:
    assert loss_axis(UNEVEN, "epochs").at(2, [0, 2, 50]) == [0, 0.5, 12.5]
    assert loss_axis(UNEVEN, "epochs").end == 12.5
    assert loss_axis(UNEVEN).at(2, [0, 2, 50]) == [0, 2, 50]
    assert loss_axis(UNEVEN).end == 50


def test_the_budget_is_each_plans_own_sum_of_rates() -> None:
    axis = loss_axis(UNEVEN, "budget")
    for index, plan in enumerate(UNEVEN.plans[:3]):
        for done in (0, 1, 9, 50):
            rates = plan.lr(np.arange(done), 4)
            assert axis.at(index, done) == pytest.approx([rates.sum()])
    assert axis.end == pytest.approx(0.3 * 50)


def test_the_budget_of_a_plan_that_listens_is_read_off_its_run() -> None:
    axis = loss_axis(UNEVEN, "budget")
    told = [
        evaluation(0, [0.3, 0.3, 0.3]),
        evaluation(10, [0.3, 0.3, 0.3]),
        evaluation(30, [0.3, 0.15, 0.15]),
        evaluation(50, [np.nan, np.nan, 0.1]),  # two seeds diverged
    ]
    assert axis.at(3, 0, told[:1]) == [0]
    assert axis.at(3, 10, told[:2]) == pytest.approx([3])
    assert axis.at(3, [10, 20, 30], told[:3]) == pytest.approx([3, 4.5, 6])
    assert axis.at(3, 50, told) == pytest.approx([8])
    gone = [*told[:3], evaluation(50, [np.nan] * 3)]
    assert axis.at(3, 50, gone) == pytest.approx([6])  # nobody uses a rate any more


@pytest.mark.parametrize("name", AXES)
def test_places_ascend_and_are_plain_numbers(name: str) -> None:
    axis = loss_axis(UNEVEN, name)  # type: ignore[arg-type]
    told = [evaluation(step, [0.3] * 3) for step in (0, 25, 50)]
    for plan in range(4):
        places = axis.at(plan, [0, 1, 25, 50], told)
        assert places[0] == 0
        assert places == sorted(places)
        assert places[-1] <= axis.end + 1e-9
        assert all(type(place) in (int, float) for place in places)
