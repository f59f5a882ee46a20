"""Peak, half-life and first crossing against the answer of looking at every step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from lrcore import parse_plan
from lrcore.analysis import Peak, first_below, half_life, peak
from lrcore.analysis.crossings import drops_in, used
from lrcore.errors import PlanError
from lrcore.plan import Plan
from tests.analysis.runs import ANY_PARAMETERS, RUNS, curve, name
from tests.profiles import examples


@pytest.mark.parametrize(("plan", "steps", "per"), RUNS, ids=name)
def test_searches_give_the_answer_of_looking_at_every_step(plan: Plan, steps: int, per: int) -> None:
    rates = curve(plan, steps, per)
    top = int(np.argmax(rates >= rates.max() * (1 - 8 * np.finfo(np.float64).eps)))
    assert peak(plan, steps, per) == Peak(float(rates.max()), top)
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
        assert first_below(plan, float(value), steps, per) == fallen(rates, value)
    used_up = np.flatnonzero(rates > 0)
    assert used(plan, steps, per) == (int(used_up[-1]) + 1 if len(used_up) else 0)
    if (drops := drops_in(plan, steps, per)) is not None:
        assert drops == int((np.diff(rates) < 0).sum())


def fallen(rates: np.ndarray, value: float) -> int | None:
    """The first update below a value that an earlier one has reached; 0 if none has."""
    reached = np.flatnonzero(rates >= value)
    if not len(reached):
        return 0
    below = np.flatnonzero(rates[reached[0] :] < value)
    return int(reached[0] + below[0]) if len(below) else None


@examples(60)
@given(runs=ANY_PARAMETERS)
def test_any_parameters(runs: tuple[list[Plan], int, int]) -> None:
    plans, steps, per = runs
    for plan in plans:
        assert first_below(plan, 0.2, steps, per) == fallen(curve(plan, steps, per), 0.2), plan.text


def test_a_warm_up_has_not_fallen_below() -> None:
    plan = parse_plan("lr=0.1 Warmup(StepLR(step_size=100, gamma=0.1), warmup_steps=50) per iteration")
    assert first_below(plan, 0.05, 1000) == 150
    assert first_below(plan, 0.05, 120) is None
    assert first_below(plan, 0.5, 1000) == 0


def test_the_peak_is_the_first_of_those_that_differ_by_rounding() -> None:
    plan = parse_plan("lr=0.1 Formula('0.1 + 0.2 if t > 6 else 0.3') per iteration")
    assert plan.lr(7) > plan.lr(0)
    assert peak(plan, 20).step == 0


def test_drops_end_where_the_rate_is_0() -> None:
    for text in ("StepLR(step_size=1, gamma=0.1)", "MultiStepLR(milestones=[0, 5, 5, 9], gamma=0.5)"):
        plan = parse_plan(f"lr=0.1 {text} per iteration")
        assert drops_in(plan, 4000) == (np.diff(plan.lr(np.arange(4000))) < 0).sum()


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
