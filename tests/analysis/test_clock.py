"""The two clocks: the same curve on the other one, the updates of an epoch, and the ghost of the wrong
loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import parse_plan
from lrcore.analysis import (
    final_lr,
    to_epochs,
    to_iterations,
    updates_per_epoch,
    wrong_clock,
    wrong_clock_sentence,
)
from lrcore.errors import PlanError
from tests.profiles import examples
from tests.schedules.samples import SAMPLES

B = 20  # updates in an epoch
STAIRCASES = [
    "lr=0.1",
    "lr=0.05 StepLR(step_size=30, gamma=0.1)",
    "lr=0.1 MultiStepLR(milestones=[5, 20, 20], gamma=0.5)",
    "lr=0.1 ConstantLR(factor=0.5, total_iters=7)",
    "lr=0.1 ExponentialDecay(decay_steps=7, decay_rate=0.5, staircase=True, begin=3)",
    "lr=0.1 Piecewise([[5, 1], [20, 0.1]], interpolation='constant', relative=True)",
    "lr=0.1 SequentialLR([StepLR(step_size=4, gamma=0.5), MultiStepLR(milestones=[3])], milestones=[9])",
    "lr=0.1 ChainedScheduler([StepLR(step_size=4, gamma=0.5), Scaled(ConstantLR(total_iters=3), factor=2)])",
]
COUNTS_FROM_ONE = ("Noam",)
REFUSED = ("PowerLaw(power=0.75", "Formula(", "LambdaLR", "MultiplicativeLR")
SHIFTED = (
    "SequentialLR([StepLR(step_size=4, gamma=0.5), SequentialLR",
    "CosineAnnealingLR(T_max=10, eta_min",
    "OneCycleLR",
)


@pytest.mark.parametrize("text", STAIRCASES)
def test_a_staircase_keeps_its_curve_to_the_last_update(text: str) -> None:
    plan = parse_plan(text)
    moved = to_iterations(plan, B)
    assert moved.clock == "iteration"
    n = np.arange(100 * B)
    np.testing.assert_array_equal(moved.lr(n, B), plan.lr(n, B))


@pytest.mark.parametrize(
    "text",
    [
        text
        for text in SAMPLES
        if "per iteration" not in text and not any(r in text for r in (*REFUSED, *SHIFTED))
    ],
)
def test_a_smooth_curve_goes_through_the_first_update_of_each_epoch(text: str) -> None:
    plan = parse_plan(text)
    moved = to_iterations(plan, B)
    epochs = np.arange(60)
    place = epochs * B + (B - 1 if any(kind in text for kind in COUNTS_FROM_ONE) else 0)
    np.testing.assert_allclose(moved.lr(place, B), plan.lr(epochs, 1), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    "text", [text for text in SAMPLES if "per iteration" not in text and not any(r in text for r in REFUSED)]
)
def test_there_and_back(text: str) -> None:
    plan = parse_plan(text)
    there = to_iterations(plan, B)
    back = to_epochs(there, B)
    assert back.clock == "epoch"
    n = np.arange(60)
    np.testing.assert_allclose(back.lr(n), plan.lr(n), rtol=1e-9)
    assert to_iterations(there, B) == there
    assert to_epochs(plan, B) == plan


def test_one_cycle_keeps_its_ends_and_its_peak() -> None:
    """It climbs from update 0 to pT - 1, so that in between the two clocks are apart by less than an
    epoch."""
    plan = parse_plan("lr=0.1 OneCycleLR(max_lr=0.5, total_steps=40)")
    moved = to_iterations(plan, B)
    assert moved.lr(0) == plan.lr(0)
    assert moved.lr(12 * B - 1, B) == plan.lr(12 * B - 1, B) == 0.5
    assert moved.lr(40 * B - 1, B) == plan.lr(40 * B - 1, B)
    n = np.arange(40 * B)
    assert np.abs(moved.lr(n, B) - plan.lr(n, B)).max() <= np.abs(np.diff(plan.lr(np.arange(40)))).max()


def test_the_formulas_of_the_reference() -> None:
    """semantics.md, section 4: S_it = S_ep n_b, d_it = d_ep / n_b, gamma_it = gamma_ep^(1/n_b)."""
    assert to_iterations(parse_plan("lr=1 StepLR(step_size=30)"), 100).schedule.step_size == 3000
    assert to_iterations(parse_plan("lr=1 InverseTimeDecay(lr_decay=0.01)"), 1000).schedule.lr_decay == 1e-5
    assert to_iterations(parse_plan("lr=1 ExponentialLR(gamma=0.81)"), 2).schedule.gamma == pytest.approx(0.9)
    assert (
        to_iterations(parse_plan("lr=1 PowerLaw(power=1)"), 10).text
        == "lr=1 InverseTimeDecay(lr_decay=0.1) per iteration"
    )


@pytest.mark.parametrize(
    "text",
    [
        "PowerLaw(power=0.75)",
        "LambdaLR(lr_lambda='0.95 ** epoch')",
        "Formula('0.9 ** t', T=5)",
        "ReduceLROnPlateau()",
    ],
)
def test_what_cannot_be_converted_is_said(text: str) -> None:
    with pytest.raises(PlanError, match=text.split("(")[0]):
        to_iterations(parse_plan(f"lr=0.1 {text}"), 10)


def test_part_of_an_epoch_is_no_count() -> None:
    with pytest.raises(PlanError, match=r"step_size=25 updates are 2\.5 epochs"):
        to_epochs(parse_plan("lr=0.1 StepLR(step_size=25) per iteration"), 10)
    with pytest.raises(PlanError, match="milestones=7"):
        to_epochs(parse_plan("lr=0.1 MultiStepLR(milestones=[10, 7]) per iteration"), 10)
    with pytest.raises(PlanError, match="at least 1"):
        to_epochs(parse_plan("lr=0.1"), 0)


@examples(100)
@given(
    points=st.integers(1, 10**6),
    batch=st.integers(1, 4096),
    accumulation=st.integers(1, 64),
    gpus=st.integers(1, 64),
)
def test_updates_of_an_epoch_by_counting(points: int, batch: int, accumulation: int, gpus: int) -> None:
    share = len(range(0, points, gpus))  # what the first of the GPUs gets when points are dealt out
    batches = len(range(0, share, batch))
    assert updates_per_epoch(points, batch, accumulation, gpus) == len(range(0, batches, accumulation))
    whole = points // gpus // batch // accumulation
    if whole:
        assert updates_per_epoch(points, batch, accumulation, gpus, drop_last=True) == whole
    else:
        with pytest.raises(PlanError, match="do not fill one update"):
            updates_per_epoch(points, batch, accumulation, gpus, drop_last=True)


@pytest.mark.parametrize(
    "wrong", [{"batch_size": 0}, {"gpus": 1.5}, {"accumulation": True}, {"dataset_size": -3}]
)
def test_counts_are_whole_numbers(wrong: dict[str, int]) -> None:
    with pytest.raises(PlanError, match=next(iter(wrong))):
        updates_per_epoch(**{"dataset_size": 100, "batch_size": 10, **wrong})


def test_a_refused_count_is_named_as_its_field_on_the_page_is() -> None:
    with pytest.raises(PlanError, match="the points in the data, must be a whole number"):
        updates_per_epoch(0, 10)


def test_the_ghost() -> None:
    """semantics.md, section 4: StepLR(30, .1) stepped per batch (100 batches, 90 epochs) drops 299 times."""
    plan = parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.1)")
    ghost = wrong_clock(plan)
    assert (ghost.clock, ghost.schedule, ghost.base_lr) == ("iteration", plan.schedule, plan.base_lr)
    assert wrong_clock(ghost) == plan
    assert "299 times instead of twice" in wrong_clock_sentence(plan, 9000, 100)


def test_the_same_decay_on_both_clocks() -> None:
    """d = .01 for 30 epochs of 1000 batches: per epoch the rate ends at 77 %, per iteration at 0.33 %."""
    plan = parse_plan("lr=1 InverseTimeDecay(lr_decay=0.01)")
    assert final_lr(plan, 30_000, 1000) == pytest.approx(0.775, abs=1e-3)
    assert final_lr(wrong_clock(plan), 30_000, 1000) == pytest.approx(0.0033, abs=5e-5)
    sentence = wrong_clock_sentence(plan, 30_000, 1000)
    assert sentence == (
        "Stepped per iteration instead of per epoch, it falls to half after 100 updates instead of never "
        "and ends at 0.003322 instead of 0.7752."
    )
    assert "the same" in wrong_clock_sentence(plan, 100, 1)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("MultiStepLR(milestones=[5, 5, 9], gamma=0.1)", "drops twice instead of twice"),
        ("StepLR(step_size=1, gamma=0.1)", "drops 323 times instead of 39 and ends at 0 "),
        ("StepLR(step_size=4000, gamma=0.1)", "drops never instead of never"),
        (
            "LinearLR(start_factor=1, end_factor=0.8, total_iters=30)",
            "does not come to half of its peak either",
        ),
    ],
)
def test_the_sentence_counts_what_the_curves_do(plan: str, said: str) -> None:
    assert said in wrong_clock_sentence(parse_plan(f"lr=0.1 {plan}"), 4000, 100)
