"""The chart of the Curves page: exact, valid and small, however long the run; and as a page of its own."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from lrcore import parse_plan
from lrcore.analysis.run import Run
from lrcore.figures.html import figure_html
from lrcore.figures.whole_run import curves_figure


def test_the_figure_is_exact_valid_and_small() -> None:
    plans = [parse_plan(f"lr={n / 10} StepLR(step_size={n}, gamma=0.9)") for n in range(1, 21)]
    horizon = Run(steps=10_000_000, steps_per_epoch=10_000)
    shown = curves_figure(plans, horizon, log_x=True, log_y=True, ghost=2)
    go.Figure(shown.figure)
    assert [trace["uid"] for trace in shown.figure["data"]] == [*(f"plan-{n}" for n in range(20)), "ghost"]
    for plan, trace in zip(plans, shown.figure["data"], strict=False):
        assert len(trace["x"]) <= 2000
        assert [y for y in plan.lr(np.array(trace["x"]), 10_000).tolist() if y > 0] == [
            y for y in trace["y"] if y is not None
        ]


def test_a_formula_without_rates_on_the_wrong_clock_is_drawn_on_its_own() -> None:
    plans = [parse_plan("lr=0.3 Formula('1 / (50 - t)')"), parse_plan("lr=0.3 StepLR(step_size=3)")]
    horizon = Run(steps=100, steps_per_epoch=10)
    shown = curves_figure(plans, horizon, ghost=0)
    assert [trace["uid"] for trace in shown.figure["data"]] == ["plan-0", "plan-1"]
    assert shown.missing == {}
    assert len(curves_figure(plans, horizon, ghost=1).figure["data"]) == 3


def test_a_plan_with_feedback_waits_for_its_metric_and_then_follows_it() -> None:
    plan = parse_plan("lr=0.1 ReduceLROnPlateau(factor=0.5, patience=1)")
    horizon = Run(steps=60, steps_per_epoch=10)
    waiting = curves_figure([plan], horizon)
    assert "metric" in waiting.missing[0]
    trace = curves_figure([plan], horizon, metric=(1.0, 1.0, 1.0, 0.5)).figure["data"][0]
    assert trace["x"] == [0, 9, 10, 19, 20, 29, 30, 39, 40, 49]
    assert trace["y"] == [0.1] * 6 + [0.05] * 4


def test_the_html_needs_nothing_else() -> None:
    text = figure_html(curves_figure([parse_plan("lr=0.1")], Run(steps=10)).figure, "rates")
    assert len(text) > 3_000_000
    assert '<script src="http' not in text
