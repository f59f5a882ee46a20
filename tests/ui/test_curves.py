"""What stands behind the Curves page: horizon and links, presets, pastes, scaling, the CSV, the figures and
the blog's question."""

from __future__ import annotations

import math
import subprocess
import sys
from urllib.parse import parse_qs, urlencode

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import PlanError, parse_plan, plan_from_code
from lrcore.analysis import half_life
from lrcore.analysis.clock.rescale import rescale
from lrcore.analysis.decay_question import Question, answer, inverse_code, step_code
from lrcore.analysis.run import STEPS_MAX, Horizon
from lrcore.dialects.paste import needs_base_lr, plans_from_paste
from lrcore.figures.decay_question import inverse_figure, question_figure
from lrcore.figures.export import figure_html
from lrcore.figures.horizon import curves_figure
from lrcore.gallery.presets import PRESETS, Preset
from lrcore.links import CurveView, view_from_params
from lrcore.text.series import read_metric
from tests.profiles import examples

IMAGENET = Horizon(steps=450_360, steps_per_epoch=5004)
STEP_CALL = "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.1)\n"
BY_HAND = """def adjust_learning_rate(optimizer, iteration_count):
    lr = 1e-4 / (1.0 + 5e-5 * iteration_count)
    for param_group in optimizer.param_groups:
        param_group["lr"] = lr
"""


# --- links ---

GOLDEN = {  # links of this page that were given away; what they mean stays
    "curve_steps=450360&curve_epoch=5004&y_axis=log": CurveView(horizon=IMAGENET, log_y=True),
    "x_axis=log&edit=3&ghost=yes": CurveView(log_x=True, edited=2, ghost=True),
    "read_at=1000&read_below=0.001&metric=0.9,+0.7,+0.65": CurveView(
        read_at=1000, read_below=0.001, metric=(0.9, 0.7, 0.65)
    ),
    "question=decay(base_lr%3D0.1,+lr_decay%3D0.01,+step_size%3D500)": CurveView(
        question=Question(base_lr=0.1, lr_decay=0.01, step_size=500)
    ),
}


@pytest.mark.parametrize("link", GOLDEN)
def test_a_link_keeps_its_meaning(link: str) -> None:
    assert view_from_params(parse_qs(link)) == (GOLDEN[link], [])


views = st.builds(
    CurveView,
    horizon=st.none()
    | st.builds(Horizon, steps=st.integers(1, STEPS_MAX), steps_per_epoch=st.integers(1, STEPS_MAX)),
    log_x=st.booleans(),
    log_y=st.booleans(),
    edited=st.integers(0, 19),
    ghost=st.booleans(),
    read_at=st.none() | st.integers(0, STEPS_MAX - 1),
    read_below=st.none() | st.floats(1e-12, 10),
    metric=st.lists(st.integers(-1000, 1000).map(lambda n: n / 8), max_size=30).map(tuple),
    question=st.builds(
        Question, base_lr=st.floats(1e-5, 1), gamma=st.floats(0.05, 1), steps=st.integers(2, STEPS_MAX)
    ),
)


@examples(100)
@given(view=views)
def test_any_view_comes_back_from_its_link(view: CurveView) -> None:
    assert view_from_params(parse_qs(urlencode(view.to_params(), doseq=True))) == (view, [])


@pytest.mark.parametrize(
    "link",
    [
        "curve_steps=0", "curve_steps=1e9", "curve_steps=99999999999", "curve_steps=" + "9" * 5000,
        "curve_steps=5&curve_epoch=x",
        "metric=1,nan", "metric=" + "1," * 2000, "read_at=-1", "read_below=0", "read_below=inf",
        "question=__import__('os')", "question=decay(base_lr=-1)", "question=decay(9**9**9)",
    ],
)  # fmt: skip
def test_a_hostile_word_is_left_out_with_a_sentence(link: str) -> None:
    view, problems = view_from_params(parse_qs(link))
    assert view == CurveView()
    assert len(problems) == 1
    assert "left out" in problems[0]
    assert len(problems[0]) < 400


