"""Rules that jump or swing faster than a picture shows: in each of its columns the drawn line covers what the
steps there span, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import Plan, parse_plan
from lrcore.analysis import vertices
from lrcore.analysis.run import Run
from lrcore.analysis.vertices import PIXELS, Axes, sample, ticks_apart
from lrcore.figures.whole_run import curves_figure
from tests.profiles import examples

FAST = [  # rule, updates
    *(("LambdaLR(lr_lambda='1 if epoch % 10 < 3 else 0.1')", steps) for steps in (2000, 28_627, 100_000)),
    ("LambdaLR(lr_lambda='1 if epoch % 1000 < 3 else 0.1')", 100_000),
    ("Formula('0.1 if t > 70000 and t < 70050 else 1')", 160_000),
    ("Formula('base_lr * (1 + sin(t))')", 100_000),
    ("Formula('base_lr * (1 + sin(t / 40))')", 1_500),
    ("MultiplicativeLR('0.2 if epoch % 7 == 0 else 5 if epoch % 7 == 1 else 1')", 30_000),
    ("SequentialLR([StepLR(100, 0.5), LambdaLR('1 if epoch % 77 else 3')], milestones=[400])", 50_000),
    ("CosineAnnealingLR(T_max=7.7)", 160_000),
    ("CosineAnnealingLR(T_max=1.37, eta_min=0.01)", 160_000),
    ("CosineAnnealingLR(T_max=61.803)", 160_000),
    ("CosineAnnealingLR(T_max=7.7)", 11_000),
    ("CyclicLR(0.01, 0.1, step_size_up=3, step_size_down=4, cycle_momentum=False)", 40_000),
]
ALL_AXES = [Axes(), Axes(log_y=True), Axes(log_x=True)]


def spanned(x: np.ndarray, y: np.ndarray, last: float, *, line: bool) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest point in each column of a picture from 0 to `last`: of a line through the
    points, or of the points alone."""
    low, high = np.full(PIXELS, np.inf), np.full(PIXELS, -np.inf)
    if line:
        crossed = np.interp(np.linspace(0, last, PIXELS + 1), x, y)
        low, high = (part(crossed[:-1], crossed[1:]) for part in (np.minimum, np.maximum))
    column = np.minimum((x / last * PIXELS).astype(int), PIXELS - 1)
    np.minimum.at(low, column, y)
    np.maximum.at(high, column, y)
    return low, high


def beside(columns: np.ndarray, part: np.ufunc) -> np.ndarray:
    """A line is two pixels wide: a column is painted from its neighbours too."""
    return part(part(columns, np.append(columns[1:], columns[-1])), np.append(columns[0], columns[:-1]))


def pixels_wrong(plan: Plan, steps: int, axes: Axes, steps_per_epoch: int = 1) -> tuple[float, float]:
    """By how many pixels of its height a picture lacks ink where the steps of a column are, and has some
    where the line through all steps has none."""
    x, y = sample(plan, steps, steps_per_epoch, axes=axes)
    n = np.arange(steps)
    truth = plan.lr(n, steps_per_epoch)
    assert len(x) <= 2000
    np.testing.assert_array_equal(y, truth[x])
    if axes.log_y:
        floor = truth.max() * 1e-12  # below it a log axis is not looked at
        y, truth = (np.log10(np.maximum(rates, floor)) for rates in (y, truth))
    last = float(steps)
    if axes.log_x:  # step 0 has no place on it
        x, y, n, truth, last = np.log10(x[1:]), y[1:], np.log10(n[1:]), truth[1:], np.log10(steps)
    (low, high), (least, most) = spanned(x, y, last, line=True), spanned(n, truth, last, line=False)
    lacks = np.maximum(beside(low, np.minimum) - least, most - beside(high, np.maximum))
    least, most = spanned(n, truth, last, line=True)
    for _ in range(3):  # the line runs from somewhere in a column of two pixels to somewhere in the next
        least, most = beside(least, np.minimum), beside(most, np.maximum)
    false = np.maximum(least - low, high - most)
    pixel = max(truth.max() - truth.min(), 1e-12) / PIXELS
    return float(lacks.max() / pixel), float(false.max() / pixel)


