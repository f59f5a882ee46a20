"""Schedules that torch does not have, against their definitions and against each other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lrcore import parse_plan
from tests.schedules.definitions import CASES, B


@pytest.mark.parametrize(
    ("text", "definition"), CASES, ids=lambda case: case[:70] if isinstance(case, str) else ""
)
def test_equals_its_definition(text: str, definition: Callable[[int], float]) -> None:
    steps = np.arange(120)
    rates = parse_plan(f"lr={B} {text}").lr(steps)
    np.testing.assert_allclose(rates, [definition(int(t)) for t in steps], rtol=1e-12, atol=1e-12 * B)


@pytest.mark.parametrize(
    ("one", "other"),
    [  # section 8 of the reference: the same curve under another name
        ("StepLR(step_size=7, gamma=0.5)", "ExponentialDecay(decay_steps=7, decay_rate=0.5, staircase=True)"),
        ("StepLR(step_size=1, gamma=0.9)", "ExponentialLR(gamma=0.9)"),
        (
            "PolynomialLR(total_iters=30)",
            "WarmupStableDecay(total_steps=30, decay_steps=30, decay_shape='linear')",
        ),
        ("PolynomialLR(total_iters=30, power=2)", "PolynomialCycles(T=30, power=2)"),
        ("LinearLR(start_factor=1, end_factor=0, total_iters=30)", "PolynomialDecay(decay_steps=30)"),
        (
            "CosineAnnealingWarmRestarts(T_0=7, T_mult=2, eta_min=0.01)",
            "CosineCycles(T=7, cycle_mul=2, cycle_limit=None, eta_min=0.01)",
        ),
        ("InverseTimeDecay(lr_decay=0.05)", "LambdaLR(lr_lambda='1 / (1 + 0.05 * epoch)')"),
        ("InverseTimeDecay(lr_decay=0.05)", "Formula('base_lr / (1 + d * t)', parameters={'d': 0.05})"),
        ("MultiplicativeLR(lr_lambda='0.9')", "ExponentialLR(gamma=0.9)"),
        ("SequentialLR([StepLR(step_size=3)], milestones=[])", "ChainedScheduler([StepLR(step_size=3)])"),
    ],
)
def test_equal_under_another_name(one: str, other: str) -> None:
    steps = np.arange(100)
    first, second = parse_plan(f"lr=0.3 {one}"), parse_plan(f"lr=0.3 {other}")
    np.testing.assert_allclose(first.lr(steps), second.lr(steps), rtol=1e-13, atol=1e-15)


def test_step_decay_of_the_docstring() -> None:
    """lr = 0.05 for epochs 0-29, 0.005 for 30-59, 0.0005 from 60: torch's own documentation."""
    plan = parse_plan("lr=0.05 StepLR(step_size=30, gamma=0.1)")
    rates = plan.lr(np.arange(90) * 4 + 3, steps_per_epoch=4)
    np.testing.assert_allclose(rates, np.repeat([0.05, 0.005, 0.0005], 30), rtol=1e-14)


def test_adain() -> None:
    """lr 1e-4, lr_decay 5e-5, 160,000 iterations: half at 20,000 and a ninth at the end."""
    plan = parse_plan("lr=1e-4 InverseTimeDecay(lr_decay=5e-5) per iteration")
    rates = plan.lr(np.arange(160_001), steps_per_epoch=1000)
    assert rates[0] == 1e-4
    assert rates[20_000] == pytest.approx(5e-5, rel=1e-14)
    assert rates[-1] == pytest.approx(1e-4 / 9, rel=1e-14)


def test_a_plan_drives_the_momentum_on_its_clock() -> None:
    plan = parse_plan("lr=0.1 OneCycleLR(max_lr=0.5, total_steps=10)")
    driven = plan.momentum([0, 19], steps_per_epoch=2)
    assert driven is not None
    np.testing.assert_allclose(driven, [0.95, 0.95])
    assert parse_plan("lr=0.1").momentum(3) is None
