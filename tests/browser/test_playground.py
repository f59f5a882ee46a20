"""The Playground as a visitor meets it: every test drives the running app in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lrcore import parse_plan
from tests.benchmarks.drag_curves import playground
from tests.benchmarks.raw_client import RawClient
from tests.browser.cards import open_card, open_experiment, opened
from tests.browser.conftest import (
    App,
    address,
    box,
    last,
    live_state,
    slider,
    traces,
    type_value,
    wait_done,
    wait_for,
)
from tests.browser.looks import assert_looks, looks

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
MEDIAN = 2  # the third of the four traces of a plan


def test_first_visit_trains_unasked(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    seen = set()
    wait_for(
        lambda: seen.add(len(traces(page, "loss")[MEDIAN]["x"])) or live_state(page) == "done",
        "the opening run to end",
    )
    assert len([count for count in seen if count]) >= 1, seen
    wait_done(page)
    finals = [last(trace["y"]) for trace in traces(page, "loss")[MEDIAN::4]]
    assert finals[2] == min(finals)
    assert finals[0] / finals[2] > 1.4
    assert finals[3] / finals[2] > 1.3
    said = [f"{final:.3g}" for final in finals]
    outcome = page.locator(".st-key-outcome")
    expect(outcome.get_by_text(f"lowest, at a training loss of {said[2]}: seed by seed")).to_be_visible()
    expect(outcome.get_by_text("The rate of plan 4 fell too early")).to_be_visible()
    rows = page.get_by_role("table").locator("tbody tr")
    expect(rows.nth(2)).to_contain_text("beats plan 1 in 8 of 8 seeds")
    assert [row.locator("td").first.inner_text() for row in rows.all()] == said, "it ends as the chart does"


def test_drawn_rate_is_the_plan(app: App, new_page: NewPage) -> None:
    page = new_page(
        app.link(
            "lr=0.2 StepLR(step_size=7, gamma=0.5)",
            "lr=0.1 InverseTimeDecay(lr_decay=0.01) per iteration",
            steps=400,
        )
    )
    for trace, text in zip(
        traces(page, "lr"),
        ("lr=0.2 StepLR(step_size=7, gamma=0.5)", "lr=0.1 InverseTimeDecay(lr_decay=0.01) per iteration"),
        strict=True,
    ):
        assert trace["y"] == pytest.approx(parse_plan(text).lr([int(x) for x in trace["x"]], 32), rel=1e-12)


def test_dragging_moves_the_curve_and_letting_go_retrains(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    wait_done(page)
    before_lr, before_loss, before_url = (
        traces(page, "lr")[2]["y"],
        traces(page, "loss")[4 * 2 + MEDIAN]["y"],
        address(page),
    )
    thumb = slider(page, "gamma of plan 3")
    area = thumb.bounding_box()
    assert area
    middle = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + area["width"] * 0.26, middle)
    page.mouse.down()
    during = []
    for step in range(12):
        page.mouse.move(area["x"] + area["width"] * (0.30 + 0.04 * step), middle, steps=2)
        page.wait_for_timeout(60)
        during.append(last(traces(page, "lr")[2]["y"]))
    assert len(set(during)) >= 4, during
    assert traces(page, "loss")[4 * 2 + MEDIAN]["y"] == before_loss, "the losses wait for the release"
    page.mouse.up()
    wait_for(lambda: address(page) != before_url, "the address bar to follow")
    wait_for(
        lambda: live_state(page) == "done" and traces(page, "loss")[4 * 2 + MEDIAN]["y"] != before_loss,
        "the new losses",
    )
    assert traces(page, "lr")[2]["y"] != before_lr
    assert page.locator('[data-testid="chart-lr"]').get_attribute("data-mounts") == "1"
    assert page.locator('[data-testid="chart-loss"]').get_attribute("data-mounts") == "1"


def test_exact_values_from_the_number_box(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    open_card(page, 4)
    type_value(page, "lr_decay of plan 4", "0.0123")
    wait_for(lambda: "0.0123" in address(page), "the address bar to follow")
    decayed = pytest.approx(0.1 / (1 + 0.0123 * 1999), rel=1e-12)
    wait_for(lambda: traces(page, "lr")[3]["y"][-1] == decayed, "the curve to follow")
    open_card(page, 3)
    type_value(page, "step_size of plan 3", "0")
    expect(page.get_by_text("step_size=0 is not allowed")).to_be_visible()
    assert "step_size=500" in unquote_plus(address(page)), "the last good value stays"
    type_value(page, "step_size of plan 3", "abc")
    expect(page.get_by_text("step_size must be a number")).to_be_visible()
    page.get_by_role("button", name="Add a plan").click()
    wait_for(lambda: len(traces(page, "lr")) == 5, "a fifth plan")
    wait_for(lambda: opened(page) == [5], "the new plan's card to be the open one")
    open_card(page, 3)
    expect(page.get_by_text("step_size must be a number")).to_be_visible()
    assert box(page, "step_size of plan 3").input_value() == "abc", "a new plan takes nothing from the others"
    type_value(page, "step_size of plan 3", "400")
    wait_for(lambda: "400" in address(page), "the corrected value to be used")
    expect(page.get_by_text("step_size must be a number")).to_have_count(0)


def test_zoom_and_hidden_curves_survive(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    wait_done(page)
    page.evaluate(
        """() => { const plot = document.querySelector('[data-testid="chart-loss"] .js-plotly-plot');
        return window.Plotly.relayout(plot, {'xaxis.range[0]': 200, 'xaxis.range[1]': 900}); }"""
    )
    type_value(page, "gamma of plan 3", "0.6")
    wait_for(lambda: "gamma=0.6" in unquote_plus(address(page)), "the address bar to follow")
    wait_for(lambda: live_state(page) == "done", "the new run to end")
    left, right = page.evaluate(
        '() => document.querySelector(\'[data-testid="chart-loss"]'
        " .js-plotly-plot').layout.xaxis.range.map(Number)"
    )
    assert (round(left), round(right)) == (200, 900)


def test_a_plan_hidden_in_one_chart_is_hidden_in_both(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    wait_done(page)
    page.locator('[data-testid="chart-lr"] .legendtoggle').first.click()
    wait_for(
        lambda: [trace["visible"] for trace in traces(page, "loss")[:4]] == ["legendonly"] * 4,
        "the losses to be hidden too",
    )
    assert "legendonly" not in [trace["visible"] for trace in traces(page, "loss")[4:]]
    type_value(page, "gamma of plan 3", "0.55")
    wait_for(lambda: "gamma=0.55" in unquote_plus(address(page)), "the address bar to follow")
    wait_for(lambda: live_state(page) == "done", "the new run to end")
    assert traces(page, "lr")[0]["visible"] == traces(page, "loss")[MEDIAN]["visible"] == "legendonly"
    open_card(page, 1)
    page.get_by_role("button", name="Remove plan 1").click()
    wait_for(lambda: len(traces(page, "lr")) == 3, "three plans")
    wait_for(
        lambda: "legendonly" not in [trace["visible"] for trace in traces(page, "lr")],
        "the next plan to be seen",
    )


def test_a_zoom_ends_with_the_axis_on_which_it_was_made(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    zoom = """range => { const plot = document.querySelector('[data-testid="chart-lr"] .js-plotly-plot');
        return window.Plotly.relayout(plot, range); }"""
    limits = """axis => document.querySelector('[data-testid="chart-lr"] .js-plotly-plot')
        .layout[axis].range.map(Number)"""
    page.evaluate(
        zoom, {"xaxis.range[0]": 1200, "xaxis.range[1]": 1900, "yaxis.range[0]": 0.05, "yaxis.range[1]": 0.2}
    )
    page.get_by_text("log lr axis").click()
    wait_for(lambda: page.evaluate(limits, "yaxis")[1] < 0, "the axis to be in decades")
    open_experiment(page)
    type_value(page, "steps", "500")
    wait_for(lambda: page.evaluate(limits, "xaxis") == [0, 500], "the whole of the shorter run")


def test_link_gives_the_same_page(app: App, new_page: NewPage) -> None:
    first = new_page(app.url)
    wait_done(first)  # so that a run is there from which the move is predicted
    type_value(first, "gamma of plan 3", "0.45")
    wait_for(lambda: "0.45" in address(first), "the address bar to follow")
    first.get_by_text("log lr axis").click()
    wait_for(lambda: "lr_axis=log" in address(first), "the address bar to follow")
    wait_done(first)
    second = new_page(address(first))
    wait_done(second)
    assert traces(second, "lr") == traces(first, "lr")
    dashed = [trace for trace in traces(first, "loss") if trace["name"].endswith("predicted")]
    assert dashed, "what was predicted of the move that the link does not tell of"
    assert traces(second, "loss") + dashed == traces(first, "loss")
    assert address(second) == address(first)


def test_plans_can_be_added_duplicated_and_removed(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    page.get_by_role("button", name="Add a plan").click()
    wait_for(lambda: len(traces(page, "lr")) == 5, "a fifth plan")
    added, before = (np.array(traces(page, "lr")[plan]["y"]) for plan in (4, 3))
    assert added == pytest.approx(before / 2), "its curve can be told from the last one"
    open_card(page, 1)
    page.get_by_role("button", name="Remove plan 1").click()
    wait_for(lambda: len(traces(page, "lr")) == 4, "four plans")
    assert [trace["name"] for trace in traces(page, "lr")] == [
        "1 · constant 0.05",
        "2 · StepLR",
        "3 · InverseTimeDecay",
        "4 · InverseTimeDecay",
    ]
    open_card(page, 2)
    wait_for(lambda: slider(page, "gamma of plan 2").is_visible(), "the sliders to move up")


def test_schedule_choice_brings_its_sliders(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    open_card(page, 1)
    page.get_by_role("combobox", name="schedule of plan 1").click()
    page.get_by_role("option", name="CosineAnnealingLR").click()
    wait_for(lambda: slider(page, "T_max of plan 1").count() == 1, "the sliders of the new schedule")
    wait_for(lambda: traces(page, "lr")[0]["name"] == "1 · CosineAnnealingLR", "its curve")


def test_a_release_sends_its_card_and_the_charts_and_nothing_else(app: App) -> None:
    with RawClient(app.url, urlsplit(playground(app.url, 8, 100)).query) as client:
        opened = client.messages
        client.move("sliders_0", "schedule.gamma", 0.31, dragging=False)
        assert 2 * (client.messages - opened) < opened, "messages of a release, and of a whole page"


@looks
def test_looks(app: App, new_page: NewPage, tmp_path: Path, name: str, scheme: str, width: int) -> None:
    height = 1150 if width > 600 else 844
    page = new_page(app.url, color_scheme=scheme, viewport={"width": width, "height": height})
    wait_done(page)
    assert_looks(page, "What does a learning-rate schedule do?", 4, f"playground-{name}", tmp_path)
