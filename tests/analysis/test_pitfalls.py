"""What silently costs people runs is found where it is planted, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import parse_plan
from lrcore.analysis import wrong_clock
from lrcore.analysis.pitfalls.found import pitfalls
from lrcore.errors import PlanError
from lrcore.gallery.presets import PRESETS
from lrcore.plan import Plan
from tests.profiles import examples
from tests.schedules.samples import SAMPLES
from tests.strategies import plans

RAMP = "LinearLR(start_factor=0.1, total_iters=5)"
PLANTED = {
    # a jump of more than 5 % at a milestone
    "a ramp cut short": (
        f"SequentialLR([{RAMP.replace('5)', '10)')}, CosineAnnealingLR(T_max=85)], milestones=[5])",
        [("jump", 5, "rises by 117 %, from 0.046 to 0.1")],
    ),
    "a restart by a milestone": (
        "SequentialLR([CosineAnnealingLR(T_max=45), CosineAnnealingLR(T_max=45)], milestones=[45])",
        [("jump", 45, "the rate rises 821 times, from 0.0001218 to 0.1")],
    ),
    "a decay that starts late": (
        "Warmup(ExponentialLR(gamma=0.9), warmup_steps=10, shift=0)",
        [("jump", 10, "falls by 61 %, from 0.09 to 0.03487")],
    ),
    "a jump down from nothing": (
        "SequentialLR([Constant(), Piecewise([(0, 0.0)])], milestones=[30])",
        [("jump", 30, "the rate falls at once, from 0.1 to 0")],
    ),
    # a restart after T_max
    "T_max below the run": (
        "CosineAnnealingLR(T_max=50)",
        [("restart", 50, "from 0 to 0.08853 at the last update; its T_max is 50 epochs, and the run has 90")],
    ),
    "T_max below its turn": (
        "SequentialLR([CosineAnnealingLR(T_max=20), Scaled(StepLR(30), factor=0.05)], milestones=[30])",
        [("restart", 20, "its T_max is 20 epochs, and it has 30"), ("jump", 30, "falls by 88 %")],
    ),
    "T_max in a chain": (
        f"ChainedScheduler([{RAMP}, CosineAnnealingLR(T_max=50)])",
        [("restart", 50, "its T_max is 50 epochs")],
    ),
    "T_max behind a warm-up": (
        "Warmup(CosineAnnealingLR(T_max=40), warmup_steps=10)",
        [("restart", 50, "its T_max is 40 epochs, and it has 80")],
    ),
    # warm-up as long as the run
    "a warm-up of the run's length": (
        "Warmup(ExponentialLR(gamma=0.9), warmup_steps=90)",
        [("warm-up", 0, "takes 90 epochs, and the run has 90"), ("never", 90, "ExponentialLR never gets")],
    ),
    "a warm-up inside": (
        "WarmupStableDecay(total_steps=900, warmup_steps=100, decay_steps=100)",
        [("warm-up", 0, "takes 100 epochs"), ("unfinished", 90, "after 900 epochs, and the run has 90")],
    ),
    "a ramp that is longer": (
        "LinearLR(start_factor=0.1, total_iters=200)",
        [("warm-up", 0, "takes 200 epochs, and the run has 90: it ends in it, at a rate of 0.05005")],
    ),
    # a horizon that does not match
    "a run that is shorter": (
        "OneCycleLR(max_lr=1, total_steps=180)",
        [("unfinished", 90, "after 180 epochs, and the run has 90: it ends at 0.81")],
    ),
    "a run that is shorter, scaled": (
        "Scaled(PolynomialLR(total_iters=100), factor=2)",
        [("unfinished", 90, "it ends at 0.022, not 0")],
    ),
    "a run that is longer": (
        "PolynomialLR(total_iters=60)",
        [("outlived", 60, "the last 30 updates (33.3 %) run at 0, so nothing is learnt in them")],
    ),
    "a run that is longer, with a floor": (
        "SequentialLR([Constant(), CosineCycles(T=30, min_ratio=0.1)], milestones=[9])",
        [("outlived", 39, "the last 51 updates (56.7 %) run at 0.01.")],
    ),
    # a plan that ends above its stated end
    "one behind the last": (
        "SequentialLR([StepLR(step_size=100), PolynomialLR(total_iters=10)], milestones=[80])",
        [("above", 90, "ends at 0.01, above the 0 that PolynomialLR reaches after 90 epochs")],
    ),
}
SOUND = [
    "CosineAnnealingLR(T_max=90)",
    "CosineAnnealingLR(T_max=89)",
    f"SequentialLR([{RAMP}, CosineAnnealingLR(T_max=85)], milestones=[5])",
    "SequentialLR([LinearLR(start_factor=0.1, total_iters=4), ExponentialLR(gamma=0.95)], milestones=[5])",
    f"ChainedScheduler([{RAMP}, CosineAnnealingLR(T_max=90)])",
    "Warmup(CosineAnnealingLR(T_max=80), warmup_steps=10)",
    "Warmup(StepLR(step_size=30), warmup_steps=5, shape='1-sqrt')",
    "Warmup(CosineAnnealingLR(T_max=90), warmup_steps=5, shift=0)",
    "WarmupStableDecay(total_steps=90, warmup_steps=5, decay_steps=20)",
    "OneCycleLR(max_lr=1, total_steps=90)",
    "StepLR(step_size=30)",
    "MultiStepLR(milestones=[30, 60])",
    "CosineAnnealingWarmRestarts(T_0=30)",
    "ExponentialLR(gamma=1.05)",
    "InverseTimeDecay(lr_decay=0.1)",
    "LinearLR(start_factor=1, end_factor=0, total_iters=90)",
    "SequentialLR([StepLR(10), SWALR(swa_lr=0.05)], milestones=[5])",
    "ReduceLROnPlateau()",
]


def found(schedule: str, run: int = 90) -> list[tuple[str, int, str]]:
    return [(one.kind, one.update, one.sentence) for one in pitfalls(parse_plan(f"lr=0.1 {schedule}"), run)]


@pytest.mark.parametrize(("schedule", "expected"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found(schedule: str, expected: list[tuple[str, int, str]]) -> None:
    seen = found(schedule)
    assert [one[:2] for one in seen] == [one[:2] for one in expected], seen
    for (_, _, sentence), (_, _, words) in zip(seen, expected, strict=True):
        assert words in sentence


@pytest.mark.parametrize("schedule", SOUND[:-1])
def test_what_is_sound_is_left_alone(schedule: str) -> None:
    assert found(schedule) == []


def test_what_follows_a_metric_has_no_curve() -> None:
    with pytest.raises(PlanError, match="metric"):
        found(SOUND[-1])


@pytest.mark.parametrize("schedule", [one for one in SOUND[:-1] if "CosineAnnealingLR" in one])
def test_a_wrong_clock_is_named_as_the_reason(schedule: str) -> None:
    """Sound over 90 epochs; stepped after each of 45,000 updates instead."""
    plan = parse_plan(f"lr=0.1 {schedule}")
    assert pitfalls(plan, 45_000, 500) == []
    ghost = pitfalls(wrong_clock(plan), 45_000, 500)
    assert [one.kind for one in ghost] == ["restart"]
    assert "scheduler.step() may stand in the wrong loop" in ghost[0].sentence
    assert "It counts updates, and the run has 90 epochs" in ghost[0].sentence


def test_updates_counted_as_epochs_are_named_too() -> None:
    text = "lr=0.1 Warmup(CosineAnnealingLR(T_max=44_000), warmup_steps=1000)"
    assert pitfalls(parse_plan(text + " per iteration"), 45_000, 500) == []
    ghost = pitfalls(parse_plan(text), 45_000, 500)
    assert [one.kind for one in ghost] == ["warm-up", "never"]
    assert all("It counts epochs, and the run has 45,000 updates" in one.sentence for one in ghost)


def test_places_are_updates_also_per_epoch() -> None:
    seen = pitfalls(parse_plan("lr=0.1 CosineAnnealingLR(T_max=50)"), 9000, 100)
    assert [(one.kind, one.update) for one in seen] == [("restart", 5000)]
    assert "over at update 5,000" in seen[0].sentence
    jump = pitfalls(parse_plan(f"lr=0.1 {PLANTED['a ramp cut short'][0]}"), 9000, 100)
    assert [(one.kind, one.update) for one in jump] == [("jump", 500)]


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_published_recipes_have_no_jump_and_no_restart(preset: object) -> None:
    for plan in preset.plans:  # type: ignore[attr-defined]
        if not plan.schedule.listens:
            run = preset.horizon  # type: ignore[attr-defined]
            kinds = {one.kind for one in pitfalls(plan, run.steps, run.steps_per_epoch)}
            assert kinds.isdisjoint({"warm-up", "never"}), plan.text


@pytest.mark.parametrize("text", SAMPLES)
def test_what_is_said_of_a_jump_is_so(text: Plan | str) -> None:
    plan = text if isinstance(text, Plan) else parse_plan(text)
    for one in pitfalls(plan, 60):
        if one.kind == "jump":
            before, after = plan.lr([one.update - 1, one.update])
            assert not 0.95 * before <= after <= 1.05 * before
            assert f"from {before:.4g} to {after:.4g}" in one.sentence


@examples(60)
@given(st.data())
def test_any_plan_gets_sentences_that_fit_the_run(data: st.DataObject) -> None:
    plan = data.draw(plans())
    steps, per_epoch = data.draw(st.integers(1, 3000)), data.draw(st.sampled_from([1, 7, 400]))
    try:
        plan.lr(np.arange(steps), per_epoch)
    except PlanError:
        return
    for one in pitfalls(plan, steps, per_epoch):
        assert 0 <= one.update <= steps
        assert one.sentence.endswith(".")
        assert "nan" not in one.sentence