def test_a_metric_is_read_as_it_is_pasted() -> None:
    assert read_metric("[0.9, 0.7;\n 6e-1]") == (0.9, 0.7, 0.6)
    with pytest.raises(PlanError, match=r"Number 2 is 'x'"):
        read_metric("0.9 x")


# --- presets, pastes, scaling, CSV ---


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_preset_draws_and_ends_as_it_says(preset: Preset) -> None:
    shown = curves_figure(preset.plans, preset.horizon, log_y=preset.log_y)
    assert not shown.missing
    assert len(shown.figure["data"]) == len(preset.plans)


def test_the_adain_preset_shares_its_ends() -> None:
    preset = PRESETS["adain"]
    ends = [float(plan.lr(preset.horizon.steps - 1)) for plan in preset.plans]
    assert ends == pytest.approx([1e-4 / 9] * 4, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "base_lr", "plans"),
    [
        (
            "lr=0.1\n# a comment\nlr=0.2 StepLR(step_size=3, gamma=0.5)",
            None,
            ["lr=0.1", "lr=0.2 StepLR(step_size=3, gamma=0.5)"],
        ),
        (STEP_CALL, 0.1, ["lr=0.1 StepLR(step_size=30, gamma=0.1)"]),
        (BY_HAND, None, ["lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration"]),
        (
            STEP_CALL + BY_HAND,
            0.1,
            [
                "lr=0.1 StepLR(step_size=30, gamma=0.1)",
                "lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration",
            ],
        ),
    ],
)
def test_pastes(text: str, base_lr: float | None, plans: list[str]) -> None:
    assert [plan.text for plan in plans_from_paste(text, base_lr)] == plans
    assert needs_base_lr(text) is (base_lr is not None)


@pytest.mark.parametrize(
    "text", ["", "   ", "hello", "(" * 9000, "lr=1\nlr=x", "import os; os.system('x')", "\x00", "a" * 200_000]
)
def test_a_paste_that_says_nothing_is_answered(text: str) -> None:
    with pytest.raises(PlanError) as refusal:
        plans_from_paste(text)
    assert 20 < len(str(refusal.value)) < 500
    assert not needs_base_lr(text)


@pytest.mark.parametrize(
    "text",
    [
        "lr=0.1 StepLR(step_size=30, gamma=0.1)",
        "lr=0.1 CosineAnnealingLR(T_max=450360) per iteration",
        "lr=0.1 InverseTimeDecay(lr_decay=2e-4) per iteration",
        "lr=0.1 ExponentialLR(gamma=0.99999) per iteration",
        (
            "lr=0.1 SequentialLR([LinearLR(0.1, total_iters=22518), CosineAnnealingLR(T_max=427842)],"
            " milestones=[22518]) per iteration"
        ),
        "lr=0.1 Piecewise([[0, 0.1], [225180, 0.02], [450360, 0.001]]) per iteration",
        "lr=0.1",
    ],
)
def test_a_scaled_plan_keeps_its_shape(text: str) -> None:
    plan, new = parse_plan(text), Horizon(steps=2000)
    scaled = rescale(plan, IMAGENET, new)
    at = np.array([100, 500, 900, 1500, 1900])
    there = plan.lr((at * IMAGENET.steps / new.steps).astype(np.int64), IMAGENET.steps_per_epoch)
    assert scaled.lr(at) == pytest.approx(there, rel=0.02)


def test_what_cannot_be_scaled_says_so() -> None:
    with pytest.raises(PlanError, match="not scaled"):
        rescale(parse_plan("lr=0.1 ReduceLROnPlateau()"), IMAGENET, Horizon(steps=2000))
    chain = (
        "lr=0.1 ChainedScheduler([StepLR(step_size=9, gamma=0.5), CosineAnnealingLR(T_max=10,"
        " eta_min=0.001)])"
    )
    with pytest.raises(PlanError, match="followed update by update"):
        rescale(parse_plan(chain), IMAGENET, Horizon(steps=2000))


# --- figures ---


