"""Where nothing is predicted, and the sentence that says why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrcore.experiment import Experiment
from lrcore.prediction import Collapse, NotPredicted, Prediction, collapse_of
from lrcore.results.events import History
from tests.prediction.support import COSINE, FIVE, FLAT, RATE, STEP, experiment, fitted, moved, run, stopped

LISTENS = f"lr={RATE} ReduceLROnPlateau(factor=0.5, patience=2)"
CYCLE = f"lr={RATE} OneCycleLR(max_lr={RATE}, total_steps=2000) per iteration"


def refused(said: Collapse | Prediction | NotPredicted, cause: str, *words: str) -> None:
    assert isinstance(said, NotPredicted)
    assert said.cause == cause
    assert said.sentence.startswith("Nothing is predicted: ")
    assert all(word in said.sentence for word in words), said.sentence


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"data": "moons"}, "the data changed"),
        ({"model": {"hidden": [8]}}, "the model changed"),
        ({"optimizer": "Adam"}, "the optimiser changed"),
        ({"optimizer": {"kind": "SGD", "momentum": 0.8}}, "the optimiser changed"),
        ({"batch_size": 16}, "the batch size changed"),
        ({"data": "moons", "optimizer": "Adam", "batch_size": 8}, "the data, optimiser and batch size"),
    ],
)
def test_another_task(fields: dict[str, Any], words: str) -> None:
    refused(moved(fitted(), COSINE, **fields), "task", words)


def test_more_steps_and_seeds_are_the_same_task() -> None:
    assert isinstance(moved(fitted(), COSINE, steps=3000, seeds=9), Prediction)


@pytest.mark.parametrize("factor", [0.5, 0.7, 1, 2])
def test_rates_up_to_a_factor_of_two_are_predicted(factor: float) -> None:
    assert isinstance(moved(fitted(), f"lr={factor * RATE}"), Prediction)


def test_rates_beyond_are_not() -> None:
    refused(moved(fitted(), f"lr={2.1 * RATE}"), "rate", "0.42, is above twice 0.2")
    refused(moved(fitted(), f"lr={0.45 * RATE}"), "rate", "0.09, is below half of 0.2")
    # it is the highest rate that counts, not what the optimiser was told
    warm = "lr=0.9 ConstantLR(factor=0.2, total_iters=10000) per iteration"
    assert isinstance(moved(fitted(), warm), Prediction)


def test_a_rate_that_falls_sooner_than_any_that_was_tried() -> None:
    run_of_two = fitted((FLAT, COSINE))  # they spend 400 and 200
    at = f"lr={RATE} StepLR(step_size={{}}, gamma=0.01) per iteration"
    assert isinstance(moved(run_of_two, at.format(260)), Prediction)  # 52.5, and a quarter of 200 is 50
    said = moved(run_of_two, at.format(240))
    assert isinstance(said, NotPredicted)
    assert said.cause == "budget"
    assert said.sentence.startswith("No predicted loss is drawn: this plan's rate falls sooner")
    # once the run has such a plan, it is part of what was tried
    assert isinstance(moved(fitted((FLAT, COSINE, at.format(100))), at.format(240)), Prediction)


def test_a_short_run_is_predicted_as_long_as_its_rate_does_not_fall() -> None:
    assert isinstance(moved(fitted(), FLAT, steps=100), Prediction)
    cosine = moved(fitted(), f"lr={RATE} CosineAnnealingLR(T_max=100) per iteration", steps=100)
    assert isinstance(cosine, NotPredicted)
    assert cosine.cause == "budget"


def test_a_rate_that_is_nothing_but_zero() -> None:
    refused(moved(fitted(), "lr=0.1 LambdaLR(lr_lambda='0 * epoch')"), "rate", "0 throughout")


def test_plans_that_do_more_than_move_the_rate() -> None:
    refused(moved(fitted(), LISTENS), "feedback", "ReduceLROnPlateau", "follows the loss")
    refused(moved(fitted(), CYCLE), "momentum", "OneCycleLR", "momentum")
    still = CYCLE.replace("total_steps=2000", "total_steps=2000, cycle_momentum=False")
    assert isinstance(moved(fitted(), still), Prediction)


def test_a_formula_without_a_value_says_so_itself() -> None:
    said = moved(fitted(), "lr=0.1 LambdaLR(lr_lambda='1 / (1 - epoch)')")
    assert isinstance(said, NotPredicted)
    assert said.cause == "formula"
    assert "LambdaLR" in said.sentence


def told(*plans: str, lost: dict[int, int] | None = None) -> Collapse | NotPredicted:
    """What a run says in which so many seeds of some plans diverged."""
    one = experiment(*plans)
    return collapse_of(one, losing(one, run(one, 0.6), lost or {}), "train")


def losing(one: Experiment, history: History, lost: dict[int, int]) -> History:
    for plan, seeds in lost.items():
        history.diverged_at[plan, :seeds] = 100
        history.train_loss[20:, plan, :seeds] = np.inf
    return history


def test_a_run_that_says_nothing_of_others() -> None:
    refused(told(FLAT), "fit", "two plans use different rates")
    refused(told(FLAT, FLAT), "fit")  # the same rates twice tell nothing of the noise
    refused(told(FLAT, COSINE.replace("lr=0.2", "lr=0.02")), "fit", "factor 2")
    refused(told(LISTENS, CYCLE), "reference", "follows the loss or sets the momentum")
    refused(told(CYCLE, CYCLE), "reference", "every plan of the run sets the momentum too")
    refused(told(LISTENS), "reference", "every plan of the run follows the loss")
    refused(told(FLAT, STEP, lost={0: 1, 1: 2}), "unstable", "at least 1 of 3 seeds")


def test_a_run_that_has_hardly_begun_says_nothing() -> None:
    one = experiment(*FIVE)
    whole = run(one, 0.6)
    begun = stopped(whole, 3)
    refused(collapse_of(one, begun, "train"), "reference", "before 4 evaluations")


def test_a_plan_that_lost_a_seed_is_neither_read_nor_fitted() -> None:
    found = told(*FIVE, lost={0: 1})
    assert isinstance(found, Collapse)
    assert [reference.plan for reference in found.references] == [4]  # of the others WSD spends most
    assert found.references[0].fitted_on == (1, 2, 3)
    assert found.references[0].noise == pytest.approx(0.6, abs=0.02)


def test_plans_that_have_no_curve_do_not_disturb_the_others() -> None:
    found = told(LISTENS, *FIVE, CYCLE)
    assert isinstance(found, Collapse)
    assert found.references[0].plan == 1
    assert found.references[0].fitted_on == (2, 3, 4, 5)


def test_a_loss_of_zero_has_no_logarithm() -> None:
    one = experiment(FLAT, COSINE)
    history = run(one, 0.6)
    history.train_loss[-1] = 0
    refused(collapse_of(one, history, "train"), "reference", "keeps its losses above 0")


def test_plans_at_rates_that_are_alike_are_read_off_one_of_them() -> None:
    rates = [RATE * 2 ** (-number / 20) for number in range(12)]
    found = fitted([STEP.replace(f"lr={RATE}", f"lr={rate}") for rate in rates] + [FLAT])
    read = [reference.rate for reference in found.references]
    assert 3 <= len(read) <= 6
    assert all(min(max(rate / each, each / rate) for each in read) < 1.1 for rate in rates)


def test_a_plan_whose_rate_is_0_throughout_is_no_reference_and_harms_none() -> None:
    still = "lr=0.1 LambdaLR(lr_lambda='0 * epoch')"
    assert isinstance(told(still), NotPredicted)
    with_it, without = told(FLAT, still, COSINE), told(FLAT, COSINE)
    assert isinstance(with_it, Collapse)
    assert isinstance(without, Collapse)
    assert [reference.plan for reference in with_it.references] == [0]
    assert with_it.references[0].fitted_on == (2,)
    assert with_it.references[0].noise == without.references[0].noise
