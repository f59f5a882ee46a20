"""The formula of every kind has the rates of the kind, as an expression and in the LaTeX on the page."""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrcore import Plan, parse_plan, plan_to_code
from lrcore.errors import PlanError
from lrcore.schedules import FEEDBACK, SCHEDULES, Schedule
from lrcore.schedules.formula.latex import ROWS_MAX, rate_latex
from lrcore.schedules.formula.rate import Rate
from lrcore.schedules.schedule import TABLE
from lrcore.schedules.sequential import SequentialLR
from lrcore.schedules.step import StepLR
from lrcore.values.parameter import TICKS, parameters
from tests.latex import latex_value
from tests.schedules.samples import SAMPLES
from tests.strategies import SIMPLE, made

STEPS = np.arange(81)
MORE = [
    "lr=0.1 Formula('lr * 0.1 ** int(epoch / 30)')",
    "lr=0.1 Formula('0.5 * lr * (1 + math.cos(math.pi * t / T))', T=80)",
    "lr=0.1 Formula('lr * a ** 2 * clip(1 - epoch // 7 / 20, 0.1, 1)', parameters={'a': -0.5})",
    "lr=0.1 Formula('lr * (t < 5) + 0.1 * (not t > 60) if t < 70 or t >= 90 else exp(-t) * math.e')",
    "lr=0.1 Formula('0.1 if t >= 30 and t % 2 == 0 else where(t > 9, abs(sin(t)), log10(t + 1))')",
    "lr=0.1 Formula('-t ** 2 * -1e-5 + 2 - (1 - (t - 3)) / 10 / 4 + round(t / 3) + 2 ** -(t / 9)')",
    "lr=0.1 MultiplicativeLR(lr_lambda='0.97')",
    "lr=0.1 OneCycleLR(max_lr=0.5, total_steps=40, pct_start=0)",
    "lr=0.1 OneCycleLR(max_lr=0.5, total_steps=41, anneal_strategy='linear')",
    "lr=0.1 Piecewise([[0, 0.5], [10, 0.5], [10, 0.1], [30, 0.05]], interpolation='cosine')",
    "lr=0.1 PolynomialCycles(T=12.5, cycle_decay=0.5, decay_of='all', cycle_limit=4, min_ratio=0.1)",
    "lr=0.1 PolynomialCycles(T=1.1, power=1, cycle_limit=11)",
    "lr=0.1 CosineCycles(T=1.1, cycle_limit=None)",
    "lr=0.1 TanhDecay(T=10, cycle_limit=None, cycle_mul=2, cycle_decay=0.5, eta_min=0.01, k_decay=2)",
    "lr=0.1 Warmup(CosineCycles(T=9, cycle_limit=2), warmup_steps=7, shape='1-sqrt', shift=3)",
    "lr=0.1 SequentialLR([MultiStepLR([3, 5]), CosineCycles(T=9), MultiStepLR([9, 12]), CosineCycles(T=7)],"
    " milestones=[8, 20, 36])",
    "lr=0.1 SequentialLR([StepLR(step_size=4), MultiplicativeLR(lr_lambda='0.9'),"
    " SequentialLR([SWALR(swa_lr=0.01, anneal_epochs=7), LinearLR(start_factor=0.1)], milestones=[9])],"
    " milestones=[9, 20])",
    "lr=0.1 ChainedScheduler([CyclicLR(max_lr=0.5, step_size_up=7), OneCycleLR(max_lr=1, total_steps=70)])",
    "lr=0.1 ChainedScheduler([CosineCycles(T=20), CosineCycles(T=50, cycle_limit=2), ConstantLR()])",
    "lr=0.1 Warmup(Scaled(SequentialLR([ConstantLR(total_iters=30), StepLR(step_size=9)],"
    " milestones=[20]), factor=2), warmup_steps=4, start_factor=0.5)",
]
PLANS = [parse_plan(text) for text in dict.fromkeys(SAMPLES + MORE)]
plans = pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.text[:60])