def test_the_figure_is_exact_valid_and_small() -> None:
    plans = [parse_plan(f"lr={n / 10} StepLR(step_size={n}, gamma=0.9)") for n in range(1, 21)]
    horizon = Horizon(steps=10_000_000, steps_per_epoch=10_000)
    shown = curves_figure(plans, horizon, log_x=True, log_y=True, ghost=2)
    go.Figure(shown.figure)
    assert [trace["uid"] for trace in shown.figure["data"]] == [*(f"plan-{n}" for n in range(20)), "ghost"]
    for plan, trace in zip(plans, shown.figure["data"], strict=False):
        assert len(trace["x"]) <= 2000
        assert [y for y in plan.lr(np.array(trace["x"]), 10_000).tolist() if y > 0] == [
            y for y in trace["y"] if y is not None
        ]


def test_a_plan_with_feedback_waits_for_its_metric_and_then_follows_it() -> None:
    plan = parse_plan("lr=0.1 ReduceLROnPlateau(factor=0.5, patience=1)")
    horizon = Horizon(steps=60, steps_per_epoch=10)
    waiting = curves_figure([plan], horizon)
    assert "metric" in waiting.missing[0]
    trace = curves_figure([plan], horizon, metric=(1.0, 1.0, 1.0, 0.5)).figure["data"][0]
    assert trace["x"] == [0, 9, 10, 19, 20, 29, 30, 39, 40, 49]
    assert trace["y"] == [0.1] * 6 + [0.05] * 4


def test_the_html_needs_nothing_else() -> None:
    text = figure_html(curves_figure([parse_plan("lr=0.1")], Horizon(steps=10)).figure, "rates")
    assert len(text) > 3_000_000
    assert '<script src="http' not in text


# --- the question ---


def test_the_tangent_reaches_zero_where_the_curve_is_at_one_half() -> None:
    question = Question()
    numbers = answer(question)
    assert question.tangent(1 / question.lr_decay) == 0
    assert (numbers.tangent_at_half_life, numbers.at_half_life) == (0, 0.5)
    assert float(question.inverse_plan.lr(20_000)) == question.base_lr / 2
    assert half_life(question.inverse_plan, question.steps) == 20_000


def test_halvings_double() -> None:
    question = Question()
    first, second, third = answer(question).halvings
    rates = question.inverse_plan.lr(np.cumsum([first, second, third]).astype(np.int64)) / question.base_lr
    assert rates == pytest.approx([1 / 2, 1 / 4, 1 / 8])


def test_one_over_lr_is_the_straight_line_and_lr_is_below_it() -> None:
    question = Question()
    steps = np.arange(0, question.steps, 1000)
    numbers = answer(question)
    assert 1 / question.inverse_plan.lr(steps) == pytest.approx(
        numbers.inverse_start + numbers.inverse_slope * steps
    )
    assert (question.inverse_plan.lr(steps) <= question.line_plan.lr(steps) * (1 + 1e-12)).all()


def test_the_budgets_are_those_of_the_reference() -> None:
    numbers = answer(Question(gamma=0.4807))
    assert numbers.inverse_budget == pytest.approx(4.394, abs=1e-3)
    assert numbers.line_budget == pytest.approx(8.889, abs=1e-3)
    assert numbers.step_budget == pytest.approx(7.292, abs=2e-3)
    assert math.isclose(numbers.line_budget / numbers.inverse_budget, 2.02, abs_tol=0.01)
    assert numbers.drops == 3


def test_both_snippets_run_and_are_read_back() -> None:
    question = Question(base_lr=0.1, step_size=5, gamma=0.5, lr_decay=0.1, steps=12)
    for code, plan in (
        (step_code(question), question.step_plan),
        (inverse_code(question), question.inverse_plan),
    ):
        check = (
            "\nassert abs(optimizer.param_groups[0]['lr'] -"
            f" {float(plan.lr(12 if 'scheduler' in code else 11))!r}) < 1e-12\n"
        )
        subprocess.run([sys.executable, "-c", code + check], check=True, capture_output=True, timeout=120)
        assert plan_from_code(code).lr(np.arange(12)) == pytest.approx(plan.lr(np.arange(12)))


def test_the_panels_figures_are_valid() -> None:
    for question in (Question(), Question(lr_decay=1e-7), Question(steps=2, step_size=1)):
        go.Figure(question_figure(question))
        go.Figure(inverse_figure(question))
