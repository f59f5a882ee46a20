"""A cause is named where it was planted, and not where something else made the difference."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.results.causes import CAUSES, reasons
from lrcore.results.comparison import final
from lrcore.results.facts import Facts
from tests.benchmarks.evidence import said
from tests.results.simulated import CASES, HIGH, LOW, NOISE, STEP, Case, World, simulate


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_planted_is_told_and_nothing_else(case: Case) -> None:
    counts = said(case, 12, 60, NOISE["stuck"])
    assert [
        name for name, share in counts.items() if name not in (case.cause, case.also) and share > 0.05
    ] == []
    if case.cause:
        assert counts[case.cause] >= 0.7
        # of seven plans with the same cause one sentence tells
        assert said(case, 16, 5, copies=7)[case.cause] == 1.0


def test_each_cause_is_planted_somewhere() -> None:
    assert {case.cause for case in CASES} - {""} == {cause.name for cause in CAUSES}


def facts() -> Facts:
    rng = np.random.default_rng(4)
    return Facts(*simulate((HIGH, STEP), 8, World(power=0.5, noise=0.9), rng), "train")


def test_the_facts_of_rates_are_those_of_the_plans() -> None:
    seen = facts()
    assert (seen.best, seen.others) == (1, [0])
    assert (seen.peak(1), seen.last_rate(1)) == pytest.approx((0.3, 0.3 * 0.3**3))
    assert seen.budget(1) == pytest.approx(500 * 0.3 * (1 + 0.3 + 0.09 + 0.027))
    fell = seen.fell(1, 0)
    assert fell is not None
    assert seen.history.step[fell - 1] <= 500 < seen.history.step[fell]
    assert seen.fell(0, 1) is None
    assert seen.holds_its_rate(0)


@pytest.mark.parametrize(
    ("which", "times", "falls"),
    [
        (slice(0, 0), 1.0, True),
        (slice(-3, None), 1.05, False),  # it fell over the last third, and no more at the end
        (slice(20, 21), 0.2, False),  # it ends far above what it once had: noise
    ],
)
def test_a_loss_that_does_not_fall_to_the_end_has_not_merely_got_less_far(
    which: slice, times: float, falls: bool
) -> None:
    experiment, history = simulate((LOW, HIGH), 12, World(power=0.8), np.random.default_rng(4))
    history.train_loss[which, 0] *= times
    seen = Facts(experiment, history, "train")
    assert seen.last_fall(0)[1]
    assert seen.still_falls(0) == falls
    assert ("lower rates" in {reason.cause.name for reason in reasons(seen)}) == falls


def test_a_run_that_was_stopped_has_the_same_facts_as_far_as_it_went() -> None:
    whole = facts()
    count = int(np.searchsorted(whole.history.step, 1200))
    parts = {name: getattr(whole.history, name)[:count] for name in ("step", "train_loss", "val_loss", "lr")}
    nothing = np.empty((0, 2, 8))
    stopped = Facts(
        whole.experiment,
        type(whole.history)(
            **parts,
            val_metric=whole.history.val_metric[:count],
            diverged_at=whole.history.diverged_at,
            minibatch_loss=nothing,
            applied_lr=nothing,
        ),
        "train",
    )
    assert stopped.stopped
    assert not whole.stopped
    done = int(stopped.history.step[-1])
    assert len(stopped.rates[1]) == done
    # between two evaluations the rate is taken to be the later one's
    assert stopped.budget(1) == pytest.approx(whole.rates[1][:done].sum(), rel=0.05)


def test_the_loss_of_guessing_is_known_from_the_task() -> None:
    assert facts().chance() == pytest.approx(np.log(2))
    rng = np.random.default_rng(4)
    experiment, history = simulate((HIGH, STEP), 6, World(), rng, data="sine")
    variance = 0.8
    history.val_metric[:] = 1 - history.val_loss / variance
    assert Facts(experiment, history, "train").chance() == pytest.approx(variance)


def test_a_seed_that_diverged_is_worse_than_any_from_then_on() -> None:
    seen = facts()
    seen.history.diverged_at[0, :7] = 1000
    assert np.isinf(final(seen.history.train_loss, seen.history.diverged_at)[0, :7]).all()
    assert np.isinf(seen.train[-1, 0, :7]).all()
    assert np.isfinite(seen.train[10, 0]).all()
    assert not seen.unlearnt(0), "seven of eight are not shown to"
    seen.history.diverged_at[0, 7] = 1000
    assert seen.unlearnt(0)
