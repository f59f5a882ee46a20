"""The statistics against numbers worked out by hand, and against scipy's sign test."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lrcore.results.comparison import compare, final, results, sentence
from lrcore.results.events import NOT_DIVERGED, History

stats = pytest.importorskip("scipy.stats")


def run(train: Any, diverged_at: Any = None, val: Any = None, metric: Any = None) -> History:
    """A history from losses (E, P, S)."""
    losses = np.asarray(train, np.float64)
    at = np.full(losses.shape[1:], NOT_DIVERGED) if diverged_at is None else np.asarray(diverged_at)
    return History(
        step=np.arange(len(losses), dtype=np.int64),
        train_loss=losses,
        val_loss=losses if val is None else np.asarray(val, np.float64),
        val_metric=np.zeros_like(losses) if metric is None else np.asarray(metric, np.float64),
        lr=np.ones_like(losses),
        diverged_at=at.astype(np.int64),
        minibatch_loss=losses[1:],
        applied_lr=np.ones_like(losses[1:]),
    )


def test_final_is_the_mean_of_the_last_twentieth() -> None:
    losses = np.arange(60.0).reshape(60, 1, 1)
    assert final(losses, np.array([[NOT_DIVERGED]])) == pytest.approx((57 + 58 + 59) / 3)
    assert final(losses[:5], np.array([[NOT_DIVERGED]])) == 4.0  # at least one
    assert final(losses, np.array([[12]])) == np.inf
    assert math.isnan(final(losses, np.array([[12]]), worst=np.nan)[0, 0])


def test_results_by_hand() -> None:
    train = [
        [[4.0, 5.0, 6.0], [4.0, 5.0, 6.0]],
        [[1.0, 3.0, 2.0], [0.5, 9.0, 9.0]],
        [[2.0, 4.0, 3.0], [7.0, 8.0, np.inf]],
    ]
    history = run(
        train, [[-1, -1, -1], [-1, -1, 17]], val=np.asarray(train) * 10, metric=np.asarray(train) / 10
    )
    first, second = results(history)
    assert (first.final_train, first.final_val) == (3.0, 30.0)  # the median of 2, 4, 3
    assert (first.best_train, first.best_val) == (2.0, 20.0)  # of 1, 3, 2
    assert first.metric == pytest.approx(0.3)
    assert (first.diverged, first.first_divergence, first.seeds) == (0, None, 3)
    assert second.final_train == 8.0  # of 7, 8 and infinity
    assert second.best_train == 5.0  # of 0.5, 5 and infinity: a seed that is lost has no best
    assert second.metric == pytest.approx(0.75)  # over the seeds that are left
    assert (second.diverged, second.first_divergence) == (1, 17)


def test_a_plan_that_lost_most_seeds_is_infinitely_bad() -> None:
    (row,) = results(run([[[1.0, 1.0, 1.0]], [[1.0, np.inf, np.nan]]], [[-1, 9, 4]]))
    assert row.final_train == row.best_train == np.inf
    assert (row.diverged, row.first_divergence) == (2, 4)
    (lost,) = results(run([[[1.0]], [[np.inf]]], [[1]]))
    assert lost.final_val == np.inf
    assert math.isnan(lost.metric)


def test_with_an_even_number_of_seeds_the_middle_two_are_averaged() -> None:
    (row,) = results(run([[[1.0, 2.0, 3.0, 4.0]]]))
    assert row.final_train == 2.5
    (half,) = results(run([[[1.0, 2.0]]], [[-1, 3]]))
    assert half.final_train == np.inf


@pytest.mark.parametrize("seeds", [6, 10, 20])
def test_the_interval_is_that_of_the_sign_test(seeds: int) -> None:
    rng = np.random.default_rng(seeds)
    ours, theirs = rng.lognormal(size=(2, seeds))
    pair = compare(run([[ours, theirs]]), 0, 1)
    ratios = np.sort(theirs / ours)
    assert pair.ratio == pytest.approx(
        np.median(ratios), rel=0.5
    )  # exact for odd numbers, in logarithms else
    inside = [r for r in ratios if pair.low * 0.999999 < r < pair.high * 1.000001]
    cut = (seeds - len(inside)) // 2
    assert stats.binom.cdf(cut, seeds, 0.5) <= 0.025 < stats.binom.cdf(cut + 1, seeds, 0.5)
    back = compare(run([[ours, theirs]]), 1, 0)
    assert (back.ratio, back.low, back.high) == pytest.approx((1 / pair.ratio, 1 / pair.high, 1 / pair.low))


def test_the_pairing_removes_what_the_seeds_share() -> None:
    difficulty = 10.0 ** np.arange(6)
    pair = compare(run([[difficulty, 2 * difficulty]]), 0, 1)
    assert pair.ratio == pytest.approx(2.0)
    assert (pair.low, pair.high) == pytest.approx((2.0, 2.0))


@pytest.mark.parametrize(("plans", "needed"), [(2, 6), (3, 7), (8, 11)])
def test_too_few_seeds_for_any_claim_are_said(plans: int, needed: int) -> None:
    for seeds in (needed - 1, needed):
        pair = compare(run(np.ones((1, plans, seeds)) * np.arange(1.0, plans + 1)[:, None]), 0, 1)
        assert pair.needed == needed
        assert pair.better == (seeds == needed)
        assert ("too few seeds" in sentence(pair, 1)) == (seeds < needed)


def test_a_diverged_seed_counts_as_an_infinite_loss() -> None:
    losses = [[[1.0, 1.0, 1.0], [2.0, 2.0, 0.1]]]
    pair = compare(run(losses, [[-1, -1, -1], [-1, -1, 5]]), 0, 1)
    assert (pair.wins, pair.seeds) == (3, 3)
    assert pair.ratio == pytest.approx(2.0)
    both = compare(run(losses, [[-1, -1, 5], [-1, -1, 5]]), 0, 1)
    assert both.wins == 2  # lost by both is won by neither
    lost = compare(run(np.ones((1, 2, 6)), [[-1] * 6, [5] * 6]), 0, 1)
    assert sentence(lost, 1) == "beats plan 2 in 6 of 6 seeds"


def test_one_seed_has_a_ratio_without_an_interval() -> None:
    one = compare(run([[[1.0], [3.0]]]), 0, 1)
    assert (one.ratio, one.wins, one.seeds) == (pytest.approx(3.0), 1, 1)
    assert math.isnan(one.low)
    assert math.isnan(one.high)


def test_the_split_chooses_the_loss() -> None:
    history = run([[[1.0], [2.0]]], val=[[[4.0], [2.0]]])
    assert compare(history, 0, 1, "train").ratio == pytest.approx(2.0)
    assert compare(history, 0, 1, "val").ratio == pytest.approx(0.5)


def test_the_sentence() -> None:
    losses = [[[1.0] * 6, [2.0, 3.0, 4.0, 3.0, 3.0, 3.0]]]
    assert sentence(compare(run(losses), 0, 1), 1) == "beats plan 2 in 6 of 6 seeds, 3 x lower [2, 4]"
    assert sentence(compare(run(losses), 1, 0), 0) == "loses to plan 1 in 6 of 6 seeds, 3 x higher [2, 4]"
    tie = compare(run([[[1.0, 2.0], [1.0, 2.0]]]), 0, 1)
    assert sentence(tie, 1) == "equal to plan 2 in all 2 seeds"
    mixed = compare(run([[[1.0] * 6, [2.0, 2.0, 2.0, 2.0, 2.0, 0.5]]]), 0, 1)
    assert sentence(mixed, 1) == "lower than plan 2 in 5 of 6 seeds, higher in 1: may be chance"
    turned = compare(run([[[2.0, 2.0, 2.0, 2.0, 2.0, 0.5], [1.0] * 6]]), 0, 1)
    assert sentence(turned, 1) == "higher than plan 2 in 5 of 6 seeds, lower in 1: may be chance"
    few = compare(run([[[2.0] * 5, [1.0] * 5]]), 0, 1)
    assert sentence(few, 1) == "higher than plan 2 in 5 of 5 seeds: too few seeds to tell, 6 at least"


def test_a_loss_of_zero_wins_and_makes_no_nonsense() -> None:
    pair = compare(run([[[0.0, 1.0, 1.0], [1.0, 2.0, 2.0]]]), 0, 1)
    assert pair.wins == 3
    assert pair.ratio == pytest.approx(2.0)


def test_a_run_stopped_before_its_first_evaluation_has_results_without_numbers() -> None:
    history = run(np.empty((0, 2, 3)))
    with np.errstate(all="raise"):
        rows = results(history)
    assert len(rows) == 2
    assert all(
        math.isnan(row.final_train) and math.isnan(row.best_val) and math.isnan(row.metric) for row in rows
    )
    assert math.isnan(compare(history, 0, 1).ratio)
