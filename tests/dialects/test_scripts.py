"""Scripts as people paste them: what each library's calls become, whatever stands around them."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import plan_from_code, plans_from_code
from tests.dialects.cases_scripts import OTHERS, TORCH


@pytest.mark.parametrize(("code", "text"), TORCH)
def test_a_script_of_torch_becomes_its_plan(code: str, text: str) -> None:
    assert plan_from_code(code).text == text


@pytest.mark.parametrize(("code", "text"), OTHERS)
def test_a_script_of_keras_or_optax_becomes_its_plan(code: str, text: str) -> None:
    assert plan_from_code(code).text == text


def test_the_argument_is_the_base_lr_where_torch_has_none() -> None:
    assert plan_from_code("StepLR(optimizer, 30)", base_lr=0.2).base_lr == 0.2


def test_several_schedules_become_several_plans() -> None:
    plans = plans_from_code("o = SGD(w, lr=0.1)\nStepLR(o, 3)\nExponentialLR(o, 0.9)")
    assert [plan.schedule.kind for plan in plans] == ["StepLR", "ExponentialLR"]


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("MultiStepLRScheduler(o, [30], 0.1)", 29),
        ("MultiStepLR(o, [30])", 30),
        ("optax.piecewise_constant_schedule(0.1, {30: 0.1})", 30),
        ("keras.optimizers.schedules.PiecewiseConstantDecay([30], [0.1, 0.01])", 31),
    ],
)
def test_milestone_30_fires_where_each_library_fires_it(code: str, first: int) -> None:
    rates = plan_from_code(code, base_lr=0.1).lr(np.arange(40))
    assert int(np.argmax(rates < 0.05)) == first
