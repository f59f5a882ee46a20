"""The two sentences under the charts are true where they are shown: each case is a run made to order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrcore import Experiment
from lrcore.results.events import History
from lrcore.results.story import story
from ui.text import plain

STEP = "lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration"


def told(
    plans: list[str],
    finals: list[list[float]],
    split: str = "train",
    diverged: list[list[int]] | None = None,
    path: Any = None,
    at: int | None = None,
    **fields: Any,
) -> str:
    """The story of a run in which each plan went from 0.7 to `finals` (P, S) at the rates of its plan."""
    losses = np.array([np.full_like(np.array(finals), 0.7), finals])
    if path is not None:  # between start and end, for every member
        losses = np.concatenate([losses[:1], path[:, None, None] * np.ones_like(losses[:1]), losses[1:]])
    seeds = losses.shape[2]
    experiment = Experiment.model_validate({"plans": plans, "seeds": seeds, **fields})
    steps = np.linspace(0, at or experiment.steps, len(losses)).astype(np.int64)
    rates = np.stack(
        [plan.lr(np.maximum(steps - 1, 0), experiment.steps_per_epoch) for plan in experiment.plans], axis=1
    )
    lr = np.repeat(rates[:, :, None], seeds, axis=2)
    lost = np.full((len(plans), seeds), -1) if diverged is None else np.array(diverged)
    nothing = np.empty((0, len(plans), seeds))
    history = History(steps, losses, losses, 1 - losses, lr, lost, nothing, nothing)
    return story(experiment, history, split)


HIGH, LOW = [0.2 + 0.01 * seed for seed in range(6)], [0.01 + 0.0005 * seed for seed in range(6)]


def test_what_the_seeds_show_is_said_without_a_reason_that_they_do_not_show() -> None:
    text = told(["lr=0.3", STEP], [HIGH, LOW])
    assert text.startswith(
        "Plan 2 ends lowest, at a training loss of 0.0112: seed by seed 20 times below plan 1."
    )
    assert "does not show why" in text


@pytest.mark.parametrize(("late", "told_so"), [(0.2, True), (0.02, False)])
def test_the_floor_is_named_only_where_the_loss_stands_still(late: float, told_so: bool) -> None:
    text = told(["lr=0.3", STEP], [HIGH, LOW], path=np.geomspace(0.2, late, 20))
    assert ("Plan 1 holds its rate to the end" in text) == told_so


@pytest.mark.parametrize(
    ("plans", "finals", "part"),
    [
        (["lr=0.1"], [[0.1, 0.2]], "Add a second plan"),
        (["lr=0.1", "lr=0.1"], [[0.1, 0.2], [0.1, 0.2]], "Equal rates give equal losses"),
        (["lr=1e-30", "lr=1e-20"], [[0.1, 0.2], [0.1, 0.2]], "The rates differ and the losses do not."),
        (["lr=0.3", STEP], [[0.2], [0.01]], "One seed alone"),
        (["lr=0.3", STEP], [HIGH[:5], LOW[:5]], "5 seeds are too few to tell 2 plans apart: at least 6"),
        (["lr=0.3", STEP], [HIGH, [*LOW[:5], 0.9]], "may be chance"),
        (["lr=10", "lr=30"], [[5.0, 5.1], [9.0, 9.1]], "No plan's training loss ends below where it began."),
        (["lr=0.3", "lr=0.03"], [HIGH, LOW], "does not show why"),
    ],
)
def test_no_reason_is_given_that_the_run_does_not_show(
    plans: list[str], finals: list[list[float]], part: str
) -> None:
    text = told(plans, finals)
    assert part in text
    assert "floor" not in text


def test_divergence_is_counted_also_of_the_lowest_plan_and_never_a_ratio() -> None:
    text = told(["lr=0.3", STEP], [[0.2, 0.3, 0.3], [0.01, 0.015, 0.01]], diverged=[[5, 7, -1], [-1, 9, -1]])
    assert "; plan 2 diverged in 1 of 3 seeds and plan 1 diverged in 2 of 3 seeds." in text
    assert "inf" not in text
    assert "diverged in at least half" in told(
        ["lr=0.3", STEP], [[0.2, 0.3], [0.01, 0.015]], diverged=[[5, 7], [1, 2]]
    )


def test_a_small_difference_is_said_in_percent_and_has_no_reason() -> None:
    text = told(["lr=0.3", STEP], [[loss * 1.02 for loss in HIGH], HIGH], path=np.full(20, 0.22))
    assert "seed by seed 2 % below plan 1. All 6 seeds together show it" in text


def test_plans_that_look_equally_low_are_named_together() -> None:
    text = told(["lr=0.3", STEP, "lr=0.2"], [LOW, LOW[::-1], HIGH])
    assert text.startswith("Plans 1 and 2 end lowest, at a training loss of 0.0112.")


def test_of_plans_named_together_it_is_said_which_one_was_compared() -> None:
    low, high = [*LOW, 0.0135, 0.014], [*HIGH, 0.27, 0.28]
    text = told(["lr=0.3", STEP, "lr=0.2"], [low, low[::-1], high])
    assert text.startswith(
        "Plans 1 and 2 end lowest, at a training loss of 0.0118: plan 1 seed by seed 20 times"
    )
    assert text.endswith("8 seeds do not show whether plan 1 is below plan 2.")


@pytest.mark.parametrize(("before", "learnt"), [(0.9, False), (0.7, True)])
def test_whether_a_plan_has_learnt_is_told_by_its_final_loss(before: float, learnt: bool) -> None:
    """The mean over the last 5 % of 40 evaluations, here two, of which the last lies below the start."""
    text = told(["lr=10", "lr=30"], [[0.6] * 3, [0.65] * 3], path=np.full(38, before))
    assert ("No plan's training loss ends below where it began." in text) == (not learnt)


def test_a_reason_in_the_training_losses_is_named_as_one_where_the_validation_losses_are_shown() -> None:
    path = np.geomspace(0.2, 0.2, 20)
    seen = {split: told(["lr=0.3", STEP], [HIGH, LOW], split, path=path) for split in ("train", "val")}
    assert "The training losses show why. Plan 1 holds its rate" in seen["val"]
    assert "show why" not in seen["train"]


def test_a_plan_that_is_lower_seed_by_seed_but_not_in_the_middle_is_not_kept_back() -> None:
    best, other = [0.10] * 5 + [0.20] * 5, [0.09] * 4 + [0.16] + [0.19] * 5
    text = told(["lr=0.3", STEP], [best, other])
    assert text.startswith("Plan 1 ends lowest")
    assert "; yet plan 2 is below it in 9 of 10 seeds" in text
    assert "disagree" in text


def test_of_many_plans_three_are_named_and_the_others_counted() -> None:
    finals = [[loss * 2**plan for loss in LOW + LOW + LOW[:2]] for plan in range(8)]
    text = told([f"lr={rate / 10}" for rate in range(1, 9)], finals)
    assert text.startswith(
        "Plan 1 ends lowest, at a training loss of 0.011: seed by seed 2 times below plan 2, 4 times below"
        " plan 3 and 8 times below plan 4, and below 4 more plans."
    )
    lost = told([f"lr={rate / 10}" for rate in range(1, 9)], finals, diverged=[[-1] * 13 + [5]] * 8)
    assert "plan 3 diverged in 1 of 14 seeds and 5 more plans diverged in some." in lost


def test_a_run_that_was_stopped_has_not_ended() -> None:
    for plans, finals, begin in (
        (["lr=0.3", STEP], [HIGH, LOW], "plan 2 is lowest, at a training loss of 0.0112: seed by seed"),
        (["lr=0.3", "lr=0.3"], [HIGH, HIGH], "all plans are at the same training loss, 0.225."),
        (["lr=0.3"], [HIGH], "the plan is at a training loss of 0.225."),
    ):
        assert told(plans, finals, at=1393, steps=20_000).startswith(f"At update 1,393 of 20,000 {begin}")


def test_a_loss_of_zero_divides_nothing() -> None:
    assert told(["lr=0.3", STEP], [[0.2, 0.3], [0.0, 0.0]]).startswith(
        "Plan 2 ends lowest, at a training loss of 0"
    )


def test_the_split_is_named() -> None:
    assert "validation loss" in told(["lr=0.3", STEP], [[0.2, 0.3], [0.01, 0.015]], split="val")


def test_foreign_words_are_shown_as_they_are() -> None:
    assert plain("![x](http://a/b.png) __import__ :red[x] $1$") == (
        r"\!\[x\]\(http\://a/b\.png\) \_\_import\_\_ \:red\[x\] \$1\$"
    )
