"""The badge: how far off a prediction was, and whether it told the order."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lrcore.prediction import Prediction, score
from lrcore.results.events import NOT_DIVERGED, Floats, History


def race(finals: list[float], spread: float = 0.01) -> History:
    """Plans that end at these losses, the median over seeds, which differ a little and not alike."""
    rng = np.random.default_rng(1)
    seeds = np.exp(spread * np.stack([rng.permutation(np.linspace(-2, 2, 13)) for _ in finals]))
    losses = np.geomspace(1, np.array(finals)[:, None] * seeds, 40)
    losses[-2:] = losses[-1]
    nothing = np.empty((0, *losses.shape[1:]))
    return History(
        step=np.arange(40),
        train_loss=losses,
        val_loss=3 * losses,
        val_metric=losses,
        lr=losses,
        diverged_at=np.full(losses.shape[1:], NOT_DIVERGED),
        minibatch_loss=nothing,
        applied_lr=nothing,
    )


def said(plan: int, final: float) -> Prediction:
    loss: Floats = np.full(40, final)
    return Prediction(plan, np.arange(40), np.arange(40.0), loss, np.ones(40, bool), 0, 0.5, None)


def sentence(history: History, *predictions: Prediction) -> str:
    return score({one.plan: one for one in predictions}, history, "train").sentence


def test_how_far_off_and_in_which_order() -> None:
    history = race([0.1, 0.2, 0.4])
    assert sentence(history, said(1, 0.212)) == "6 % off; order right"
    assert sentence(history, said(1, 0.19)) == "5 % off; order right"
    assert sentence(history, said(1, 0.5)) == "150 % off; order right in 1 of 2 pairs"
    assert sentence(history, said(0, 0.9)) == "800 % off; order wrong"
    assert sentence(history, said(1, 0.2004)) == "under 1 % off; order right"


def test_several_moved_plans_are_ordered_among_themselves_once() -> None:
    history = race([0.1, 0.2, 0.4])
    both = score({0: said(0, 0.3), 1: said(1, 0.2)}, history, "train")
    assert (both.pairs, both.right) == (3, 2)
    assert both.off == pytest.approx(1.0, abs=0.05)  # 200 % and 0 %


def test_the_loss_that_was_predicted_is_the_one_that_is_scored() -> None:
    history = race([0.1, 0.2])
    assert score({1: said(1, 0.6)}, history, "val").sentence == "under 1 % off; order right"
    assert score({1: said(1, 0.6)}, history, "train").off == pytest.approx(2, abs=0.05)


def test_what_the_race_cannot_tell_apart_has_no_order() -> None:
    assert sentence(race([0.2, 0.2], spread=0.5), said(0, 0.2)).endswith(
        "; which plan is lower cannot be told from these seeds"
    )


def test_a_plan_that_diverges_was_not_foreseen() -> None:
    history = race([0.1, 0.2])
    lost = dataclasses.replace(history, diverged_at=np.array([[NOT_DIVERGED] * 13, [3] * 13]))
    assert (
        sentence(lost, said(1, 0.2))
        == "the plan diverged, or came to a loss of 0, which no prediction foresees"
    )


def test_no_share_of_a_final_loss_of_0_is_told() -> None:
    history = race([0.1, 0.2])
    history.train_loss[-2:, 1] = 0.0
    ended = score({1: said(1, 0.2)}, history, "train")
    assert ended.off == np.inf
    assert "came to a loss of 0" in ended.sentence
    both = score({0: said(0, 0.1), 1: said(1, 0.2)}, history, "train")
    assert (both.off, both.pairs, both.right) == (np.inf, 1, 0)