NAMESPACE: dict[str, Any] = {
    "min": lambda *args: reduce(np.minimum, args),
    "max": lambda *args: reduce(np.maximum, args),
    "count_le": lambda items, t: np.float64(sum(item <= t for item in items)),
    "at": lambda items, t: items[int(min(t, len(items) - 1))],
    "floor_log": lambda x, base: np.floor(np.log(x) / math.log(base) + 1e-6),
    "abs": abs,
    "round": np.rint,
    "pi": math.pi,
} | {
    name: getattr(np, name)
    for name in ("floor", "ceil", "sqrt", "exp", "log", "log2", "log10", "sin", "cos", "tanh")
}


def values(rate: Rate) -> list[float]:
    """What the expression gives, by Python itself."""
    code = compile(rate.expression(), "rate", "eval")
    with np.errstate(all="ignore"):
        return [float(eval(code, {"__builtins__": {}}, {**NAMESPACE, "t": np.float64(t)})) for t in STEPS]


def recursion(schedule: Schedule) -> bool:
    return "at([" in schedule.formula(1.0).expression()


def plain_numbers(schedule: Schedule) -> Schedule:
    """With four digits, and nothing that turns a rounding error into a digit: no magnitude that only such
    errors have, no root, which makes 1e-4 of the 1e-16 that remain where a share should be 0, and no length
    such as 10.4, of which 52 is five by division and a little less by remainder."""
    fields = {name: getattr(schedule, name) for name in type(schedule).model_fields}
    for name, value in fields.items():
        if isinstance(value, float):
            value = max(value, 1.0) if name in ("k_decay", "exponent", "power") else value
            value = float(f"{value:.4g}") if 1e-5 <= abs(value) <= 1e3 else float(f"{value % 10:.1f}")
            is_length = parameters(type(schedule))[name].unit == TICKS
            fields[name] = max(round(8 * value), 1) / 8 if is_length else value
    return type(schedule)(**fields)


def assert_close(got: list[float], schedule: Schedule, base_lr: float, rtol: float) -> None:
    rates = schedule.lr(STEPS, base_lr)
    np.testing.assert_allclose(got, rates, rtol=rtol, atol=rtol / 10 * max(rates.max(), base_lr * 1e-3))


@plans
def test_the_formula_of_a_plan_has_its_rates(plan: Plan) -> None:
    assert_close(values(plan.schedule.formula(plan.base_lr)), plan.schedule, plan.base_lr, 1e-9)


@plans
def test_the_latex_of_a_plan_has_its_rates(plan: Plan) -> None:
    text = plan.schedule.latex(plan.base_lr)
    if r"\circ" in text:  # a recursion: the formulas of its steps are shown
        for part, shown in zip(plan.schedule.schedulers, text.split(r":\ ")[1:], strict=True):
            shown = shown.rpartition(r",\quad g_")[0] or shown
            assert_close([latex_value(shown, t) for t in STEPS], part, plan.base_lr, 1e-4)
        return
    assert_close([latex_value(text, t) for t in STEPS], plan.schedule, plan.base_lr, 1e-4)


@pytest.mark.parametrize("kind", SIMPLE)
@given(data=st.data(), base_lr=st.sampled_from([1.0, 0.05, 3e-4, 0.123456789]) | st.floats(1e-6, 10))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
def test_any_parameters(kind: str, data: st.DataObject, base_lr: float) -> None:
    """With all digits written out, so that nothing but the formula can differ."""
    try:
        schedule = plain_numbers(data.draw(made(SCHEDULES[kind], 80)))
        rates = schedule.lr(STEPS, base_lr)
    except PlanError:
        return
    if not np.isfinite(rates).all() or rates.max() > 1e12:
        return
    rate = schedule.formula(base_lr)
    assert_close(values(rate), schedule, base_lr, 1e-9)
    if not recursion(schedule):
        text = rate_latex(rate, digits=17)
        assert_close([latex_value(text, t) for t in STEPS], schedule, base_lr, 1e-8)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"1 + \cos", r"1 - \cos"),
        (r"0.001 +", r"0.001 -"),
        ("/ 25", "/ 24"),
        (r"\frac{1 + \cos(\pi t / 25)}{2}", r"1 + \cos(\pi t / 25)"),
        (r"\cos(\pi t / 25)", r"\cos(\pi) t / 25"),
    ],
)
def test_a_wrong_formula_is_found_out(right: str, wrong: str) -> None:
    plan = parse_plan("lr=0.1 CosineAnnealingLR(T_max=25, eta_min=0.001)")
    text = plan.schedule.latex(plan.base_lr)
    assert right in text
    with pytest.raises(AssertionError):
        assert_close(
            [latex_value(text.replace(right, wrong), t) for t in STEPS], plan.schedule, plan.base_lr, 1e-4
        )


