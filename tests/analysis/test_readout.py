"""Read-outs against the plain NumPy answer over every step, the tables of the reference, and the
Robbins-Monro rules."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import parse_plan
from lrcore.analysis import (
    Peak,
    budget,
    budget_share,
    final_lr,
    first_below,
    half_life,
    lr_at,
    peak,
    readout,
    spent_by,
)
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import SCHEDULES
from tests.profiles import examples
from tests.schedules.samples import SAMPLES

N = 100_000
LONG = [
    "StepLR(step_size=30, gamma=0.9999)",
    "StepLR(step_size=7, gamma=1)",
    "StepLR(step_size=40_000, gamma=0.4807)",
    "StepLR(step_size=900, gamma=1.05)",
    "MultiStepLR(milestones=[5, 5000, 5000, 70_001], gamma=0.3)",
    "ConstantLR(factor=0.5, total_iters=777)",
    "LinearLR(start_factor=0.01, total_iters=30_000)",
    "ExponentialLR(gamma=0.99998)",
    "ExponentialLR(gamma=0.5)",
    "ExponentialLR(gamma=1.0001)",
    "ExponentialDecay(decay_steps=1234.5, decay_rate=0.7, staircase=True, begin=999)",
    "ExponentialDecay(decay_steps=1000, decay_rate=0.9, staircase=True)",
    "ExponentialDecay(decay_steps=5000, decay_rate=0.5, end_lr=1e-3)",
    "InverseTimeDecay(lr_decay=5e-5)",
    "InverseTimeDecay(lr_decay=3)",
    "InverseTimeDecay(lr_decay=1e-14)",
    "InverseTimeDecay(lr_decay=0.07, staircase=True)",
    "InverseTimeDecay(lr_decay=0.003, staircase=True, decay_steps=500)",
    "PolynomialLR(total_iters=90_000, power=1)",
    "PolynomialLR(total_iters=90_000, power=0.5)",
    "PolynomialDecay(decay_steps=33_333.3, end_lr=0.01)",
    "PolynomialDecay(decay_steps=70, end_lr=0.001, power=0.6, cycle=True)",
    "PolynomialDecay(decay_steps=9.5, power=1.5, cycle=True)",
    "CosineAnnealingLR(T_max=100_000, eta_min=1e-3)",
    "CosineAnnealingLR(T_max=12.34)",
    "CosineAnnealingLR(T_max=1, eta_min=0.01)",
    "CosineAnnealingLR(T_max=0.7)",
    "CosineAnnealingWarmRestarts(T_0=50)",
    "CosineAnnealingWarmRestarts(T_0=500, T_mult=2, eta_min=1e-3)",
    "CosineCycles(T=2.5, cycle_limit=None, cycle_decay=0.999, eta_min=1e-6)",
    "CosineCycles(T=999.9, cycle_limit=20, cycle_decay=0.9, decay_of='swing', min_ratio=0.1)",
    "TanhDecay(T=77_777)",
    "CyclicLR(max_lr=0.5, step_size_up=7, mode='triangular2')",
    "CyclicLR(base_lr=0, max_lr=0.5, step_size_up=2000, step_size_down=500, mode='exp_range', gamma=0.9999)",
    "CyclicLR(max_lr=0.01, step_size_up=3000)",
    "OneCycleLR(max_lr=0.5, total_steps=90_000)",
    "OneCycleLR(max_lr=0.5, total_steps=90_000, three_phase=True, anneal_strategy='linear')",
    "Warmup(CosineCycles(T=95_000), warmup_steps=5000)",
    "Warmup(StepLR(step_size=200, gamma=0.99), warmup_steps=500, shift=700)",
    "Warmup(InverseTimeDecay(lr_decay=0.01), warmup_steps=500, shift=0)",
    "Warmup(ExponentialLR(gamma=0.9999), warmup_steps=5000, shape='1-sqrt')",
    "InverseSqrt(warmup_steps=4000)",
    "Noam(warmup_steps=4000)",
    "PowerLaw(power=0.5)",
    "PowerLaw(power=3)",
    "REX(total_steps=80_000)",
    "WarmupStableDecay(total_steps=90_000, warmup_steps=1000, decay_steps=30_000)",
    (
        "WarmupStableDecay(total_steps=90_000, warmup_steps=1000, decay_steps=30_000, stable_shape='power',"
        " min_ratio=0.3)"
    ),
    "TriStage(warmup_steps=4000, hold_steps=10_000, decay_steps=60_000)",
    "SWALR(swa_lr=0.02, anneal_epochs=30_000)",
    "Piecewise([[0, 0], [10_000, 0.5], [30_000, 0.05], [30_000, 0.2]], interpolation='cosine')",
    (
        "SequentialLR([LinearLR(total_iters=5000), CyclicLR(max_lr=0.4, step_size_up=11),"
        " SWALR(swa_lr=0.01)], milestones=[5000, 60_000])"
    ),
    "ChainedScheduler([LinearLR(total_iters=900), ExponentialLR(gamma=0.5)])",
    "ChainedScheduler([LinearLR(total_iters=900), StepLR(step_size=3, gamma=0.999)])",
    "ChainedScheduler([CosineAnnealingLR(T_max=200_000), LinearLR(total_iters=9000)])",
    "ChainedScheduler([CosineAnnealingLR(T_max=50, eta_min=0.001), ConstantLR(total_iters=9)])",
    "LambdaLR(lr_lambda='1 if epoch % 1000 < 3 else 0.1')",
    "Formula('base_lr * abs(sin(t))')",
]
PLANS = [parse_plan(f"lr=0.1 {text} per iteration") for text in LONG]
RUNS = [(plan, N, 1) for plan in PLANS] + [
    (parse_plan(text), steps, per) for text in SAMPLES for steps, per in ((997, 7), (40, 1))
]
RUNS += [(parse_plan(plan.text.removesuffix(" per iteration")), N, 7) for plan in PLANS[::3]]


def curve(plan: Plan, steps: int, per_epoch: int) -> np.ndarray:
    return plan.lr(np.arange(steps), per_epoch)


def name(value: object) -> str | None:
    return value.text[:60] if isinstance(value, Plan) else None


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


@pytest.mark.parametrize(("plan", "steps", "per"), RUNS, ids=name)
def test_searches_give_the_answer_of_looking_at_every_step(plan: Plan, steps: int, per: int) -> None:
    rates = curve(plan, steps, per)
    top = int(np.argmax(rates))
    assert peak(plan, steps, per) == Peak(float(rates[top]), top)
    below = np.flatnonzero(rates[top:] <= rates[top] / 2 * (1 + 1e-12))
    assert half_life(plan, steps, per) == (int(below[0]) if len(below) else None)
    for value in (
        rates.min(),
        rates[steps // 2],
        rates[-1],
        rates.mean(),
        rates.max(),
        0.0,
        9.0 * rates.max() + 1,
    ):
        hits = np.flatnonzero(rates < value)
        assert first_below(plan, float(value), steps, per) == (int(hits[0]) if len(hits) else None)


@examples(60)
@given(
    steps=st.integers(1, 30_000),
    per=st.integers(1, 50),
    size=st.integers(1, 9000),
    gamma=st.floats(1e-3, 1.0),
    share=st.floats(1e-4, 2.0),
    power=st.floats(0.0, 4.0),
)
def test_any_parameters(steps: int, per: int, size: int, gamma: float, share: float, power: float) -> None:
    for text in (
        f"StepLR(step_size={size}, gamma={gamma})",
        f"InverseTimeDecay(lr_decay={gamma})",
        f"CosineAnnealingLR(T_max={size * share}, eta_min={gamma})",
        f"PolynomialLR(total_iters={size}, power={power})",
        f"CosineCycles(T={size * share}, cycle_limit=None, cycle_decay={gamma}, cycle_mul={1 + power})",
        (
            f"CyclicLR(max_lr=1, step_size_up={size}, step_size_down={steps % 7}, mode='exp_range',"
            f" gamma={gamma ** (1 / size)})"
        ),
        f"SequentialLR([LinearLR(total_iters={size}), PowerLaw(power={power})], milestones=[{size}])",
        f"PolynomialDecay(decay_steps={size % 30 + 1}, power={power}, cycle=True)",
    ):
        for clock in ("", " per iteration"):
            plan = parse_plan(f"lr=0.5 {text}{clock}")
            rates = curve(plan, steps, per)
            found = budget(plan, steps, per)
            assert found.total == pytest.approx(rates.sum(), rel=1e-9), plan.text
            assert found.squares == pytest.approx((rates * rates).sum(), rel=1e-9), plan.text
            hits = np.flatnonzero(rates < 0.2)
            assert first_below(plan, 0.2, steps, per) == (int(hits[0]) if len(hits) else None), plan.text


def test_a_million_steps() -> None:
    for text in (
        "PowerLaw(power=0.7)",
        "InverseTimeDecay(lr_decay=0.01)",
        "CosineAnnealingLR(T_max=1e6)",
        "Noam()",
    ):
        plan = parse_plan(f"lr=0.1 {text} per iteration")
        assert budget(plan, 10**6).total == pytest.approx(curve(plan, 10**6, 1).sum(), rel=1e-11)


def test_growth_beyond_float64_is_infinite_and_quiet() -> None:
    assert budget(parse_plan("lr=1 ExponentialLR(gamma=3) per iteration"), 10_000).total == math.inf


@pytest.mark.parametrize(
    ("text", "middle", "total", "mean", "half", "squares"),
    [
        ("InverseTimeDecay(lr_decay=5e-5)", 2.00e-5, 4.394, 0.275, 25.0, 1.78e-4),
        (f"ExponentialLR(gamma={9 ** (-1 / 160_000)!r})", 3.33e-5, 6.473, 0.405, 26.8, 3.60e-4),
        ("StepLR(step_size=40_000, gamma=0.4807498567691361)", 2.31e-5, 7.292, 0.456, 22.8, 5.19e-4),
        (f"CosineAnnealingLR(T_max=160_000, eta_min={1e-4 / 9!r})", 5.56e-5, 8.889, 0.556, 29.6, 6.52e-4),
        (
            f"LinearLR(start_factor=1, end_factor={1 / 9!r}, total_iters=160_000)",
            5.56e-5,
            8.889,
            0.556,
            32.5,
            5.99e-4,
        ),
        ("LinearLR(start_factor=1, end_factor=0, total_iters=160_000)", 5.00e-5, 8.000, 0.500, 29.3, 5.33e-4),
        ("", 1e-4, 16.0, 1.0, 50.0, 1.6e-3),
    ],
)
def test_the_table_of_the_reference(
    text: str, middle: float, total: float, mean: float, half: float, squares: float
) -> None:
    """semantics.md, section 1: seven curves from 1e-4 over 160,000 iterations."""
    found = readout(parse_plan(f"lr=1e-4 {text} per iteration"), 160_000)
    plan = parse_plan(f"lr=1e-4 {text} per iteration")
    assert lr_at(plan, 80_000) == pytest.approx(middle, abs=5.01e-8)
    assert round(found.total, 3) == total
    assert found.mean / 1e-4 == pytest.approx(mean, abs=5.01e-4)
    assert round(100 * found.half_spent_share, 1) == half
    assert found.squares == pytest.approx(squares, rel=5e-3)


def test_half_of_the_budget_is_spent_at_the_geometric_mean_of_the_ends() -> None:
    plan = parse_plan("lr=1 InverseTimeDecay(lr_decay=0.001) per iteration")
    n = spent_by(plan, 0.5, 50_000)
    assert n == pytest.approx((math.sqrt(1 + 0.001 * 50_000) - 1) / 0.001, rel=1e-3)
    assert lr_at(plan, n) == pytest.approx(math.sqrt(final_lr(plan, 50_000)), rel=1e-3)


def test_half_lives_of_the_three_shapes() -> None:
    """A hyperbola's halvings double in length, an exponential's stay, a line's halve."""
    wanted = {
        "InverseTimeDecay(lr_decay=0.001)": [1000, 3000, 7000],
        "LinearLR(start_factor=1, end_factor=0, total_iters=8000)": [4000, 6000, 7000],
    }
    for text, steps in wanted.items():
        plan = parse_plan(f"lr=1 {text} per iteration")
        assert [first_below(plan, 0.5**k * (1 + 1e-9), 9000) for k in (1, 2, 3)] == steps
    assert half_life(parse_plan("lr=1 PowerLaw(power=1) per iteration"), 100) == 1
    assert (
        half_life(
            parse_plan("lr=1 Warmup(InverseTimeDecay(lr_decay=0.01), warmup_steps=50) per iteration"), 1000
        )
        == 100
    )


def test_refusals_are_sentences() -> None:
    plan = parse_plan("lr=0.1 StepLR(step_size=30)")
    for call in (budget, peak, half_life, final_lr, readout):
        with pytest.raises(PlanError, match="at least 1 step"):
            call(plan, 0)
        with pytest.raises(PlanError, match="metric"):
            call(parse_plan("lr=0.1 ReduceLROnPlateau()"), 100)
    with pytest.raises(PlanError, match="between 0 and 1"):
        spent_by(plan, 1.5, 10)
    with pytest.raises(PlanError, match="at least 0"):
        budget_share(plan, [-1], 10)
