"""The formula is safe, exact and speaks plainly."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import PlanError, parse_plan
from lrcore.schedules.formula.schedule import Formula
from lrcore.schedules.inverse_time import InverseTimeDecay
from lrcore.schedules.lambda_lr import LambdaLR, MultiplicativeLR
from tests.profiles import examples

T = np.arange(50)


def test_a_line_of_a_training_script_as_it_stands() -> None:
    """adjust_learning_rate of pytorch-AdaIN: half at 20,000 and a ninth at 160,000."""
    for line in (
        "lr / (1.0 + lr_decay * iteration_count)",
        "lr = args.lr / (1.0 + args.lr_decay * iteration_count)",
    ):
        schedule = Formula(expression=line, parameters={"lr_decay": 5e-5})
        np.testing.assert_allclose(
            schedule.lr([0, 20_000, 160_000], 1e-4), [1e-4, 5e-5, 1e-4 / 9], rtol=1e-14
        )
        steps = np.arange(0, 160_000, 997)
        np.testing.assert_array_equal(
            schedule.lr(steps, 1e-4), InverseTimeDecay(lr_decay=5e-5).lr(steps, 1e-4)
        )


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("base_lr * 0.95 ** epoch", lambda t: 0.1 * 0.95**t),
        (
            "lr0 * (1 + math.cos(math.pi * min(t, T) / T)) / 2",
            lambda t: 0.1 * (1 + math.cos(math.pi * min(t, 40) / 40)) / 2,
        ),
        (
            "np.where(t < 5, base_lr, base_lr / np.sqrt(np.maximum(t, 1)))",
            lambda t: 0.1 if t < 5 else 0.1 / math.sqrt(t),
        ),
        (
            "base_lr if 3 <= epoch < 9 and not epoch == 5 else base_lr / 2",
            lambda t: 0.1 if 3 <= t < 9 and t != 5 else 0.05,
        ),
        ("lr * 0.5 ** (step // 10) + (t % 7) * 1e-3", lambda t: 0.1 * 0.5 ** (t // 10) + (t % 7) * 1e-3),
        ("(t > 10) * 0.1 + int(t / 3) * 0.01", lambda t: (t > 10) * 0.1 + int(t / 3) * 0.01),
        ("max(0, 1 - t / T) * lr or 1e-3", lambda t: max(0, 1 - t / 40) * 0.1 or 1e-3),
        (
            "exp(-t) + log(1 + t) + abs(-0.1) + floor(0.5) + tanh(t)",
            lambda t: math.exp(-t) + math.log(1 + t) + 0.1 + math.tanh(t),
        ),
        ("exp(t == 3) * round(2.5)", lambda t: math.exp(t == 3) * 2),
        ("lambda it: base_lr / (it + 1)", lambda t: 0.1 / (t + 1)),
        ("clip(t, 3, 8) + pow(2, 3) + torch.pi", lambda t: min(max(t, 3), 8) + 8 + math.pi),
    ],
)
def test_means_what_python_means(text: str, python: object) -> None:
    rates = Formula(expression=text, T=40).lr(T, 0.1)
    np.testing.assert_allclose(rates, [python(int(t)) for t in T], rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("9**9**9**9", "inf at step 0"),
        ("t ** 9**9**9", "step 2"),
        ("1" + "0" * 400, "too large"),
        ("-" * 60 + "t", "nested too deeply"),
        ("(" * 500 + "t" + ")" * 500, "too many nested parentheses"),
        ("t+" * 300 + "t", "nested too deeply"),
        ("t" * 2001, "2000 characters"),
        ("__import__('os').system('true')", "not known"),
        ("().__class__.__bases__", "not allowed"),
        ("t.real", "not allowed"),
        ("math.__dict__", "not allowed"),
        ("__builtins__", "begin with a letter"),
        ("open(1)", "not known"),
        ("self.max(1, 2)", "not known"),
        ("max(t)", "2 to 16"),
        ("max(*t)", "not allowed|plain argument"),
        ("exp(x=t)", "plain argument"),
        ("[t for t in t]", "not allowed"),
        ("'a' * t", "not allowed"),
        ("t if", "not a formula"),
        ("t; t", "not a formula"),
        ("(t := 5)", "not allowed"),
        ("t @ t", "not allowed"),
        ("gama ** t * warmup", "gama, warmup has no value"),
        ("t / T", "T=1000"),
        ("1 - t / 10", "-0.1 at step 11"),
        ("1 / t", "inf at step 0"),
        ("log(t - 5)", "nan at step 0"),
        ("lambda a, b: a", "exactly one"),
    ],
)
def test_unsafe_or_senseless_is_refused(text: str, reason: str) -> None:
    with pytest.raises(PlanError, match=reason):
        Formula(expression=text).lr(T, 0.1)


@pytest.mark.parametrize("name", ["t", "T", "base_lr", "max", "pi", "__x", "a b", "if", ""])
def test_parameters_do_not_take_a_name_that_means_something(name: str) -> None:
    with pytest.raises(PlanError, match="cannot be called"):
        Formula(expression="t", parameters={name: 1.0})
    with pytest.raises(PlanError):
        Formula(expression="t", parameters={"a": math.nan})


def test_named_parameters_are_sliders() -> None:
    schedule = Formula(expression="lr / (1 + d * t) + c", parameters={"d": 0.1, "c": 0.0})
    controls = schedule.controls()
    assert controls["d"].slider == (0.01, 1.0)
    assert controls["d"].scale == "log"
    assert controls["c"].slider == (-1.0, 1.0)
    assert schedule.replace("d", 0.5).parameters == {"c": 0.0, "d": 0.5}
    assert schedule.replace("T", 7.0).T == 7.0
    assert Formula.unknowns("lr * gamma ** (t / T)") == ("T", "gamma")


def test_a_parameter_may_be_called_lr() -> None:
    assert Formula(expression="lr", parameters={"lr": 0.7}).lr(0, 0.1) == 0.7


def test_factors_speak_too() -> None:
    with pytest.raises(PlanError, match=r"LambdaLR: T, gamma has no value"):
        LambdaLR(lr_lambda="gamma ** (epoch / T)")
    with pytest.raises(PlanError, match="no factor"):
        LambdaLR(lr_lambda="1 - epoch").lr(2, 0.1)
    ramp = MultiplicativeLR(lr_lambda="1 - epoch / 10")  # negative from 11 on, which nobody asked for here
    assert (ramp.lr(np.arange(11), 1.0) >= 0).all()
    with pytest.raises(PlanError, match="at step 11"):
        ramp.lr(11, 1.0)
    assert LambdaLR(lr_lambda="lambda e: 0.5 ** e").lr(2, 1.0) == 0.25


@given(st.text(max_size=60))
@examples(300)
def test_any_text_is_a_schedule_or_a_plan_error(text: str) -> None:
    with contextlib.suppress(PlanError):
        Formula(expression=text).lr(T, 0.1)


@given(st.text(alphabet="tTlr0159.+-*/%()<>=,eE maxinwhere", max_size=40))
@examples(300)
def test_any_formula_like_text_is_a_schedule_or_a_plan_error(text: str) -> None:
    try:
        schedule = Formula(expression=text, T=10)
        plan = parse_plan(f"lr=0.1 Formula({text!r}, T=10)")
        assert plan.schedule == schedule
        assert schedule.latex(0.1).startswith(r"\eta_t")
        schedule.lr(T, 0.1)
    except PlanError:
        pass