@pytest.mark.parametrize("kind", sorted(SCHEDULES))
def test_every_kind_has_a_formula_of_its_own(kind: str) -> None:
    assert SCHEDULES[kind].formula is not Schedule.formula


def test_a_kind_without_a_formula_is_a_table_of_its_first_rates() -> None:
    step = parse_plan("lr=0.1 StepLR(step_size=30)").schedule
    rate = Schedule.formula(step, 0.1)
    assert rate.text.count(",") == TABLE
    assert_close(values(rate), step, 0.1, 1e-12)
    assert rate_latex(rate) == rf"\eta_t = a(t),\quad a = ({'0.1, ' * ROWS_MAX}\dots)"


def test_a_feedback_schedule_has_a_rule_but_no_formula() -> None:
    for cls in FEEDBACK.values():
        with pytest.raises(PlanError, match="follows a metric and has no formula"):
            cls().formula(0.1)
        assert r"\leftarrow" in cls().latex(0.1)


@pytest.mark.parametrize(
    ("plan", "latex"),
    [
        ("lr=0.05 StepLR(step_size=30, gamma=0.1)", r"\eta_t = 0.05 \cdot 0.1^{\lfloor t / 30 \rfloor}"),
        ("lr=1e-4 InverseTimeDecay(lr_decay=5e-5)", r"\eta_t = \frac{10^{-4}}{1 + 5 \cdot 10^{-5}\,t}"),
        (
            "lr=0.1 CosineAnnealingLR(T_max=25, eta_min=0.001)",
            r"\eta_t = 0.001 + 0.099 \cdot \frac{1 + \cos(\pi t / 25)}{2}",
        ),
        (
            "lr=0.1 SequentialLR([LinearLR(start_factor=0.1, total_iters=5), CosineAnnealingLR(T_max=25)],"
            " milestones=[5])",
            r"\eta_t = \begin{cases} 0.1 (0.1 + 0.9\,t / 5) & t < 5 \\"
            r" 0.1 \cdot \frac{1 + \cos(\pi (t - 5) / 25)}{2} & t \ge 5 \end{cases}",
        ),
        (
            "lr=0.1 Formula('lr * 0.1 ** int(epoch / 30)')",
            r"\eta_t = 0.1 \cdot 0.1^{\lfloor t / 30 \rfloor}",
        ),
    ],
)
def test_latex_is_what_a_person_would_write(plan: str, latex: str) -> None:
    assert parse_plan(plan).schedule.latex(parse_plan(plan).base_lr) == latex


def test_many_pieces_are_cut_short() -> None:
    points = [[10 * i, i / 100] for i in range(30)]
    text = parse_plan(f"lr=0.1 Piecewise({points})").schedule.latex(0.1)
    assert text.count(r" \\ ") == ROWS_MAX - 1
    assert r"\vdots" in text


def test_a_formula_that_nobody_reads_is_the_title_on_the_page_and_refused_as_code() -> None:
    step = StepLR(step_size=3)
    schedule: Schedule = step
    for _ in range(3):
        schedule = SequentialLR(schedulers=[step] * 99 + [schedule], milestones=range(1, 100))
    long = SequentialLR(schedulers=[schedule] * 20, milestones=range(100, 119))
    for plan in (Plan(base_lr=0.1, schedule=schedule), Plan(base_lr=0.1, schedule=long)):
        assert plan.schedule.latex(0.1) == r"\eta_t:\ \text{one schedule after another}"
        with pytest.raises(PlanError, match="too long to be written out"):
            plan_to_code(plan, "python")


def test_a_sequence_whose_part_has_no_rate_far_out_still_shows_something() -> None:
    plan = parse_plan(
        "lr=0.1 SequentialLR([MultiplicativeLR(lr_lambda='1 - epoch / 100'), StepLR(step_size=9)],"
        " milestones=[5])"
    )
    assert plan.schedule.latex(0.1) == r"\eta_t:\ \text{one schedule after another}"
