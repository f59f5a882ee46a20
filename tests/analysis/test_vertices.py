"""Few points that draw the whole curve: exact where they stand, true to the pixel between."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import Plan, PlanError, parse_plan
from lrcore.analysis.vertices import PIXELS, Axes, sample
from tests.profiles import examples
from tests.strategies import plans

AXES = [Axes(), Axes(log_y=True), Axes(log_x=True), Axes(log_x=True, log_y=True)]
REAL = 160_000  # iterations of the lecture's training run

STAIRCASES = [
    "lr=0.05 StepLR(step_size=30, gamma=0.1)",
    "lr=0.05 StepLR(step_size=30000, gamma=0.1) per iteration",
    "lr=0.05 StepLR(step_size=1000, gamma=0.9) per iteration",
    "lr=0.05 StepLR(step_size=777, gamma=1.01) per iteration",
    "lr=0.3 MultiStepLR(milestones=[0, 1, 2, 500, 501, 90000, 159999, 160000], gamma=0.5) per iteration",
    "lr=0.3 MultiStepLR(milestones=[], gamma=0.5)",
    "lr=0.3 ConstantLR(factor=0.5, total_iters=100) per iteration",
    "lr=0.3 ConstantLR(factor=0.5, total_iters=20)",
    "lr=0.3",
    "lr=0.3 per iteration",
]
SMOOTH = [
    "lr=1e-4 InverseTimeDecay(lr_decay=5e-5) per iteration",
    "lr=0.3 InverseTimeDecay(lr_decay=0.2) per iteration",
    "lr=0.1 CosineAnnealingLR(T_max=160000) per iteration",
    "lr=0.1 CosineAnnealingLR(T_max=40000, eta_min=0.001) per iteration",
    "lr=0.1 CosineAnnealingLR(T_max=7777.7) per iteration",
    "lr=0.1 ExponentialLR(gamma=0.9999) per iteration",
    "lr=0.1 ExponentialLR(gamma=0.99) per iteration",
    "lr=0.1 LinearLR(start_factor=0.01, total_iters=5000) per iteration",
    "lr=0.1 PolynomialLR(total_iters=160000, power=0.5) per iteration",
    "lr=0.1 PolynomialLR(total_iters=120000, power=3) per iteration",
    "lr=0.1 SWALR(swa_lr=0.7, anneal_epochs=6) per iteration",
]


@examples(250)
@given(
    plan=plans(30_000),
    steps=st.integers(1, 30_000) | st.integers(1, 40),
    spe=st.sampled_from([1, 2, 32, 1000]) | st.integers(1, 40_000),
    points=st.integers(16, 3000),
    axes=st.sampled_from(AXES),
)
def test_every_vertex_is_the_rate_of_a_whole_step(
    plan: Plan, steps: int, spe: int, points: int, axes: Axes
) -> None:
    x, y = sample(plan, steps, spe, max_points=points, axes=axes)
    assert x.dtype == np.int64
    assert y.dtype == np.float64
    assert len(x) == len(y) <= points
    assert x[0] == 0
    assert x[-1] == steps - 1
    assert np.all(np.diff(x) > 0)
    np.testing.assert_array_equal(y, plan.lr(x, spe))


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("text", STAIRCASES)
def test_a_staircase_is_drawn_exactly_from_its_vertices(text: str, axes: Axes) -> None:
    plan, every_step = parse_plan(text), np.arange(REAL)
    x, y = sample(plan, REAL, 40, axes=axes)
    assert len(x) <= 700
    np.testing.assert_array_equal(np.interp(every_step, x, y), plan.lr(every_step, 40))


@examples(60)
@given(
    size=st.integers(20, 5000),
    gamma=st.floats(0.01, 1.5),
    steps=st.integers(1, 16_000),
    spe=st.integers(1, 50),
    by_step=st.booleans(),
)
def test_any_staircase_that_fits_is_exact(
    size: int, gamma: float, steps: int, spe: int, by_step: bool
) -> None:
    plan = parse_plan(f"lr=0.1 StepLR({size}, gamma={gamma!r})" + (" per iteration" if by_step else ""))
    x, y = sample(plan, steps, spe)
    np.testing.assert_array_equal(np.interp(np.arange(steps), x, y), plan.lr(np.arange(steps), spe))


@pytest.mark.parametrize("axes", AXES, ids=str)
@pytest.mark.parametrize("text", SMOOTH)
def test_a_smooth_curve_is_within_half_a_pixel(text: str, axes: Axes) -> None:
    plan = parse_plan(text)
    x, y = sample(plan, REAL, axes=axes)
    assert _pixels_off(plan, x, y, axes) <= 0.5


def _pixels_off(plan: Plan, x: np.ndarray, y: np.ndarray, axes: Axes) -> float:
    """The greatest vertical distance between the drawn lines and the curve at any step, on a picture of 1500
    pixels."""
    steps = np.arange(REAL)
    truth = plan.lr(steps)
    floor = truth.max() * 1e-12  # below it a log axis is not looked at

    def across(values: Any) -> Any:
        return np.log10(np.maximum(values, 1)) if axes.log_x else np.asarray(values, float)

    def up(values: Any) -> Any:
        return np.log10(np.maximum(values, floor)) if axes.log_y else values

    shown = slice(1, None) if axes.log_x else slice(None)  # step 0 has no place on a log axis
    drawn = np.interp(across(steps[shown]), across(x), up(y))
    height = up(truth).max() - up(truth).min()
    return float(np.abs(drawn - up(truth)[shown]).max() / height * PIXELS)


@pytest.mark.parametrize(
    "kind",
    ["CosineAnnealingLR(T_max=50)", "ExponentialLR(gamma=0.9)", "PolynomialLR(total_iters=60, power=2)"],
)
def test_treads_of_an_epoch_clock_are_exact(kind: str) -> None:
    plan, every_step = parse_plan(f"lr=0.3 {kind}"), np.arange(2005)
    x, y = sample(plan, 2005, 32)
    np.testing.assert_array_equal(np.interp(every_step, x, y), plan.lr(every_step, 32))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("lr=0.1 CosineAnnealingLR(T_max=5, eta_min=0.01) per iteration", 0.01, 0.1),
        ("lr=0.1 CosineAnnealingLR(T_max=1, eta_min=0.01) per iteration", 0.01, 0.1),
        ("lr=0.1 CosineAnnealingLR(T_max=16) per iteration", 0.0, 0.1),
    ],
)
@pytest.mark.parametrize("log_x", [False, True])
def test_dense_cycles_are_drawn_as_the_band_between_their_extremes(
    text: str, low: float, high: float, log_x: bool
) -> None:
    plan = parse_plan(text)
    x, y = sample(plan, REAL, axes=Axes(log_x=log_x))
    edges = np.geomspace(100, REAL, 60) if log_x else np.linspace(0, REAL, 100)
    for start, stop in pairwise(edges):  # wherever one looks
        inside = y[(x >= start) & (x < stop)]
        if stop - start > 64:
            assert inside.min() == pytest.approx(low, abs=1e-12)
            assert inside.max() == pytest.approx(high, abs=1e-12)


def test_a_staircase_with_more_treads_than_points_still_falls_as_it_should() -> None:
    plan = parse_plan("lr=0.1 StepLR(step_size=1, gamma=0.99999) per iteration")
    x, y = sample(plan, REAL)
    truth = plan.lr(np.arange(REAL))
    off = np.abs(np.interp(np.arange(REAL), x, y) - truth)
    assert off.max() / (truth.max() - truth.min()) * PIXELS < 2


@pytest.mark.parametrize(
    ("text", "log_y"),
    [
        ("lr=0.05 StepLR(step_size=30, gamma=0.1) per iteration", False),
        ("lr=0.05 StepLR(step_size=30, gamma=0.7) per iteration", True),
        ("lr=0.1 InverseTimeDecay(lr_decay=0.5, staircase=True, decay_steps=40) per iteration", False),
    ],
)
def test_of_very_many_treads_those_that_are_seen_are_exact(text: str, log_y: bool) -> None:
    plan, steps = parse_plan(text), 100_000
    x, y = sample(plan, steps, axes=Axes(log_y=log_y))
    assert len(x) <= 2000
    n = np.arange(steps)
    drawn, truth = np.interp(n, x, y), plan.lr(n)
    if log_y:
        drawn, truth = (np.log10(np.maximum(rates, 1e-12 * plan.base_lr)) for rates in (drawn, truth))
    assert np.abs(drawn - truth).max() <= (truth.max() - truth.min()) * 0.5 / PIXELS


@examples(80)
@given(decay=st.floats(1e-4, 0.05), steps=st.integers(2, 5000), tread=st.none() | st.floats(20, 300))
def test_the_treads_of_a_staircase_hyperbola_are_exact(decay: float, steps: int, tread: float | None) -> None:
    extra = "" if tread is None else f", decay_steps={tread!r}"
    plan = parse_plan(f"lr=0.1 InverseTimeDecay(lr_decay={decay!r}, staircase=True{extra}) per iteration")
    x, y = sample(plan, steps)
    drawn, truth = np.interp(np.arange(steps), x, y), plan.lr(np.arange(steps))
    assert np.abs(drawn - truth).max() <= (truth.max() - truth.min()) * 0.5 / PIXELS + 1e-15


def test_ten_million_treads_cost_nothing_until_they_are_drawn() -> None:
    x, _ = sample(parse_plan("lr=0.1 StepLR(step_size=1, gamma=1) per iteration"), 10**12)
    assert len(x) <= 2000


@pytest.mark.parametrize(("steps", "points"), [(0, 2000), (-5, 2000), (10, 15)])
def test_too_little_room_is_told(steps: int, points: int) -> None:
    with pytest.raises(PlanError, match=f"{steps} steps and {points} points"):
        sample(parse_plan("lr=1"), steps, max_points=points)
