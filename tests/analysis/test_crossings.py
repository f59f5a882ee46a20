"""Peak, half-life and first crossing against the answer of looking at every step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from lrcore import parse_plan
from lrcore.analysis import Peak, first_below, half_life, peak
from lrcore.errors import PlanError
from lrcore.plan import Plan
from tests.analysis.runs import ANY_PARAMETERS, RUNS, curve, name
from tests.profiles import examples


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
@given(runs=ANY_PARAMETERS)
def test_any_parameters(runs: tuple[list[Plan], int, int]) -> None:
    plans, steps, per = runs
    for plan in plans:
        hits = np.flatnonzero(curve(plan, steps, per) < 0.2)
        assert first_below(plan, 0.2, steps, per) == (int(hits[0]) if len(hits) else None), plan.text


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
    for call in (peak, half_life):
        with pytest.raises(PlanError, match="at least 1 step"):
            call(plan, 0)
        with pytest.raises(PlanError, match="metric"):
            call(parse_plan("lr=0.1 ReduceLROnPlateau()"), 100)
