"""A plan as a table of points: on the same curve, with the same read-outs, or refused."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import parse_plan
from lrcore.analysis import final_lr, half_life, peak
from lrcore.analysis.as_points import as_points
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules.piecewise import Piecewise
from tests.analysis.runs import name
from tests.schedules.samples import SAMPLES

STAIRS = [
    "lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration",
    "lr=0.3 MultiStepLR(milestones=[500, 500, 1500], gamma=0.1) per iteration",
    "lr=0.3 InverseTimeDecay(lr_decay=0.01, staircase=True) per iteration",
    "lr=0.3",
]


def points(plan: Plan) -> tuple[tuple[float, float], ...]:
    assert isinstance(plan.schedule, Piecewise)
    return plan.schedule.points


@pytest.mark.parametrize("text", STAIRS)
def test_a_staircase_becomes_its_treads_and_keeps_every_rate(text: str) -> None:
    plan, at = parse_plan(text), np.arange(2000)
    made = as_points(plan, 2000)
    assert made.off < 1e-11
    assert made.plan.lr(at) == pytest.approx(plan.lr(at), rel=1e-11)
    assert len(points(made.plan)) == len(np.unique(plan.lr(at)))
    assert peak(made.plan, 2000) == peak(plan, 2000)
    assert half_life(made.plan, 2000) == half_life(plan, 2000)


@pytest.mark.parametrize("plan", [parse_plan(text) for text in SAMPLES], ids=name)
def test_every_plan_is_followed_to_half_a_percent_or_refused(plan: Plan) -> None:
    steps, per_epoch = 3000, 10
    try:
        made = as_points(plan, steps, per_epoch)
    except PlanError:
        assert plan.schedule.listens, "a run of 300 epochs has no more treads and turns than a table holds"
        return
    at = np.arange(steps)
    wanted, got = plan.lr(at, per_epoch), made.plan.lr(at, per_epoch)
    assert np.abs(got - wanted).max() <= max(made.off * 1.001, 1e-12) * wanted.max()
    assert made.off <= 0.005
    assert made.plan.clock == plan.clock
    assert parse_plan(made.plan.text) == made.plan
    assert final_lr(made.plan, steps, per_epoch) == pytest.approx(wanted[-1], rel=1e-5, abs=1e-12)


def test_what_no_table_follows_is_refused() -> None:
    for text in ("StepLR(step_size=1, gamma=0.9999)", "CosineAnnealingWarmRestarts(T_0=7)"):
        with pytest.raises(PlanError, match="run shorter"):
            as_points(parse_plan(f"lr=0.1 {text} per iteration"), 100_000)


def test_level_pieces_of_a_table_are_level() -> None:
    """0.3 (1 - s) + 0.3 s is 0.30000000000000004 for some s, and the peak was found there."""
    plan = parse_plan("lr=0.3 Piecewise([(0, 0.3), (37, 0.3), (90, 0.1)]) per iteration")
    assert set(plan.lr(np.arange(38)).tolist()) == {0.3}
    assert peak(plan, 90).step == 0
