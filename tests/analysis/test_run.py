"""One run: what a clock counts of its updates, for any length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore.analysis import budget, first_below, peak
from lrcore.analysis.run import STEPS_MAX, Run
from lrcore.analysis.vertices import sample
from lrcore.errors import PlanError
from lrcore.plan import Clock, Plan, parse_plan
from lrcore.schedules.inverse_time import InverseTimeDecay

FALLING = InverseTimeDecay(lr_decay=1)  # no two ticks have the same rate


@given(
    steps=st.integers(1, 3000),
    per_epoch=st.integers(1, 3500),
    clock=st.sampled_from(["epoch", "iteration"]),
)
def test_ticks_and_stride_are_those_of_the_plans_rates(steps: int, per_epoch: int, clock: Clock) -> None:
    run = Run(steps=steps, steps_per_epoch=per_epoch)
    rates = Plan(base_lr=0.1, schedule=FALLING, clock=clock).lr(np.arange(steps), per_epoch)
    assert run.ticks(clock) == len(np.unique(rates))
    starts = np.arange(run.ticks(clock)) * run.stride(clock)
    assert (rates[starts] == FALLING.lr(np.arange(run.ticks(clock)), 0.1)).all()
    assert run.epochs * per_epoch == pytest.approx(steps)
    assert Run.of(steps, per_epoch) == run


@pytest.mark.parametrize(("steps", "ticks"), [(1, 1), (32, 1), (33, 2), (2000, 63), (2016, 63), (2017, 64)])
def test_a_begun_epoch_counts(steps: int, ticks: int) -> None:
    assert Run(steps=steps, steps_per_epoch=32).ticks("epoch") == ticks


def test_the_analysis_takes_runs_that_no_page_draws() -> None:
    long = Run.of(10**12, 10**9)
    assert (long.ticks("epoch"), long.ticks("iteration"), long.epochs) == (1000, 10**12, 1000.0)
    with pytest.raises(PlanError, match=r"steps=10000001 is not allowed; steps must be a whole number"):
        Run(steps=STEPS_MAX + 1)


def test_refusals_are_sentences() -> None:
    plan = parse_plan("lr=0.1 StepLR(step_size=30)")
    with pytest.raises(PlanError, match="A run has at least 1 step, but 0 arrived"):
        Run.of(0)
    for call in (budget, peak, sample):
        with pytest.raises(PlanError, match="steps_per_epoch must be at least 1, but 0 arrived"):
            call(plan, 10, 0)
    with pytest.raises(PlanError, match="steps_per_epoch must be at least 1, but -3 arrived"):
        first_below(plan, 0.1, 10, -3)
