"""The Robbins-Monro verdict: the table of the reference, and that the sums do what it says."""

from __future__ import annotations

import pytest

from lrcore import parse_plan
from lrcore.analysis import budget, robbins_monro
from tests.schedules.samples import SAMPLES

VERDICTS = [
    ("InverseTimeDecay(lr_decay=0.01)", True, True),
    ("InverseTimeDecay(lr_decay=0.01, staircase=True, decay_steps=100)", True, True),
    ("PowerLaw(power=1)", True, True),
    ("PowerLaw(power=0.51)", True, True),
    ("PolynomialDecay(decay_steps=10, end_lr=0, power=1, cycle=True)", True, True),
    ("PolynomialDecay(decay_steps=10, end_lr=0, power=0.5, cycle=True)", True, False),
    ("PowerLaw(power=0.5)", True, False),
    ("PowerLaw(power=1.5)", False, True),
    ("Noam()", True, False),
    ("InverseSqrt()", True, False),
    ("Constant()", True, False),
    ("MultiStepLR(milestones=[30, 60], gamma=0.1)", True, False),
    ("CyclicLR(max_lr=1)", True, False),
    ("CosineAnnealingWarmRestarts(T_0=10)", True, False),
    ("CosineAnnealingLR(T_max=100)", True, False),
    ("ExponentialDecay(decay_steps=10, decay_rate=0.5, end_lr=0.001)", True, False),
    ("StepLR(step_size=30, gamma=0.1)", False, True),
    ("StepLR(step_size=30, gamma=1)", True, False),
    ("ExponentialLR(gamma=0.99)", False, True),
    ("ExponentialLR(gamma=1.01)", True, False),
    ("LinearLR(start_factor=1, end_factor=0, total_iters=100)", False, True),
    ("PolynomialLR(total_iters=100)", False, True),
    ("CosineCycles(T=100)", False, True),
    ("CosineCycles(T=100, min_ratio=0.1)", True, False),
    ("WarmupStableDecay(total_steps=100, decay_steps=20)", False, True),
    ("CosineCycles(T=100, cycle_limit=None, cycle_mul=2, cycle_decay=0.6)", True, True),
    ("CosineCycles(T=100, cycle_limit=None, cycle_mul=2, cycle_decay=0.8)", True, False),
    ("Warmup(InverseTimeDecay(lr_decay=0.01), warmup_steps=10)", True, True),
    ("Scaled(ExponentialLR(gamma=0.9), factor=3)", False, True),
    ("SequentialLR([StepLR(step_size=3), PowerLaw(power=0.7)], milestones=[50])", True, True),
    ("ChainedScheduler([ExponentialLR(gamma=0.9), PowerLaw(power=0.7)])", False, True),
    ("ChainedScheduler([LinearLR(), InverseTimeDecay(lr_decay=0.1)])", True, True),
]


@pytest.mark.parametrize(("text", "diverges", "converges"), VERDICTS)
def test_robbins_monro(text: str, diverges: bool, converges: bool) -> None:
    verdict = robbins_monro(parse_plan(f"lr=0.1 {text}"))
    assert (verdict.sum_diverges, verdict.squares_converge) == (diverges, converges)
    assert verdict.both == (diverges and converges)
    assert verdict.reason.endswith(".")


@pytest.mark.parametrize(
    ("text", "diverges", "converges"),
    [case for case in VERDICTS if "1.01" not in case[0] and "cycle_mul" not in case[0]],
)
def test_the_verdict_agrees_with_how_the_sums_grow(text: str, diverges: bool, converges: bool) -> None:
    """From 1e5 to 1e7 updates a sum that converges hardly moves, and one that diverges, if only like a
    logarithm, does."""
    plan = parse_plan(f"lr=0.1 {text} per iteration")
    early, late = budget(plan, 10**5), budget(plan, 10**7)
    slow = "1.5" in text or "0.51" in text or "0.7" in text
    assert (late.total > early.total * 1.01) is diverges
    if not slow:
        assert (late.squares < early.squares * (1 + 1e-3)) is converges


def test_partial_sums_of_the_reference() -> None:
    """semantics.md, section 3, lr0 = 0.1."""
    inverse = parse_plan("lr=0.1 InverseTimeDecay(lr_decay=0.01)")
    assert [round(budget(inverse, 10**k).total, 1) for k in (3, 4, 5, 6)] == [24.0, 46.2, 69.1, 92.2]
    assert budget(inverse, 10**6).squares == pytest.approx(1.005, abs=1e-3)
    root = parse_plan("lr=0.1 PowerLaw(power=0.5)")
    assert [budget(root, 10**k).total for k in (3, 4, 5, 6)] == pytest.approx([6.2, 19.9, 63, 200], rel=5e-3)
    assert budget(parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.1)"), 10**6).total == pytest.approx(10 / 3)
    assert budget(parse_plan("lr=0.1 ExponentialLR(gamma=0.99)"), 10**6).total == pytest.approx(10)


def test_what_has_no_rule_is_not_decided() -> None:
    verdict = robbins_monro(parse_plan("lr=0.1 LambdaLR(lr_lambda='0.95 ** epoch')"))
    assert verdict.sum_diverges is None
    assert verdict.both is None
    assert "LambdaLR" in verdict.reason


UNDECIDED = {"Formula", "LambdaLR", "MultiplicativeLR"}  # a person typed their rate


def test_every_kind_that_has_a_formula_is_decided() -> None:
    for text in SAMPLES:
        plan = parse_plan(text)
        verdict = robbins_monro(plan)
        recursive = not plan.schedule.pointwise()  # a chain that is no product
        assert (verdict.sum_diverges is None) is (plan.schedule.kind in UNDECIDED or recursive), text
        assert verdict.reason.endswith(".")


def test_a_part_comes_to_its_end_on_the_clock_of_the_whole() -> None:
    inner = "PolynomialLR(total_iters=100)"
    for text, step in (
        (inner, 100),
        (f"Warmup({inner}, warmup_steps=10)", 110),
        (f"Warmup({inner}, warmup_steps=10, shift=0)", 100),
        (f"SequentialLR([Constant(), {inner}], milestones=[50])", 150),
    ):
        plan = parse_plan(f"lr=0.1 {text}")
        assert robbins_monro(plan).reason.startswith(f"The rate is 0 from step {step} on"), text
        assert plan.lr(step) == 0 < plan.lr(step - 1)


def test_a_factor_a_step_that_float64_does_not_hold_grows() -> None:
    verdict = robbins_monro(parse_plan("lr=0.1 ExponentialDecay(decay_steps=1e-6, decay_rate=2)"))
    assert verdict.reason == "The rate grows, so both sums grow without end."
