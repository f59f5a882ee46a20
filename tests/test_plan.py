"""A plan is a value that gives a rate for every step."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import Plan, PlanError, parse_plan
from lrcore.schedules.constant import Constant
from lrcore.schedules.step import StepLR
from tests.profiles import examples
from tests.strategies import plans

STEP = "lr=0.05 StepLR(step_size=30, gamma=0.1)"


@examples(200)
@given(plan=plans(), step=st.integers(0, 10**9), spe=st.integers(1, 10_000))
def test_the_rate_is_finite_and_has_the_shape_of_its_steps(plan: Plan, step: int, spe: int) -> None:
    rate = plan.lr(step, spe)
    assert rate.shape == ()
    assert rate.dtype == np.float64
    assert np.isfinite(rate)
    assert rate >= 0
    grid = plan.lr(np.array([[step, 0], [1, step]]), spe)
    assert grid.shape == (2, 2)
    # NumPy's power rounds a lone number its own way
    assert [grid[0, 0], grid[1, 1]] == pytest.approx([rate, rate], rel=1e-14)


def test_the_clock_says_what_the_schedule_counts() -> None:
    by_epoch, by_step = parse_plan("lr=1 StepLR(2, 0.5)"), parse_plan("lr=1 StepLR(2, 0.5) per iteration")
    assert by_epoch.clock == "epoch"
    assert by_step.clock == "iteration"
    steps = np.arange(12)
    np.testing.assert_array_equal(by_epoch.lr(steps, steps_per_epoch=3), [1] * 6 + [0.5] * 6)
    np.testing.assert_array_equal(by_step.lr(steps, steps_per_epoch=3), 0.5 ** (steps // 2))
    np.testing.assert_array_equal(by_epoch.lr(steps), by_step.lr(steps))
    assert by_epoch != by_step


def test_a_growing_schedule_saturates_and_a_falling_one_reaches_zero() -> None:
    with np.errstate(all="raise"):  # and says nothing on the way
        assert parse_plan("lr=1 ExponentialLR(gamma=10)").lr(400) == np.finfo(np.float64).max
        assert parse_plan("lr=1 ExponentialLR(gamma=0.1)").lr(400) == 0.0


@pytest.mark.parametrize("step", [-1, [0, -1], 0.5, [1.0], "1", True, None])
def test_a_step_is_a_whole_number(step: object) -> None:
    with pytest.raises(PlanError, match="whole number of at least 0"):
        parse_plan(STEP).lr(step)


@pytest.mark.parametrize("spe", [0, -3])
def test_steps_per_epoch_is_at_least_one(spe: int) -> None:
    with pytest.raises(PlanError, match="steps_per_epoch"):
        parse_plan(STEP).lr(0, spe)


def test_no_steps_have_no_rates() -> None:
    assert parse_plan(STEP).lr([]).shape == (0,)


def test_a_plan_is_immutable_and_hashable() -> None:
    plan = parse_plan(STEP)
    with pytest.raises(Exception, match="frozen"):
        plan.base_lr = 1.0
    with pytest.raises(Exception, match="frozen"):
        plan.schedule.gamma = 1.0
    assert len({plan, parse_plan(STEP), parse_plan("lr=0.05 StepLR(30)"), parse_plan("lr=0.05")}) == 2
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert str(plan) == STEP


def test_plans_that_differ_are_not_equal() -> None:
    texts = [
        "lr=1",
        "lr=2",
        "lr=1 per iteration",
        "lr=1 StepLR(2)",
        "lr=1 StepLR(3)",
        "lr=1 StepLR(2, 0.2)",
        "lr=1 ExponentialLR(0.1)",
    ]
    assert len({parse_plan(text) for text in texts}) == len(texts)


def test_a_plan_from_parts_equals_one_from_text() -> None:
    assert Plan(base_lr=0.05, schedule=StepLR(step_size=30)) == parse_plan(STEP)
    assert Plan(base_lr=0.3) == parse_plan("lr=0.3")
    assert parse_plan("lr=0.3").schedule == Constant()