@pytest.mark.parametrize("axes", ALL_AXES, ids=str)
@pytest.mark.parametrize(("rule", "steps"), FAST)
def test_each_column_of_pixels_is_painted_as_its_steps_say(rule: str, steps: int, axes: Axes) -> None:
    lacks, false = pixels_wrong(parse_plan(f"lr=0.1 {rule} per iteration"), steps, axes)
    assert lacks <= 1
    assert false <= 1


@pytest.mark.parametrize("steps_per_epoch", [3, 40])
def test_so_it_is_where_an_epoch_is_narrower_than_a_pixel(steps_per_epoch: int) -> None:
    plan = parse_plan("lr=0.1 LambdaLR('1 if epoch % 10 < 3 else 0.1')")
    lacks, false = pixels_wrong(plan, 200_000, Axes(), steps_per_epoch)
    assert max(lacks, false) <= 1


@examples(60)
@given(
    period=st.integers(2, 20_000),
    on=st.integers(1, 40),
    steps=st.integers(2, 40_000),
    swing=st.floats(1e-4, 3),
    axes=st.sampled_from(ALL_AXES),
)
def test_any_rule_is_painted_right(period: int, on: int, steps: int, swing: float, axes: Axes) -> None:
    rule = f"Formula('base_lr * (1.2 + sin({swing!r} * t)) * (3 if t % {period} < {on} else 1)')"
    lacks, false = pixels_wrong(parse_plan(f"lr=0.1 {rule} per iteration"), steps, axes)
    assert max(lacks, false) <= 1


@pytest.mark.parametrize(
    ("rule", "steps"),
    [
        ("LambdaLR('1 if epoch % 1000 < 3 else 0.1')", 100_000),
        ("Formula('0.1 if t > 70000 and t < 70050 else 1')", 160_000),
        ("LambdaLR('1 if epoch % 10 < 3 else 0.1')", 2000),
    ],
)
def test_jumps_that_find_room_are_exact(rule: str, steps: int) -> None:
    plan, n = parse_plan(f"lr=0.1 {rule} per iteration"), np.arange(steps)
    np.testing.assert_array_equal(np.interp(n, *sample(plan, steps)), plan.lr(n))


def test_a_smooth_rule_takes_few_points_although_all_of_its_steps_are_looked_at() -> None:
    plan = parse_plan("lr=0.1 Formula('lr / (1 + 0.0005 * t)') per iteration")
    assert ticks_apart(plan.schedule, 160_000) == 1
    x, y = sample(plan, 160_000)
    assert len(x) < 200
    truth = plan.lr(np.arange(160_000))
    assert np.abs(np.interp(np.arange(160_000), x, y) - truth).max() <= 0.5 / PIXELS * truth.max()


def test_no_step_of_a_short_rule_is_left_out_of_the_longest_run() -> None:
    for rule in ("LambdaLR('1 if epoch % 1000 < 3 else 0.1')", "Formula('base_lr * (1 + sin(t))')"):
        assert ticks_apart(parse_plan(f"lr=0.1 {rule}").schedule, 10_000_000) == 1


def test_a_rule_too_long_to_be_looked_at_everywhere_is_told() -> None:
    long = " + ".join(f"sin(t / {number})" for number in range(1, 39))
    plans = tuple(parse_plan(f"lr=0.1 Formula('abs({rule})') per iteration") for rule in (long, "sin(t)"))
    shown = curves_figure(plans, Run(steps=10_000_000), points_of=lambda *_: ([0, 1], [0.1, 0.1]))
    assert list(shown.unseen) == [0]
    assert "one in 6 of 10,000,000 updates is computed" in shown.unseen[0]
    assert not curves_figure(plans, Run(steps=20_000), points_of=lambda *_: ([0, 1], [0.1, 0.1])).unseen


def test_a_run_that_is_looked_at_here_and_there_is_still_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vertices, "_LOOKS_MAX", 10_000)
    plan = parse_plan("lr=0.1 Formula('base_lr * (1 + sin(t))') per iteration")
    assert ticks_apart(plan.schedule, 1_000_000) > 100
    for axes in ALL_AXES:
        x, y = sample(plan, 1_000_000, axes=axes)
        assert len(x) <= 2000
        np.testing.assert_array_equal(y, plan.lr(x))
        assert y.max() - y.min() > 0.19
