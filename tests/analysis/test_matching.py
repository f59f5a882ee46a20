"""Matching: the formulas of the reference in both directions, and that what is said to be shared is
shared."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lrcore import parse_plan
from lrcore.analysis import By, budget, final_lr, half_life, match
from lrcore.analysis.matching.rules import matchable
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import SCHEDULES
from tests.profiles import examples

N = 160_000
STEP = parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.1)")
ADAIN = parse_plan("lr=1e-4 InverseTimeDecay(lr_decay=5e-5) per iteration")
NINTH = parse_plan(
    f"lr=1e-4 LinearLR(start_factor=1, end_factor={1 / 9!r}, total_iters={N - 1}) per iteration"
)


def parameter(match_: object, name: str) -> float:
    return float(getattr(match_.plan.schedule, name))


def test_the_vivid_example_of_the_reference() -> None:
    """semantics.md, section 2: StepLR(30, 0.1) for 90 epochs and inverse time with the same end, or the same
    budget."""
    end = match(STEP, "InverseTimeDecay", "final", 90)
    assert parameter(end, "lr_decay") == pytest.approx(1.112, abs=5e-4)
    assert end.exact
    assert final_lr(end.plan, 90) == pytest.approx(0.1 / 100)
    assert budget(STEP, 90).total / 0.1 == pytest.approx(33.3)
    assert budget(end.plan, 90).total / 0.1 == pytest.approx(4.73, abs=5e-3)
    area = match(STEP, "InverseTimeDecay", "budget", 90)
    assert parameter(area, "lr_decay") == pytest.approx(0.0536, abs=5e-5)
    assert budget(area.plan, 90).total == pytest.approx(budget(STEP, 90).total, rel=1e-9)
    assert final_lr(area.plan, 90) / 0.1 == pytest.approx(0.17, abs=5e-3)
    assert half_life(area.plan, 90) == math.ceil(18.7)
    assert "0.173" in area.sentence


@pytest.mark.parametrize(
    ("size", "gamma", "drops"), [(20_000, 0.7306, 7), (40_000, 0.4807, 3), (80_000, 0.1111, 1)]
)
def test_adain_in_step_terms(size: int, gamma: float, drops: int) -> None:
    found = match(NINTH, "StepLR", "final", N, fixed={"step_size": size})
    assert parameter(found, "gamma") == pytest.approx(gamma, abs=5e-5)
    assert (N - 1) // size == drops
    assert found.exact


@pytest.mark.parametrize(("gamma", "size", "end"), [(0.5, 22_000, 1 / 128), (0.1, 40_000, 1 / 1000)])
def test_equal_budgets_for_adain(gamma: float, size: int, end: float) -> None:
    found = match(ADAIN, "StepLR", "budget", N, free="step_size", fixed={"gamma": gamma})
    assert parameter(found, "step_size") == pytest.approx(size, rel=0.02)
    assert not found.exact
    assert found.residual < 1e-4
    if gamma == 0.5:
        assert final_lr(found.plan, N) / 1e-4 == pytest.approx(end)
    else:  # 39,554 makes a fourth drop in the last 1.1 % of the run, 40,000 does not
        assert final_lr(
            parse_plan(f"lr=1 StepLR(step_size={size}, gamma={gamma}) per iteration"), N
        ) == pytest.approx(end)


def test_equal_areas_of_other_shapes() -> None:
    """semantics.md, section 1: a line to zero that lasts 87,890 iterations has the budget of AdaIN's
    hyperbola."""
    line = match(ADAIN, "LinearLR", "budget", N)
    assert parameter(line, "total_iters") == pytest.approx(87_890, abs=2)


@examples(80)
@given(
    size=st.integers(1, 400), gamma=st.floats(0.05, 0.99), steps=st.integers(2, 2000), per=st.integers(1, 9)
)
def test_there_and_back_between_step_and_inverse_time(size: int, gamma: float, steps: int, per: int) -> None:
    """d = (g^-K - 1)/(n - 1) and g = (1 + d (n - 1))^(-1/K), with K drops in n ticks."""
    plan = parse_plan(f"lr=0.5 StepLR(step_size={size}, gamma={gamma})")
    ticks = -(-steps // per)
    drops = (ticks - 1) // size
    if drops == 0:
        with pytest.raises(PlanError, match="no drop"):
            match(
                parse_plan("lr=0.5 InverseTimeDecay(lr_decay=0.1)"),
                "StepLR",
                "final",
                steps,
                per,
                fixed={"step_size": size},
            )
        return
    assume(gamma**drops > 1e-250)
    there = match(plan, "InverseTimeDecay", "final", steps, per)
    assert parameter(there, "lr_decay") == pytest.approx((gamma**-drops - 1) / (ticks - 1), rel=1e-9)
    back = match(there.plan, "StepLR", "final", steps, per, fixed={"step_size": size})
    assert parameter(back, "gamma") == pytest.approx(gamma, rel=1e-9)
    assert there.exact
    assert back.exact


KINDS = [
    "StepLR",
    "ExponentialLR",
    "InverseTimeDecay",
    "PowerLaw",
    "LinearLR",
    "PolynomialLR",
    "PolynomialDecay",
    "InverseSqrt",
    "ExponentialDecay",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", ["final", "budget", "half_life"])
def test_what_is_shared_is_shared(kind: str, by: str) -> None:
    found = match(ADAIN, kind, by, N)
    measure = {"final": final_lr, "budget": lambda *run: budget(*run).total, "half_life": half_life}[by]
    assert measure(found.plan, N) == pytest.approx(measure(ADAIN, N), rel=2e-6)
    assert found.plan.base_lr == ADAIN.base_lr
    assert found.plan.clock == ADAIN.clock
    assert type(found.plan.schedule).kind == kind
    assert found.sentence.endswith(".")


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize(
    "kind", ["StepLR", "ExponentialLR", "InverseTimeDecay", "CosineAnnealingLR", "PowerLaw"]
)
def test_no_neighbour_fits_the_curve_better(kind: str, log: bool) -> None:
    steps = 1000
    plan = parse_plan("lr=0.3 InverseTimeDecay(lr_decay=0.02) per iteration")
    fixed = {"step_size": 250} if kind == "StepLR" else None
    found = match(plan, kind, "curve_log" if log else "curve_linear", steps, fixed=fixed)
    name = {"InverseTimeDecay": "lr_decay", "CosineAnnealingLR": "eta_min", "PowerLaw": "power"}.get(
        kind, "gamma"
    )

    def distance(other: object) -> float:
        a, b = (p.lr(np.arange(steps)) for p in (plan, other))
        return float(np.sqrt(np.mean((np.log10(a) - np.log10(b)) ** 2 if log else (a - b) ** 2)))

    assert found.residual == pytest.approx(distance(found.plan), rel=1e-9, abs=1e-12)
    for factor in (0.97, 0.99, 1.01, 1.03):
        value = parameter(found, name)
        near = 1 - (1 - value) * factor if name == "gamma" else value * factor
        other = found.plan.model_copy(update={"schedule": found.plan.schedule.replace(name, near)})
        assert distance(other) >= found.residual * (1 - 1e-9)


def test_a_curve_finds_itself() -> None:
    """The same kind: the parameters come back and nothing is left."""
    for text, name in [
        ("ExponentialLR(gamma=0.999)", "gamma"),
        ("InverseTimeDecay(lr_decay=0.02)", "lr_decay"),
        ("PowerLaw(power=0.6)", "power"),
    ]:
        plan = parse_plan(f"lr=0.3 {text} per iteration")
        found = match(plan, type(plan.schedule).kind, "curve_log", 5000)
        assert parameter(found, name) == pytest.approx(float(getattr(plan.schedule, name)), rel=1e-6)
        assert found.residual < 1e-6


def test_a_staircase_finds_its_treads() -> None:
    plan = parse_plan("lr=0.3 StepLR(step_size=300, gamma=0.4) per iteration")
    found = match(plan, "StepLR", "curve_log", 1000)
    assert parameter(found, "step_size") == 300
    assert parameter(found, "gamma") == pytest.approx(0.4, rel=1e-6)


def test_the_clock_is_kept() -> None:
    """StepLR(30) per epoch of 100 updates: the inverse time that shares its half-life counts epochs too."""
    found = match(STEP, "InverseTimeDecay", "half_life", 9000, 100)
    assert parameter(found, "lr_decay") == pytest.approx(1 / 30)
    assert half_life(found.plan, 9000, 100) == half_life(STEP, 9000, 100) == 3000


@pytest.mark.parametrize(
    ("plan", "kind", "by", "fixed", "words"),
    [
        ("lr=0.1 StepLR(step_size=30)", "Constant", "final", None, "no number to solve for"),
        ("lr=0.1 StepLR(step_size=30)", "StepLR", "final", {"step_size": 500}, "no drop"),
        ("lr=0.1 PolynomialLR(total_iters=50)", "StepLR", "final", None, "never reaches 0"),
        ("lr=0.1 ExponentialLR(gamma=1.01)", "InverseTimeDecay", "final", None, "at most at base lr"),
        ("lr=0.1 ExponentialLR(gamma=0.5)", "MultiStepLR", "budget", None, "between"),
        ("lr=0.1", "StepLR", "half_life", None, "no half-life within"),
        ("lr=0.1 StepLR(step_size=30)", "ReduceLROnPlateau", "final", None, "metric"),
        ("lr=0.1 StepLR(step_size=30)", "ExponentialLR", "shape", None, "curve_log"),
        ("lr=0.1 StepLR(step_size=30)", "StepLr", "final", None, "Did you mean StepLR"),
    ],
)
def test_what_cannot_be_matched_is_said(
    plan: str, kind: str, by: str, fixed: dict[str, object] | None, words: str
) -> None:
    with pytest.raises(PlanError, match=words):
        match(parse_plan(plan), kind, by, 100, fixed=fixed)


def test_one_parameter_cannot_be_free_and_fixed() -> None:
    with pytest.raises(PlanError, match="cannot be fixed too"):
        match(STEP, "StepLR", "final", 90, free="gamma", fixed={"gamma": 0.5})
    with pytest.raises(PlanError, match="no number called 'gama'"):
        match(STEP, "StepLR", "final", 90, free="gama", fixed={"step_size": 5})
    with pytest.raises(PlanError, match="at least 2 steps"):
        match(STEP, "ExponentialLR", "final", 1)


def test_only_kinds_are_offered_that_can_be_matched() -> None:
    sources = [STEP, parse_plan("lr=0.1"), parse_plan("lr=0.1 CosineAnnealingLR(T_max=90)")]
    by_all: tuple[By, ...] = ("final", "budget", "half_life", "curve_linear")
    questions = list(product(sources, by_all))

    def found(kind: str, plan: Plan, by: By) -> bool:
        with suppress(PlanError):
            return match(plan, kind, by, 90).plan.schedule.kind == kind
        return False

    for kind, cls in SCHEDULES.items():
        assert matchable(cls) == any(found(kind, plan, by) for plan, by in questions), kind


def test_numbers_are_written_without_the_noise_of_rounding() -> None:
    for kind in ("InverseTimeDecay", "OneCycleLR", "StepLR", "ExponentialLR"):
        found = match(STEP, kind, "final", 90)
        assert found.exact
        (digits,) = {max(len(re.sub("[^0-9]", "", word).lstrip("0")) for word in found.plan.text.split("="))}
        assert digits <= 12, found.plan.text


def test_rates_that_the_first_plan_never_has_are_told() -> None:
    found = match(parse_plan("lr=0.3"), "OneCycleLR", "final", 90)
    assert "Its highest rate is 7.5e+04, 2.5e+05 times that of the first plan" in found.sentence
    assert "highest rate" not in match(STEP, "InverseTimeDecay", "final", 90).sentence
