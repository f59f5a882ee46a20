"""The verdict on plans at their own best rates: planted cases, and a simulation in which nothing is there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrcore.results.comparison import compare
from lrcore.results.events import Floats
from lrcore.tuning import Bowl, Finals, pair_at_best, verdict
from lrcore.tuning.finals import as_history, finals_of
from tests.benchmarks.evidence import NOISE
from tests.benchmarks.tuning import false_claims, true_claims
from tests.results.test_comparison import run


def spread(middle: float, seeds: int = 8) -> Floats:
    """Losses of so many seeds around a median, in an order of their own."""
    return middle * (1 + 0.1 * np.linspace(-1, 1, seeds))[::-1]


@pytest.mark.parametrize("plans", [1, 2])
def test_of_rates_that_are_put_to_use_the_other_seeds_are_heard(plans: int) -> None:
    low, high = spread(1.0), spread(3.0)
    bowls = [  # where rates are chosen plan 1 is the lower one, where they are judged plan 2
        Bowl(0.1, {}, {}).with_race(0, np.concatenate(halves)) for halves in ((low, high), (high, low))
    ]
    losses = np.stack([low, high])[:plans]
    said = verdict(Finals(losses, losses, np.ones(plans)), bowls[:plans], "train").reservation
    assert said.startswith("These rates were tuned on seeds that are raced here again")
    assert ("On other seeds: plan 2 beats plan 1." in said) == (plans == 2)
    assert "tell" not in said


def bowl(losses: dict[int, float], seeds: int = 8) -> Bowl:
    made = Bowl(0.1, {}, {})
    for power, middle in losses.items():
        made = made.with_race(power, np.tile(spread(middle, seeds), 2))
    return made


def as_set(*middles: float, seeds: int = 8) -> Finals:
    losses = np.array([spread(middle, seeds) for middle in middles])
    return Finals(losses, losses, np.full(len(middles), 0.1))


def told(bowls: list[Bowl], seeds: int = 8) -> str:
    return verdict(as_set(*(one.median(0) for one in bowls), seeds=seeds), bowls, "train").sentence


def test_a_verdict_that_turns_over() -> None:
    text = told([bowl({-1: 1.0, 0: 2.0, 1: 4.0}), bowl({0: 8.0, 1: 3.0, 2: 0.5, 3: 0.8})])
    assert text == (
        "**The verdict turns over.** At the rates as set, plan 1 beats plan 2; with each at its own best"
        " rate, plan 2 beats plan 1."
    )


def test_a_verdict_that_holds_and_one_that_is_gone() -> None:
    low = bowl({-1: 2.0, 0: 1.0, 1: 2.0})
    assert told([low, bowl({-1: 9.0, 0: 8.0, 1: 9.0})]).startswith(
        "**The verdict holds.** At the rates as set, "
    )
    assert told([low, bowl({-1: 9.0, 0: 8.0, 1: 1.0, 2: 2.0})]) == (
        "**The verdict is not confirmed.** At the rates as set, plan 1 beats plan 2; with each plan at its"
        " own best rate, plan 1 ends lowest, but the seeds do not tell it apart from the others."
    )


def test_a_part_of_a_verdict_that_is_gone() -> None:
    low, far = bowl({-1: 2.0, 0: 1.0, 1: 2.0}), bowl({-1: 9.0, 0: 8.0, 1: 9.0})
    assert told([low, far, bowl({0: 7.0, 1: 1.0, 2: 2.0})]) == (
        "**Only part of the verdict is confirmed.** At the rates as set, plan 1 beats plans 2 and 3; with"
        " each plan at its own best rate, plan 1 beats plan 2 and cannot be told apart from plan 3."
    )
    text = told([bowl({0: 1.0, 1: 2.0}), far, bowl({0: 1.0, 1: 0.2, 2: 3.0})])
    assert text.startswith(
        "**The verdict changes.** At the rates as set, plan 1 beats plan 2 and cannot be told"
    )
    assert text.endswith("with each plan at its own best rate, plan 3 beats plans 1 and 2.")


def against_the_order(losses: dict[int, float]) -> Bowl:
    """A bowl whose seeds lie the other way round: a small difference from another is not seen."""
    turned = {power: spread(middle)[::-1] for power, middle in losses.items()}
    return Bowl(0.1, turned, turned)


def test_which_of_two_untold_plans_is_lowest_changes_no_verdict() -> None:
    first, third = bowl({0: 1.0, 1: 2.0}), bowl({-1: 9.0, 0: 8.0, 1: 9.0})
    second = against_the_order({0: 1.01, 1: 0.99, 2: 2.0})
    losses = np.array([first.losses[0], second.losses[0], third.losses[0]])
    text = verdict(Finals(losses, losses, np.ones(3)), [first, second, third], "train").sentence
    assert text == (
        "At the rates as set, plan 1 beats plan 3 and cannot be told apart from plan 2; with each plan at its"
        " own best rate, plan 2 beats plan 3 and cannot be told apart from plan 1."
    )
    losses[1] *= 2
    text = verdict(Finals(losses, losses, np.ones(3)), [first, second, third], "train").sentence
    assert text.startswith("**The verdict changes.** At the rates as set, plan 1 beats plans 2 and 3; ")


def test_too_few_seeds_are_said_and_change_no_verdict() -> None:
    pair = [bowl({-1: 2.0, 0: 1.0, 1: 2.0}, 5), bowl({-1: 9.0, 0: 8.0, 1: 9.0}, 5)]
    assert told(pair, seeds=5).count("5 seeds are too few to tell the plans apart, 6 at least") == 2
    text = verdict(as_set(1.0, 8.0, seeds=8), pair, "train").sentence
    assert text.startswith(
        "At the rates as set, plan 1 beats plan 2; with each plan at its own best rate, 5 seeds"
    )


def test_who_beats_only_the_rate_that_was_picked_beats_nobody() -> None:
    """The pick missed the best rate of plan 2: on the seeds for picking another one looked better."""
    missed = Bowl(
        0.1,
        {0: spread(3.0), 1: spread(2.0), 2: spread(3.0)},
        {0: spread(3.0), 1: spread(2.0), 2: spread(0.9)},
    )
    bowls = [bowl({-1: 2.0, 0: 1.0, 1: 2.0}), missed]
    picked = compare(as_history(np.array([bowls[0].fresh[0], missed.fresh[1]])), 0, 1)
    assert picked.better
    pair = pair_at_best(bowls, 0, 1)
    assert (pair.wins, pair.ratio) == (picked.wins, picked.ratio)
    assert not pair.better
    assert pair.low == pytest.approx(0.9)
    back = pair_at_best(bowls, 1, 0)
    assert (back.low, back.high) == pytest.approx((1 / pair.high, 1 / pair.low))


def test_of_many_pairs_some_are_named() -> None:
    bowls = [bowl({0: 1.0 + plan, 1: 0.5 / (1 + plan), 2: 9.0}, 10) for plan in range(4)]
    text = told(bowls, seeds=10)
    assert text.count("At the rates as set, plan") == 3
    assert "So it does for 3 more pairs." in text


def test_diverged_plans_are_no_winners() -> None:
    text = verdict(as_set(np.inf, np.inf), [bowl({-1: 1.0, 0: np.inf}), bowl({-1: 2.0, 0: np.inf})], "train")
    assert "At the rates as set, every plan diverges in most seeds; with each plan" in text.sentence


def test_the_ends_of_a_race_compare_like_the_race() -> None:
    rng = np.random.default_rng(3)
    history = run(rng.lognormal(size=(60, 3, 8)), rng.choice([-1, -1, -1, 7], (3, 8)))
    ends: Any = as_history(finals_of(history).train)
    for a, b in ((0, 1), (2, 0), (1, 2)):
        assert compare(ends, a, b) == compare(history, a, b)


@pytest.mark.parametrize(("plans", "steep"), [(2, (1.0, 1.0)), (3, (0.0, 2.0))])
def test_plans_that_are_equal_at_their_best_are_told_apart_in_one_tuning_of_twenty_at_most(
    plans: int, steep: tuple[float, float]
) -> None:
    assert false_claims(NOISE["normal"], plans, 10, steep, 60)["ours"] <= 0.1  # 0.05, and the noise of 60


def test_a_plan_that_is_better_at_its_best_is_seen() -> None:
    assert true_claims(NOISE["normal"], 5.0, 8, 30) > 0.8
