"""Devices and accumulation: how often a scheduler is stepped, by counting as a training loop does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import parse_plan
from lrcore.analysis.clock.sharing import Sharing, sharing_sentence
from lrcore.analysis.run import Run
from lrcore.errors import PlanError
from tests.profiles import examples


def counted(batches: int, devices: int, accumulation: int) -> int:
    """A loop over the batches of the device that gets most of them."""
    own = list(range(0, batches, devices))
    return sum(1 for number in range(len(own)) if (number + 1) % accumulation == 0 or number + 1 == len(own))


@examples(60)
@given(st.integers(1, 500), st.integers(1, 9), st.integers(1, 9))
def test_steps_are_those_of_a_loop(batches: int, devices: int, accumulation: int) -> None:
    found = Sharing(devices=devices, accumulation=accumulation).scheduler_steps(batches)
    assert found == counted(batches, devices, accumulation)


@examples(60)
@given(st.integers(1, 3000), st.integers(1, 300), st.integers(1, 9), st.integers(1, 9))
def test_each_epoch_of_a_run_has_its_own_last_group(
    steps: int, steps_per_epoch: int, devices: int, accumulation: int
) -> None:
    left = Sharing(devices, accumulation).run(Run.of(steps, steps_per_epoch))
    epochs = [min(steps_per_epoch, steps - first) for first in range(0, steps, steps_per_epoch)]
    assert left.steps == sum(counted(batches, devices, accumulation) for batches in epochs)
    assert left.ticks("epoch") == len(epochs), "as many epochs"


def test_numbers_that_do_not_divide_keep_the_end_of_a_plan_per_epoch() -> None:
    run, eight = Run(steps=9000, steps_per_epoch=100), Sharing(devices=8)
    assert eight.run(run) == Run(steps=1170, steps_per_epoch=13)
    last = sharing_sentence(parse_plan("lr=0.1 StepLR(step_size=89, gamma=0.1)"), run, eight)
    assert last.endswith("are 1,170 updates; the plan counts epochs, which stay as many, and ends at 0.01.")
    per_update = parse_plan("lr=0.1 StepLR(step_size=3000, gamma=0.1) per iteration")
    assert sharing_sentence(per_update, run, eight).endswith("Give it step_size = 390, not 3,000.")


def test_one_device_changes_nothing() -> None:
    run = Run(steps=900, steps_per_epoch=7)
    assert Sharing().run(run) == run


def test_a_plan_per_epoch_keeps_its_end_and_one_per_iteration_does_not() -> None:
    run, four = Run(steps=9000, steps_per_epoch=100), Sharing(devices=2, accumulation=2)
    per_epoch = sharing_sentence(parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.1)"), run, four)
    assert per_epoch == (
        "9,000 batches on 2 devices with 2 batches to an update are 2,250 updates; the plan counts epochs,"
        " which stay as many, and ends at 0.001."
    )
    per_update = "lr=0.1 StepLR(step_size=3000, gamma=0.1) per iteration"
    assert "ends at 0.1 instead of 0.001. Give it step_size = 750, not 3,000." in sharing_sentence(
        parse_plan(per_update), run, four
    )


@pytest.mark.parametrize(
    ("schedule", "advice"),
    [
        ("MultiStepLR(milestones=[4000, 8000])", "Give it milestones = [1,000, 2,000], not [4,000, 8,000]."),
        (
            "SequentialLR([LinearLR(total_iters=400), CosineAnnealingLR(T_max=8600)], milestones=[400])",
            "Give it milestones = [100], not [400]; total_iters of part 1 = 100, not 400; T_max of part 2 ="
            " 2,150, not 8,600.",
        ),
        ("ExponentialLR(gamma=0.999)", "Give it gamma = 0.996006, not 0.999."),
        ("InverseTimeDecay(lr_decay=0.002)", "Give it lr_decay = 0.008, not 0.002."),
        ("", "the plan ends at 0.1 all the same."),
        ("LambdaLR(lr_lambda='1 / (1 + epoch)')", "instead of 1.111e-05."),
    ],
)
def test_the_advice_names_what_counts_updates_in_each_kind(schedule: str, advice: str) -> None:
    plan, run = parse_plan(f"lr=0.1 {schedule} per iteration"), Run(steps=9000, steps_per_epoch=100)
    assert sharing_sentence(plan, run, Sharing(devices=4)).endswith(advice)


@pytest.mark.parametrize("bad", [{"devices": 0}, {"accumulation": -1}, {"devices": True}, {"devices": 10**9}])
def test_what_is_no_count_is_refused(bad: dict[str, int]) -> None:
    with pytest.raises(PlanError, match=f"{next(iter(bad))} must be a whole number"):
        Sharing(**bad)
