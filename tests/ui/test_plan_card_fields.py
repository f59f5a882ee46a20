"""What a plan's card shows, as values: each control moves its parameter alone, and what is typed is read."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import PlanError, parse_plan
from lrcore.analysis.run import Run
from lrcore.plan import Plan
from lrcore.schedules import FEEDBACK, SCHEDULES
from lrcore.schedules.step import MultiStepLR
from lrcore.values.parameter import parameters
from tests.schedules.samples import SAMPLES
from ui.plan_card.fields import (
    Control,
    another,
    controls,
    counted,
    read_schedule,
    read_text,
    starting_schedule,
    typed,
    with_schedule,
    written,
)

WARM = (
    "lr=0.1 SequentialLR([LinearLR(start_factor=0.1, total_iters=5), CosineAnnealingLR(T_max=25)],"
    " milestones=[5])"
)
DEEP = (
    "lr=0.1 Warmup(SequentialLR([StepLR(step_size=4, gamma=0.5), Formula('lr * a', parameters={'a': 0.5})],"
    " milestones=[9]))"
)


def control(plan: Plan, name: str) -> Control:
    return next(control for control in controls(plan) if control.name == name)


@pytest.mark.parametrize("kind", [*SCHEDULES, *FEEDBACK])
@pytest.mark.parametrize("before", SAMPLES[:20:3])
def test_from_any_schedule_to_any_other(kind: str, before: str) -> None:
    start = starting_schedule(kind, parse_plan(before), 60)
    assert parse_plan(with_schedule(parse_plan("lr=0.3"), start).text).schedule == start


def test_a_number_of_the_same_name_is_kept_if_it_fits() -> None:
    step = parse_plan("lr=0.3 StepLR(step_size=7, gamma=0.45)")
    assert starting_schedule("MultiStepLR", step, 100).gamma == 0.45
    assert starting_schedule("ExponentialLR", step, 100).gamma == 0.97


def test_a_setting_that_nobody_made_is_not_carried_over() -> None:
    start = starting_schedule("ExponentialLR", parse_plan("lr=0.1 CyclicLR(base_lr=0.01, max_lr=0.1)"), 100)
    assert start.gamma < 1, "CyclicLR's own 1 would be a constant"


@pytest.mark.parametrize("text", [*SAMPLES, "lr=0.2", "lr=0.2 Formula('0.3 - t')"])
def test_a_plan_that_is_added_has_a_curve_of_its_own(text: str) -> None:
    plan = parse_plan(text)
    added = another(plan, 60)
    assert added.base_lr == plan.base_lr / 2
    if "'0.3 - t'" not in text:  # a formula without a value
        at = np.arange(60)
        assert not np.array_equal(added.lr(at), plan.lr(at))


def test_a_list_is_typed_with_or_without_its_brackets() -> None:
    milestones = parameters(MultiStepLR)["milestones"]
    assert read_text(milestones, "10, 20") == read_text(milestones, "[10, 20]") == [10, 20]
    with pytest.raises(PlanError, match=r"'10 20' is not numbers between commas.*write it like 10, 20"):
        read_text(milestones, "10 20")


@pytest.mark.parametrize("text", [*SAMPLES, DEEP])
def test_every_control_has_a_name_of_its_own_and_changes_its_parameter_alone(text: str) -> None:
    before = parse_plan(text)
    shown = controls(before)
    assert len({control.name for control in shown}) == len(shown)
    for item in shown:
        assert before.with_value(item.path, item.value) == before
        if item.slides and item.item.type is float and item.value != item.item.low:
            moved = before.with_value(item.path, item.value * 0.99)
            assert control(moved, item.name).value == pytest.approx(item.value * 0.99)
            assert [other.value for other in controls(moved) if other.name != item.name] == [
                other.value for other in shown if other.name != item.name
            ]
        elif not item.slides and not item.item.choices and not isinstance(item.value, bool):
            assert typed(before, item, item.text, 100) == before


@pytest.mark.parametrize("text", SAMPLES)
def test_a_schedule_as_text_reads_back(text: str) -> None:
    before = parse_plan(text)
    assert read_schedule(written(before.schedule), before) == before
    assert read_schedule(text, parse_plan("lr=9 per iteration")).base_lr == before.base_lr
    with pytest.raises(PlanError):
        read_schedule("StepLR(", before)
    with pytest.raises(PlanError, match="is empty"):
        read_schedule("  ", before)


def test_the_parts_of_a_composition_have_controls_of_their_own() -> None:
    assert "step_size of part 1 of part 1" in {control.name for control in controls(parse_plan(DEEP))}
    assert "a of part 2 of part 1" in {control.name for control in controls(parse_plan(DEEP))}
    warm = parse_plan(WARM)
    assert control(warm, "T_max of part 2").key == "schedule.schedulers.1.T_max"
    moved = warm.with_value(control(warm, "T_max of part 2").path, 30)
    assert moved.text == WARM.replace("T_max=25", "T_max=30")


def test_a_plan_that_listens_counts_epochs_whatever_its_clock() -> None:
    run = Run(steps=2000, steps_per_epoch=32)
    assert run.ticks(counted(parse_plan("lr=0.3 ReduceLROnPlateau() per iteration"))) == 63
    assert run.ticks(counted(parse_plan("lr=0.3 StepLR(step_size=5) per iteration"))) == 2000
