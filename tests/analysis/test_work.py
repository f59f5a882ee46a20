"""The estimate of what a plan's questions cost: never far below what they take, and low for what is
ordinary. (That what is done here because of it stays within its budget: `tests/test_text_budget.py`.)"""

from __future__ import annotations

import pytest

from lrcore import parse_plan
from lrcore.analysis.run import Run
from lrcore.analysis.vertices import ticks_apart
from lrcore.analysis.work import work
from lrcore.plan import Plan
from lrcore.schedules import SCHEDULES
from tests import bombs

ORDINARY = [kind for kind in SCHEDULES if kind not in ("LambdaLR", "MultiplicativeLR", "Formula")]


@pytest.mark.parametrize("kind", ORDINARY)
def test_ordinary_plans_are_cheap(kind: str) -> None:
    for run in (Run(steps=2000), Run(steps=450_360, steps_per_epoch=5004)):
        plan = Plan(base_lr=0.1, schedule=SCHEDULES[kind].starting(0.1, run.ticks("epoch")))
        estimate = work(plan, run)
        assert 0 < estimate.points_ms <= 10
        assert 0 < estimate.numbers_ms <= 25
        assert 0 < estimate.written_ms <= 10


@pytest.mark.parametrize("name", ["long sum", "waves", "powers", "accumulated waves", "many recursions"])
def test_what_looks_at_every_step_costs_as_many(name: str) -> None:
    plan = parse_plan(f"lr=0.1 {bombs.SCHEDULES[name]} per iteration")
    short, long = (work(plan, Run(steps=steps)).numbers_ms for steps in (100_000, 10_000_000))
    assert long > 500
    assert long > 30 * short


def test_what_is_nested_costs_twice_at_each_level() -> None:
    def effort(depth: int) -> float:
        inner = bombs.nested(depth, bombs.COSINE, lambda s: f"Warmup(ChainedScheduler([{s},StepLR(9)]))")
        return parse_plan(f"lr=0.1 {inner}").schedule.effort()

    for depth in range(1, 5):
        assert effort(depth + 1) > 1.9 * effort(depth)


def test_what_follows_a_metric_is_not_computed() -> None:
    estimate = work(parse_plan("lr=0.1 ReduceLROnPlateau()"), Run(steps=1000))
    assert (estimate.points_ms, estimate.numbers_ms, estimate.written_ms) == (0, 0, 0)


@pytest.mark.parametrize(
    "rule", ["Formula('lr / (1 + 0.5 * t)')", "LambdaLR('0.95 ** epoch')", "CosineAnnealingLR(T_max=7.7)"]
)
def test_a_rule_that_is_looked_at_at_each_step_follows_the_thumb_over_a_run_on_imagenet(rule: str) -> None:
    plan = parse_plan(f"lr=0.1 {rule} per iteration")
    assert ticks_apart(plan.schedule, 450_360) == 1
    assert work(plan, Run(steps=450_360, steps_per_epoch=5004)).points_ms <= 15
    assert work(plan, Run(steps=10_000_000)).points_ms > 100
