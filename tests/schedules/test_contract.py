"""What every schedule promises, over the whole registry."""

from __future__ import annotations

import pickle
import typing
from itertools import chain, pairwise, takewhile

import numpy as np
import pytest

from lrcore import Plan, PlanError, parse_plan
from lrcore.schedules import FEEDBACK, SCHEDULES, Schedule
from lrcore.schedules.formula.schedule import Formula
from lrcore.schedules.shapes.knots import Knots
from lrcore.schedules.shapes.ramps import half_wave
from lrcore.values.parameter import TICKS, parameters
from tests.schedules.samples import SAMPLES

PLANS = [parse_plan(text) for text in SAMPLES]
EVERY = [*SCHEDULES.values(), *FEEDBACK.values()]
HORIZON = 60
plans = pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.text[:60])
classes = pytest.mark.parametrize("cls", EVERY, ids=lambda cls: cls.kind)


def test_every_registered_schedule_has_a_sample() -> None:
    assert {plan.schedule.kind for plan in PLANS} == set(SCHEDULES)


@plans
def test_text_reads_back(plan: Plan) -> None:
    assert parse_plan(plan.text) == plan
    assert hash(parse_plan(plan.text)) == hash(plan)
    assert pickle.loads(pickle.dumps(plan)) == plan


@pytest.mark.parametrize(
    "text", [text for text in SAMPLES if "SequentialLR" in text or "Chained" in text or text == "lr=0.3"]
)
def test_compositions_are_printed_as_they_are_typed(text: str) -> None:
    assert parse_plan(text).text == text


@plans
def test_json_reads_back(plan: Plan) -> None:
    dumped = plan.schedule.model_dump(mode="json")
    assert SCHEDULES[dumped["kind"]](**dumped) == plan.schedule


@plans
def test_finite_nonnegative_float64_and_scalar_equals_vector(plan: Plan) -> None:
    steps = np.arange(200)
    rates = plan.schedule.lr(steps, plan.base_lr)
    assert rates.dtype == np.float64
    assert rates.shape == steps.shape
    assert np.isfinite(rates).all()
    assert (rates >= 0).all()
    np.testing.assert_allclose(
        rates, [float(plan.schedule.lr(int(step), plan.base_lr)) for step in steps], rtol=1e-12, atol=1e-15
    )
    square = plan.schedule.lr(steps.reshape(10, 20)[::-1], plan.base_lr)
    np.testing.assert_allclose(square, rates.reshape(10, 20)[::-1], rtol=1e-12, atol=1e-15)
    assert plan.schedule.lr(np.array([], dtype=np.int64), plan.base_lr).shape == (0,)
    assert np.shape(plan.schedule.lr(7, plan.base_lr)) == ()


@plans
def test_any_step(plan: Plan) -> None:
    far = plan.lr(np.array([0, 10**5, 10**6]))
    assert np.isfinite(far).all()
    assert (far >= 0).all()
    np.testing.assert_allclose(far[-1], plan.lr(10**6), rtol=1e-9, atol=1e-12)


def test_half_a_wave_is_never_below_0() -> None:
    """Rounding next to its end: a root of it would be no number."""
    assert half_wave(1 - np.logspace(-16, -3, 100_000)).min() == 0


@plans
def test_momentum_is_a_fraction_of_the_same_shape(plan: Plan) -> None:
    driven = plan.schedule.momentum(np.arange(HORIZON))
    if driven is not None:
        assert driven.shape == (HORIZON,)
        assert ((driven >= 0) & (driven < 1)).all()


