"""ReduceLROnPlateau against torch, metric by metric."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from lrcore import PlanError, parse_plan
from lrcore.schedules import FEEDBACK, SCHEDULES
from lrcore.schedules.plateau import ReduceLROnPlateau
from tests.profiles import examples

metric = st.one_of(st.floats(-5, 5), st.sampled_from([0.0, 1.0, math.nan, math.inf, -math.inf]))


@given(
    metrics=st.lists(metric, max_size=40),
    base_lr=st.sampled_from([0.1, 1.0, 1e-7]),
    schedule=st.builds(
        ReduceLROnPlateau,
        mode=st.sampled_from(["min", "max"]),
        factor=st.floats(0.05, 0.95),
        patience=st.integers(0, 5),
        threshold=st.sampled_from([0.0, 1e-4, 0.1, 1.0]),
        threshold_mode=st.sampled_from(["rel", "abs"]),
        cooldown=st.integers(0, 4),
        min_lr=st.sampled_from([0.0, 1e-3, 0.5]),
        eps=st.sampled_from([0.0, 1e-8, 0.01]),
    ),
)
@examples(300)
@example(metrics=[-1.0] * 30, base_lr=0.1, schedule=ReduceLROnPlateau(patience=2))
@example(metrics=[math.nan] * 30, base_lr=0.1, schedule=ReduceLROnPlateau(patience=2, cooldown=3))
def test_equals_torch(metrics: list[float], base_lr: float, schedule: ReduceLROnPlateau) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base_lr)
    values = {name: getattr(schedule, name) for name in type(schedule).model_fields}
    oracle = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **values)
    rates = [base_lr]
    for value in metrics:
        oracle.step(value)
        rates.append(optimizer.param_groups[0]["lr"])
    np.testing.assert_array_equal(schedule.replay(metrics, base_lr), rates)


def test_the_factor_is_what_a_metric_does_to_the_rate() -> None:
    schedule = ReduceLROnPlateau(factor=0.5, patience=0)
    state = schedule.start()
    assert state.lr == 1.0
    factors = []
    for value in (1.0, 1.0, 0.5, 0.6):
        factor, state = schedule.observe(state, value)
        factors.append(factor)
    assert factors == [1.0, 0.5, 1.0, 0.5]
    assert state.lr == 0.25


def test_a_plan_of_it_reads_and_writes_but_has_no_curve() -> None:
    plan = parse_plan("lr=0.1 ReduceLROnPlateau(factor=0.3, patience=8)")
    assert plan.text == "lr=0.1 ReduceLROnPlateau(factor=0.3, patience=8)"
    assert "ReduceLROnPlateau" in FEEDBACK
    assert "ReduceLROnPlateau" not in SCHEDULES
    with pytest.raises(PlanError, match="follows a metric"):
        plan.lr(3)
    for bad in ("factor=1", "factor=0", "patience=-1", "mode='best'", "min_lr=-1"):
        with pytest.raises(PlanError, match=bad.partition("=")[0]):
            parse_plan(f"lr=0.1 ReduceLROnPlateau({bad})")


def test_a_multiple_of_it_cuts_when_it_does() -> None:
    plan = parse_plan("lr=0.1 ReduceLROnPlateau(factor=0.5, patience=0, min_lr=0.02)")
    double, metrics = plan.multiplied(2.0), [1.0] * 5
    assert isinstance(plan.schedule, ReduceLROnPlateau)
    assert isinstance(double.schedule, ReduceLROnPlateau)
    rates = plan.schedule.replay(metrics, plan.base_lr)
    np.testing.assert_allclose(double.schedule.replay(metrics, double.base_lr), 2 * rates, rtol=1e-15)
