"""Sums of a plan against the plain NumPy answer over every step, and where in the run they are spent."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import parse_plan
from lrcore.analysis import budget, budget_share, final_lr, lr_at, spent_by
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import SCHEDULES
from tests.analysis.runs import ANY_PARAMETERS, RUNS, curve, name
from tests.profiles import examples
from tests.strategies import plans


def test_every_registered_schedule_is_among_the_runs() -> None:
    assert {type(plan.schedule).kind for plan, _, _ in RUNS} >= set(SCHEDULES)


@pytest.mark.parametrize(("plan", "steps", "per"), RUNS, ids=name)
def test_budget_is_the_plain_sum(plan: Plan, steps: int, per: int) -> None:
    rates = curve(plan, steps, per)
    found = budget(plan, steps, per)
    assert found.total == pytest.approx(rates.sum(), rel=1e-9)
    assert found.squares == pytest.approx((rates * rates).sum(), rel=1e-9)


@pytest.mark.parametrize(("plan", "steps", "per"), RUNS, ids=name)
def test_share_and_its_inverse_are_those_of_the_cumulated_sum(plan: Plan, steps: int, per: int) -> None:
    cumulated = np.cumsum(curve(plan, steps, per))
    at = np.array([0, 1, steps // 3, steps - 1, steps, steps + 9])
    wanted = np.append(0.0, cumulated)[np.minimum(at, steps)] / cumulated[-1]
    np.testing.assert_allclose(budget_share(plan, at, steps, per), wanted, rtol=0, atol=1e-9)
    for share in (0.1, 0.5):
        n = spent_by(plan, share, steps, per)
        goal = share * cumulated[-1]
        assert cumulated[n - 1] >= goal * (1 - 1e-9)
        assert n == 1 or cumulated[n - 2] < goal * (1 + 1e-9)


@examples(60)
@given(runs=ANY_PARAMETERS)
def test_any_parameters(runs: tuple[list[Plan], int, int]) -> None:
    plans, steps, per = runs
    for plan in plans:
        rates = curve(plan, steps, per)
        found = budget(plan, steps, per)
        assert found.total == pytest.approx(rates.sum(), rel=1e-9), plan.text
        assert found.squares == pytest.approx((rates * rates).sum(), rel=1e-9), plan.text


@examples(250)
@given(plan=plans(30_000), steps=st.integers(1, 30_000), per=st.integers(1, 50))
def test_any_plan_of_any_kind(plan: Plan, steps: int, per: int) -> None:
    with np.errstate(over="ignore", under="ignore"):
        rates = curve(plan, steps, per).astype(np.longdouble)
        total, squares = float(rates.sum()), float((rates * rates).sum())
    found = budget(plan, steps, per)
    assert found.total == pytest.approx(total, rel=1e-9, abs=1e-290)
    assert found.squares == pytest.approx(squares, rel=1e-9, abs=1e-290)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("", "closed form"),
        ("StepLR(step_size=500, gamma=0.99)", "closed form"),
        ("StepLR(step_size=2, gamma=0.99999)", "closed form"),  # too many treads to look at each
        ("CosineAnnealingWarmRestarts(T_0=10)", "closed form"),
        ("Warmup(Constant(), warmup_steps=50)", "quadrature"),
        ("ChainedScheduler([StepLR(step_size=3, gamma=0.9999)])", "closed form"),
        ("ChainedScheduler([LinearLR(total_iters=777), StepLR(step_size=3, gamma=0.9999)])", "quadrature"),
        ("InverseTimeDecay(lr_decay=0.01)", "quadrature"),
        ("ExponentialDecay(decay_steps=2.5, decay_rate=0.99999, staircase=True)", "sum"),
        ("LambdaLR(lr_lambda='1 / (1 + epoch)')", "sum"),
    ],
)
def test_a_budget_says_how_it_was_found_and_the_sum_is_the_same(text: str, how: str) -> None:
    plan = parse_plan(f"lr=0.1 {text} per iteration")
    found = budget(plan, 10**6)
    assert found.how == how
    assert found.total == pytest.approx(curve(plan, 10**6, 1).sum(), rel=1e-11)


def test_ten_million_treads_cost_no_more_than_a_few() -> None:
    """A tread for each update; the geometric series is the answer."""
    plan = parse_plan("lr=1 StepLR(step_size=1, gamma=0.9999999) per iteration")
    assert budget(plan, 10**7).total == pytest.approx((1 - 0.9999999**10**7) / 1e-7, rel=1e-8)
    half = -math.log((1 + 0.9999999**10**7) / 2) * 1e7
    assert spent_by(plan, 0.5, 10**7) == pytest.approx(half, rel=1e-6)


def test_equal_treads_spend_half_of_the_budget_in_half_of_the_run() -> None:
    """However many they are: a running sum of 14,286 equal numbers would be off by one update."""
    plan = parse_plan("lr=0.1 StepLR(step_size=7, gamma=1) per iteration")
    assert spent_by(plan, 0.5, 100_000) == 50_000


def test_a_million_steps() -> None:
    for text in (
        "PowerLaw(power=0.7)",
        "InverseTimeDecay(lr_decay=0.01)",
        "CosineAnnealingLR(T_max=1e6)",
        "Noam()",
    ):
        plan = parse_plan(f"lr=0.1 {text} per iteration")
        assert budget(plan, 10**6).total == pytest.approx(curve(plan, 10**6, 1).sum(), rel=1e-11)


@pytest.mark.parametrize(
    "text",
    [
        "ExponentialLR(gamma=3)",
        "StepLR(step_size=30, gamma=3)",
        "StepLR(step_size=1, gamma=3)",
        "StepLR(step_size=1, gamma=1e200)",
        "Warmup(StepLR(step_size=1, gamma=3), warmup_steps=5000, shift=0)",
    ],
)
def test_growth_beyond_float64_is_infinite_and_quiet(text: str) -> None:
    plan = parse_plan(f"lr=1 {text} per iteration")
    assert budget(plan, 100_000).total == math.inf
    assert budget(plan, 100_000).squares == math.inf


@pytest.mark.parametrize(
    "text",
    [
        "StepLR(step_size=1, gamma=67238) per iteration",
        "CyclicLR(max_lr=9e5, step_size_up=2000, mode='triangular2', cycle_momentum=False) per iteration",
        "Warmup(Constant(), warmup_steps=8666, end_factor=4, shift=657)",
    ],
)
def test_rates_at_the_end_of_float64_are_no_nan(text: str) -> None:
    plan = parse_plan(f"lr=1e308 {text}")
    for steps in (6000, 67_238):
        assert (budget(plan, steps).total, budget(plan, steps).squares) == (math.inf, math.inf)


def test_a_factor_of_0_ends_a_chain_whose_other_factor_leaves_float64() -> None:
    plan = parse_plan("lr=0.1 ChainedScheduler([PolynomialLR(total_iters=9), ExponentialLR(gamma=1.1)])")
    with np.errstate(over="ignore"):
        assert plan.lr(10**5) == 0
        assert budget(plan, 10**5).total == pytest.approx(plan.lr(np.arange(9)).sum(), rel=1e-12)


def test_an_infinite_budget_is_spent_where_the_sum_leaves_float64() -> None:
    plan = parse_plan("lr=0.1 ExponentialLR(gamma=1.001) per iteration")
    with np.errstate(over="ignore"):
        wanted = int(np.argmax(np.isinf(np.cumsum(curve(plan, 10**6, 1))))) + 1
    assert spent_by(plan, 0.5, 10**6) == wanted


def test_half_of_the_budget_is_spent_at_the_geometric_mean_of_the_ends() -> None:
    plan = parse_plan("lr=1 InverseTimeDecay(lr_decay=0.001) per iteration")
    n = spent_by(plan, 0.5, 50_000)
    assert n == pytest.approx((math.sqrt(1 + 0.001 * 50_000) - 1) / 0.001, rel=1e-3)
    assert lr_at(plan, n) == pytest.approx(math.sqrt(final_lr(plan, 50_000)), rel=1e-3)


def test_refusals_are_sentences() -> None:
    plan = parse_plan("lr=0.1 StepLR(step_size=30)")
    for call in (budget, lambda plan, steps: budget_share(plan, 0, steps)):
        with pytest.raises(PlanError, match="at least 1 step"):
            call(plan, 0)
        with pytest.raises(PlanError, match="metric"):
            call(parse_plan("lr=0.1 ReduceLROnPlateau()"), 100)
    with pytest.raises(PlanError, match="between 0 and 1"):
        spent_by(plan, 1.5, 10)


@pytest.mark.parametrize(
    "text", ["LambdaLR(lr_lambda='0.95 ** (epoch // 30)')", "StepLR(step_size=7, gamma=0.5)"]
)
def test_all_is_spent_with_the_last_rate_above_0(text: str) -> None:
    """However little it adds to the sum, in which it is lost."""
    plan, steps = parse_plan(f"lr=0.0832 {text} per iteration"), 650_277
    assert spent_by(plan, 1.0, steps) == int(np.flatnonzero(plan.lr(np.arange(steps)) > 0)[-1]) + 1
    assert spent_by(parse_plan("lr=0.1"), 1.0, steps, 1000) == steps
    with pytest.raises(PlanError, match="at least 0"):
        budget_share(plan, [-1], 10)