@plans
def test_knots_ascend_from_1_and_are_lazy(plan: Plan) -> None:
    for steps in plan.schedule.knots(HORIZON):
        assert all(earlier <= later for earlier, later in pairwise(steps))
        assert all(step >= 0 for step in steps)
    far = plan.schedule.knots(10**9)  # a billion steps of staircase cost nothing
    assert not any(isinstance(steps, (list, np.ndarray)) for steps in far)
    assert _early(far) == _early(plan.schedule.knots(HORIZON))
    assert all(steps[len(steps) // 2] <= steps[-1] for steps in far if steps)


def _early(knots: Knots) -> set[int]:
    return {step for steps in knots for step in takewhile(lambda step: step < HORIZON, steps)}


@plans
def test_knots_are_where_pieces_start(plan: Plan) -> None:
    """Between two knots a curve is one piece: a flat one is constant there, and no jump hides there."""
    knots = sorted({step for step in chain.from_iterable(plan.schedule.knots(HORIZON)) if 0 < step < HORIZON})
    edges = [0, *knots, HORIZON]
    rates = plan.lr(np.arange(HORIZON))
    span = rates.max() - rates.min()
    for start, end in pairwise(edges):
        piece = rates[start:end]
        if plan.schedule.flat:
            assert np.ptp(piece) == 0, (start, end)
        elif len(piece) > 3 and span:
            jumps = np.abs(np.diff(piece))
            others = np.sort(jumps)[:-1]
            # the largest move inside a piece is not a jump: its neighbours move too (the end of a tanh or of
            # 1-sqrt is steep)
            assert jumps.max() <= 4 * others.max() + 0.02 * span, (start, end)


@classes
def test_docstring(cls: type[Schedule]) -> None:
    assert cls.title
    assert cls.__doc__ is not None
    assert "Source:" in cls.__doc__
    assert ">>>" in cls.__doc__
    assert typing.get_type_hints(cls.lr)


@classes
def test_parameters_are_declared_for_sliders(cls: type[Schedule]) -> None:
    for name, item in parameters(cls).items():
        assert item.help, name
        if item.slider is None:
            continue
        low, high = item.slider
        assert low < high, name
        assert item.scale == "linear" or low > 0, name
        assert item.low is None or low > item.low or (low == item.low and not item.open_low), name
        assert item.high is None or high < item.high or (high == item.high and not item.open_high), name
        if item.unit == TICKS:
            assert item.slider_range(500) == (low, 500.0), name


@classes
def test_numbers_that_are_none_are_refused(cls: type[Schedule]) -> None:
    sample = next((plan.schedule for plan in PLANS if plan.schedule.kind == cls.kind), None) or cls()
    for name, item in parameters(cls).items():
        if item.type not in (int, float):
            continue
        for value in (np.nan, np.inf, -np.inf, -1e9 if item.low is not None else np.nan, "1", True):
            with pytest.raises(PlanError, match=name):
                sample.replace(name, value)


@plans
def test_replace_validates_and_keeps_the_rest(plan: Plan) -> None:
    schedule = plan.schedule
    for name, item in schedule.controls().items():
        if item.type is float and item.slider is not None and item.slider[0] > 0:
            try:
                changed = schedule.replace(name, item.slider[0])
            except PlanError:  # two parameters that exclude each other
                continue
            named = schedule.parameters if isinstance(schedule, Formula) else {}
            wanted = (
                {"parameters": {**named, name: item.slider[0]}} if name in named else {name: item.slider[0]}
            )
            assert type(changed) is type(schedule)
            assert changed.model_dump() == {**schedule.model_dump(), **wanted}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("StepLR(step_size=0)", "step_size=0"),
        ("StepLR(step_size=2.5)", "step_size"),
        ("ConstantLR(factor=0)", "factor"),
        ("LinearLR(total_iters=0)", "total_iters"),
        ("CosineAnnealingLR(T_max=0)", "T_max"),
        ("CosineAnnealingWarmRestarts(T_0=0)", "T_0"),
        ("CyclicLR(max_lr=1, step_size_up=0)", "step_size_up"),
        ("CyclicLR(max_lr=1, mode='square')", "one of triangular"),
        ("OneCycleLR(max_lr=1, total_steps=10, pct_start=0.1)", "no step to climb"),
        ("PolynomialDecay(decay_steps=5, power=-1)", "power"),
        ("TanhDecay(T=5, lb=3, ub=3)", "not below"),
        ("CosineCycles(T=5, eta_min=0.1, min_ratio=0.1)", "one of them"),
        ("WarmupStableDecay(total_steps=10, warmup_steps=6, decay_steps=5)", "do not fit"),
        ("WarmupStableDecay(total_steps=10, decay_steps=5, stable_shape='power')", "timescale"),
        ("SequentialLR([Constant()], milestones=[3])", "0 milestones"),
        ("SequentialLR([Constant(), Constant(), Constant()], milestones=[3, 2])", "sort them"),
        ("SequentialLR([Constant(), 3], milestones=[3])", "not a schedule"),
        ("SequentialLR([], milestones=[])", "schedulers"),
        ("ChainedScheduler([ReduceLROnPlateau()])", "needs a metric"),
        ("Warmup(ReduceLROnPlateau(), warmup_steps=5)", "needs a metric"),
        ("Piecewise([[5, 1], [2, 1]])", "sort the points"),
        ("Piecewise([[5, -1]])", "points"),
        ("Piecewise([])", "points"),
        ("Noam(d_model=0)", "d_model"),
    ],
)
def test_degenerate_parameters_are_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(PlanError, match=reason.replace("[", r"\[")):
        parse_plan("lr=0.1 " + text)


def test_a_chain_without_a_closed_form_says_how_far_it_goes() -> None:
    plan = parse_plan(
        "lr=0.1 ChainedScheduler([StepLR(step_size=9), CosineAnnealingLR(T_max=10, eta_min=0.001)])"
    )
    with pytest.raises(PlanError, match="10,000,000"):
        plan.lr(10**9)


@plans
def test_a_multiple_of_a_plan_has_that_multiple_of_each_rate(plan: Plan) -> None:
    steps = np.arange(300)
    for factor in (0.25, 4.0):
        np.testing.assert_allclose(
            plan.multiplied(factor).lr(steps), factor * plan.lr(steps), rtol=1e-12, atol=1e-300
        )
        assert plan.multiplied(factor).multiplied(1 / factor) == plan
