"""Figures are valid Plotly figures, one palette, the same whether built at once or grown."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import plotly.graph_objects as go
import pytest

from lrcore import parse_plan
from lrcore.datasets import DATASETS
from lrcore.figures.curves import label, lr_figure, median_rate, momentum_figure
from lrcore.figures.losses import TRACES_PER_PLAN, band, extend, loss_figure
from lrcore.figures.theme import COLORS, DASHES, color, dash, line, shade
from lrcore.figures.thumbnail import thumbnail
from lrcore.gallery.examples import EXAMPLES
from lrcore.results.events import NOT_DIVERGED, History, Progress, Split

PLANS = tuple(
    parse_plan(text)
    for text in (
        "lr=0.3",
        "lr=0.3 StepLR(step_size=5, gamma=0.3)",
        "lr=0.3 PolynomialLR(total_iters=100) per iteration",
        "lr=1e300 ExponentialLR(gamma=10) per iteration",
    )
)
SPLITS: tuple[Split, Split] = ("train", "val")
SEEDS = 3


def told(evaluations: int = 12, hostile: bool = True) -> list[Progress]:
    """A run in which seeds diverge, and losses are NaN, infinite, zero and huge."""
    rng = np.random.default_rng(3)
    events, at = [], np.full((len(PLANS), SEEDS), NOT_DIVERGED)
    for number in range(evaluations):
        train, val = rng.lognormal(size=(2, len(PLANS), SEEDS))
        if hostile and number >= 4:
            at = at.copy()
            at[1, 0], at[3] = 35, (31, 37, 37)
            train[1, 0], val[1, 0], train[3], val[3] = np.inf, np.nan, np.inf, np.inf
        if hostile and number >= 7:
            at = at.copy()
            at[1, 2] = 64
            train[2], val[2], train[0, 1] = 0.0, 1e250, 1e9
        ones = np.ones_like(train)
        events.append(Progress(number * 10, number / 3, ones, train, val, ones, ones, at))
    return events


def figures() -> list[Any]:
    example = EXAMPLES["01_open"].experiment.plans
    made = [lr_figure(PLANS, 500, 32, log_y=log).figure for log in (False, True)] + [
        lr_figure(example, 2000, 32, log_y=True, show_legend=False).figure
    ]
    return made + [loss_figure(PLANS, 500, told(count), split) for split in SPLITS for count in (0, 1, 12)]


@pytest.mark.parametrize("figure", figures())
def test_plotly_accepts_the_figure_and_json_can_hold_it(figure: Any) -> None:
    go.Figure(figure)  # raises for any name or value that Plotly does not know
    text = json.dumps(figure, allow_nan=False)  # raises for NaN and infinity
    assert json.loads(text) == figure
    assert all(len(trace["x"]) == len(trace["y"]) <= 2000 for trace in figure["data"])
    assert figure["layout"]["uirevision"] == "constant"  # zoom and legend outlive an update


def test_plotly_would_refuse_a_wrong_name() -> None:
    figure = lr_figure(PLANS, 50, 32, log_y=False).figure
    figure["layout"]["hovermodus"] = "x"
    with pytest.raises(ValueError, match="hovermodus"):
        go.Figure(figure)


def test_the_palette_is_streamlits_too() -> None:
    config = tomllib.loads(Path(".streamlit/config.toml").read_text(encoding="utf-8"))
    assert tuple(config["theme"]["chartCategoricalColors"]) == COLORS


def test_twenty_plans_look_different_and_each_keeps_its_look() -> None:
    assert len(set(COLORS)) == len(set(DASHES)) == 8
    assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in COLORS)
    assert len({(color(plan), dash(plan)) for plan in range(20)}) == 20
    assert line(2) == {"color": COLORS[2], "dash": DASHES[2], "width": 2.0}
    assert shade(0, 0.5) == "rgba(43,123,186,0.5)"
    curves, losses = (
        lr_figure(PLANS, 50, 5, log_y=False).figure["data"],
        loss_figure(PLANS, 50, told(), "train")["data"],
    )
    for plan in range(len(PLANS)):
        mine = losses[plan * TRACES_PER_PLAN : (plan + 1) * TRACES_PER_PLAN]
        assert curves[plan]["line"] == mine[2]["line"] == line(plan)
        assert curves[plan]["name"] == mine[2]["name"] == label(plan, PLANS[plan])
        assert mine[1]["fillcolor"] == shade(plan)
        assert mine[3]["marker"]["color"] == color(plan)


def test_the_labels_name_the_plan_by_number_and_kind() -> None:
    assert [label(index, plan) for index, plan in enumerate(PLANS[:2])] == ["1 · constant 0.3", "2 · StepLR"]


def test_the_curve_is_the_rate_that_trains() -> None:
    for log_y in (False, True):
        for plan, trace in zip(PLANS, lr_figure(PLANS, 500, 32, log_y=log_y).figure["data"], strict=True):
            truth = plan.lr(np.array(trace["x"]), 32).tolist()
            assert trace["y"] == [rate if rate > 0 or not log_y else None for rate in truth]
            assert (trace["x"][0], trace["x"][-1]) == (0, 499)


def test_a_rate_of_zero_is_a_gap_on_a_log_axis() -> None:
    assert lr_figure(PLANS, 500, 32, log_y=True).figure["data"][2]["y"][-1] is None
    assert lr_figure(PLANS, 500, 32, log_y=False).figure["data"][2]["y"][-1] == 0.0


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("count", [0, 1, 5, 12])
def test_the_number_of_traces_does_not_depend_on_what_was_told(split: Split, count: int) -> None:
    figure = loss_figure(PLANS, 500, told(count), split)
    assert len(figure["data"]) == TRACES_PER_PLAN * len(PLANS)
    assert [trace["name"] for trace in figure["data"]] == [
        trace["name"] for trace in loss_figure(PLANS, 500, [], split)["data"]
    ]


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("cut", [0, 1, 4, 5, 11])
def test_growing_a_figure_gives_the_one_built_at_once(split: Split, cut: int) -> None:
    events = told()
    grown = loss_figure(PLANS, 500, events[:cut], split)
    for number in range(cut, len(events)):
        for part in extend(events[number], split, events[:number]):
            json.dumps(part, allow_nan=False)
            grown["data"][part["i"]]["x"] += part["x"]
            grown["data"][part["i"]]["y"] += part["y"]
    assert grown == loss_figure(PLANS, 500, events, split)


@pytest.mark.parametrize("split", SPLITS)
def test_each_divergence_is_marked_once_where_it_happened(split: Split) -> None:
    traces = loss_figure(PLANS, 500, told(), split)["data"]
    marks = [traces[plan * TRACES_PER_PLAN + 3]["x"] for plan in range(len(PLANS))]
    assert marks == [[], [35, 64], [], [31, 37]]  # two seeds at the same update are one mark


def test_a_loss_that_is_not_finite_from_the_start_stays_out_of_the_json() -> None:
    events = told(2, hostile=False)
    for event in events:
        event.train_loss[0], event.train_loss[1], event.diverged_at[0] = np.inf, np.nan, 0
    figure = loss_figure(PLANS, 500, events, "train")
    json.dumps(figure, allow_nan=False)
    everything = told(1, hostile=False)
    everything[0].train_loss[:], everything[0].diverged_at[:] = np.nan, 0
    with np.errstate(all="raise"):
        json.dumps(loss_figure(PLANS, 500, everything, "train"), allow_nan=False)


def test_the_band_holds_the_quantiles_over_seeds() -> None:
    losses = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]])
    low, median, high = band(losses, np.full((1, 5), NOT_DIVERGED))
    assert (low[0], median[0], high[0]) == pytest.approx((1.4, 3.0, 4.6))
    lost = np.array([[-1, -1, 7, 7, 7]])
    low, median, high = band(losses, lost)
    assert low[0] == pytest.approx(1.4)
    assert median[0] > 1e200  # most seeds are lost: no finite median
    assert high[0] > 1e200


@pytest.mark.parametrize("kind", sorted(DATASETS))
def test_every_data_set_has_a_small_picture(kind: str) -> None:
    picture = thumbnail(DATASETS[kind]())
    root = ElementTree.fromstring(picture)
    assert len(root) > 20
    assert len(picture) < 60_000
    assert "nan" not in picture


LISTENING = parse_plan("lr=0.3 ReduceLROnPlateau(factor=0.5, patience=1)")


def test_a_plan_that_listens_is_drawn_from_its_run_and_not_before() -> None:
    plans = (*PLANS[:2], LISTENING)
    assert [len(trace["x"]) > 0 for trace in lr_figure(plans, 100, 10, log_y=False).figure["data"]] == [
        True,
        True,
        False,
    ]
    rates = np.repeat([0.3, 0.15, 0.075], [40, 30, 30])
    drawn = lr_figure(plans, 100, 10, log_y=True, applied={2: rates}).figure["data"][2]
    assert drawn["x"] == [0, 39, 40, 69, 70, 99]
    assert drawn["y"] == [0.3, 0.3, 0.15, 0.15, 0.075, 0.075]
    assert drawn["name"] == "3 · ReduceLROnPlateau"


def test_the_rate_of_a_run_is_the_median_over_the_seeds_that_live() -> None:
    applied = np.tile(np.array([0.3, 0.2, 0.1]), (6, 2, 1))
    applied[3:, 1, 0] = np.nan
    applied[5:, 1] = np.nan
    none = np.empty(0)
    history = History(none, none, none, none, none, np.full((2, 3), -1), none, applied)
    assert median_rate(history, 0).tolist() == [0.2] * 6
    assert median_rate(history, 1) == pytest.approx([0.2, 0.2, 0.2, 0.15, 0.15])


def test_the_momentum_panel_has_only_the_plans_that_drive_it() -> None:
    cycle = parse_plan("lr=0.1 OneCycleLR(max_lr=0.3, total_steps=500) per iteration")
    tread = parse_plan("lr=0.1 CyclicLR(max_lr=0.3, step_size_up=3)")
    figure = momentum_figure((PLANS[0], cycle, PLANS[1], tread), 500, 32)
    assert figure is not None
    assert [trace["name"] for trace in figure["data"]] == ["2 · OneCycleLR", "4 · CyclicLR"]
    assert [trace["line"]["color"] for trace in figure["data"]] == [color(1), color(3)]
    for trace, plan in zip(figure["data"], (cycle, tread), strict=True):
        assert len(trace["x"]) < 2000
        assert (trace["x"][0], trace["x"][-1]) == (0, 499)
        np.testing.assert_array_equal(trace["y"], plan.momentum(np.array(trace["x"]), 32))
    go.Figure(figure)
    assert momentum_figure(PLANS, 500, 32) is None
    assert (
        momentum_figure(
            (parse_plan("lr=0.1 OneCycleLR(max_lr=1, total_steps=9, cycle_momentum=False)"), LISTENING),
            500,
            32,
        )
        is None
    )
