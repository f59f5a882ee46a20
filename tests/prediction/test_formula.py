"""A run that obeys the formula gives its number back, and the losses of plans that it never had."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.prediction import Collapse, Prediction, collapse_of, noise_sentence
from lrcore.results.events import Floats
from tests.prediction.support import (
    COSINE,
    FIVE,
    FLAT,
    INVERSE,
    RATE,
    STEP,
    STEPS,
    WSD,
    evaluations,
    experiment,
    fitted,
    formula,
    moved,
    run,
    stopped,
)

UNSEEN = (
    f"lr={RATE} LinearLR(start_factor=1, end_factor=0, total_iters={STEPS}) per iteration",
    f"lr={0.8 * RATE} StepLR(step_size=300, gamma=0.5) per iteration",
    f"lr={RATE} ExponentialLR(gamma=0.95)",  # per epoch
    f"lr={RATE} StepLR(step_size=20, gamma=0.1)",
)


def close(said: Prediction, truth: Floats) -> None:
    """From the second evaluation on: before the first one the reference has only its two ends."""
    np.testing.assert_allclose(said.loss[2:], truth[2:], rtol=0.05)
    assert said.loss[0] == pytest.approx(truth[0])


@pytest.mark.parametrize("noise", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("plans", [FIVE, (COSINE, FLAT), (WSD, COSINE, STEP)])
def test_the_number_is_found_again(plans: tuple[str, ...], noise: float) -> None:
    (reference,) = fitted(plans, noise).references
    assert reference.noise == pytest.approx(noise, abs=0.02)
    assert reference.rate == RATE
    assert reference.plan == (plans.index(FLAT) if FLAT in plans else 0)  # of the others WSD spends most
    assert set(reference.fitted_on) == set(range(len(plans))) - {reference.plan}


@pytest.mark.parametrize("plan", UNSEEN)
@pytest.mark.parametrize("plans", [FIVE, (FLAT, COSINE), (WSD, COSINE, STEP)])
def test_a_plan_that_was_not_run_is_predicted(plans: tuple[str, ...], plan: str) -> None:
    said = moved(fitted(plans), plan)
    assert isinstance(said, Prediction)
    np.testing.assert_array_equal(said.step, evaluations())
    truth = formula(experiment(plan), 0, 0.6, said.step)
    close(said, truth)
    assert said.final == pytest.approx(float(truth[-3:].mean()), rel=0.03)


def test_the_validation_loss_is_predicted_from_the_validation_losses() -> None:
    one = experiment(*FIVE)
    collapse = collapse_of(one, run(one, 0.6), "val")
    assert isinstance(collapse, Collapse)
    train, val = moved(fitted(), UNSEEN[0]), moved(collapse, UNSEEN[0])
    assert isinstance(train, Prediction)
    assert isinstance(val, Prediction)
    np.testing.assert_allclose(val.loss, 2 * train.loss)


def test_all_begin_with_the_same_loss() -> None:
    said = moved(fitted(), f"lr={RATE} LinearLR(start_factor=0.01, total_iters=500) per iteration")
    assert isinstance(said, Prediction)
    assert said.loss[0] == pytest.approx(0.7)


def test_another_length_has_its_own_evaluations() -> None:
    said = moved(fitted(), COSINE, steps=STEPS // 2, seeds=7)
    assert isinstance(said, Prediction)
    assert (said.step[0], said.step[-1]) == (0, STEPS // 2)
    truth = formula(experiment(COSINE, steps=STEPS // 2), 0, 0.6, said.step)
    close(said, truth)


def test_a_run_that_was_stopped_predicts_the_whole_and_says_from_where_on_it_only_continues() -> None:
    one = experiment(*FIVE)
    history, half = run(one, 0.6), 40
    collapse = collapse_of(one, stopped(history, half), "train")
    assert isinstance(collapse, Collapse)
    said = moved(collapse, FLAT)
    assert isinstance(said, Prediction)
    assert said.step[-1] == STEPS
    last = said.step[said.known][-1]
    assert 0.9 * history.step[half - 1] < last <= history.step[half - 1]
    assert f"After update {last:,} " in said.beyond
    close(said, formula(experiment(FLAT), 0, 0.6, said.step))


def test_a_higher_rate_spends_more_than_was_run() -> None:
    said = moved(fitted(), f"lr={1.5 * RATE}")
    assert isinstance(said, Prediction)
    assert said.step[said.known][-1] == pytest.approx(STEPS / 1.5, rel=0.05)
    assert said.budget == pytest.approx(1.5 * RATE * said.step)
    assert "it is extrapolated: plan 1 spent no more" in said.beyond
    assert said.final == pytest.approx(
        formula(experiment(f"lr={1.5 * RATE}"), 0, 0.6, said.step)[-1], rel=0.1
    )
    within = moved(fitted(), COSINE)
    assert isinstance(within, Prediction)
    assert within.known.all()
    assert within.beyond == ""


def test_of_two_references_the_nearer_is_read() -> None:
    tenth = [text.replace("lr=0.2", "lr=0.02") for text in (FLAT, COSINE)]
    collapse = fitted((FLAT, COSINE, *tenth))
    assert [reference.plan for reference in collapse.references] == [0, 2]
    assert [reference.fitted_on for reference in collapse.references] == [(1,), (3,)]
    for rate, reference in ((0.25, 0), (0.11, 0), (0.03, 2), (0.011, 2)):
        said = moved(collapse, f"lr={rate}")
        assert isinstance(said, Prediction)
        assert said.reference == reference


def test_the_error_on_the_task_is_that_of_plans_held_out() -> None:
    collapse = fitted()
    error = collapse.references[0].error
    assert error is not None
    assert error.plans == 4
    assert error.worst < 0.03
    one = experiment(*FIVE)
    history = run(one, 0.6)
    history.train_loss[-3:, 3] *= 2  # the inverse-time plan ends twice as high as its rates say
    planted = collapse_of(one, history, "train")
    assert isinstance(planted, Collapse)
    error = planted.references[0].error
    assert error is not None
    assert error.worst == pytest.approx(0.5, abs=0.03)
    assert error.mean == pytest.approx(0.5 / 4, abs=0.03)
    assert error.sentence.startswith("Tried on 4 plans of this run, such predictions ended 1")


def test_with_one_other_plan_there_is_no_error_to_tell() -> None:
    collapse = fitted((FLAT, STEP))
    assert collapse.references[0].error is None
    said = moved(collapse, COSINE)
    assert isinstance(said, Prediction)
    assert said.worth == "No plan of this run was left to try a prediction on."
    assert collapse.references[0].noise == collapse.references[0].between[0]


def test_the_noise_in_words() -> None:
    def words(plans: tuple[str, ...], noise: float) -> str:
        return noise_sentence(fitted(plans, noise).references[0], "train")

    assert words(FIVE, 0.0) == (
        "On this task only the budget matters: equal sums of rates give an equal training loss."
    )
    assert words((FLAT, COSINE), 0.6) == (
        "At a rate of 0.2 about 60 % of the training loss is noise: it goes away as the rate falls to 0."
    )
    assert words(FIVE, 0.6) == words((FLAT, COSINE), 0.6), "plans that agree are not named"
    one = experiment(FLAT, COSINE, INVERSE)
    history, other = run(one, 0.1), run(one, 0.8)
    history.train_loss[:, 2] = other.train_loss[:, 2]
    torn = collapse_of(one, history, "train")
    assert isinstance(torn, Collapse)
    sentence = noise_sentence(torn.references[0], "val")
    assert sentence == (
        "How much of the validation loss is noise cannot be told here: one plan says 10 %, another 80 %."
    )
