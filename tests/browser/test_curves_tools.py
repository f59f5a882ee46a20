"""The tools of the Curves page in Chromium: files, points, the metric, the race, the blog's question, and how
it looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote_plus, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lrcore import parse_plan
from tests.browser.conftest import address, traces, wait_for
from tests.browser.curves_page import PLANS, curves, drawn, names, new_page, quiet
from tests.browser.looks import assert_looks, looks
from tests.browser.test_playground import type_value

__all__ = ["curves", "new_page"]  # fixtures
pytestmark = pytest.mark.browser


def test_files(curves: Callable[..., Page]) -> None:
    page = curves(*PLANS, curve_steps=900, curve_epoch=10)
    for format_ in ("PNG", "SVG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save the picture as {format_}").first.click()
        assert download.value.suggested_filename == f"learning-rates.{format_.lower()}"
        assert Path(download.value.path()).stat().st_size > 5000
    page.get_by_role("tab", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=False).click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert len(lines) == 901
    rates = [float(line.split(",")[2]) for line in lines[1:]]
    assert rates == parse_plan(PLANS[0]).lr(np.arange(900), 10).tolist()
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML", exact=False).click()
    assert Path(download.value.path()).stat().st_size > 3_000_000


def test_a_plan_becomes_a_table_of_points(curves: Callable[..., Page]) -> None:
    page = curves(PLANS[1], curve_steps=900, curve_epoch=10)
    page.get_by_role("tab", name="Points").click()
    page.get_by_role("button", name="Make plan 1 a table of points").click()
    wait_for(lambda: names(page) == ["1 · Piecewise"], "the points")
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()


def test_a_plan_with_feedback_follows_the_metric(curves: Callable[..., Page]) -> None:
    page = curves("lr=0.1 ReduceLROnPlateau(factor=0.5, patience=2)", curve_steps=600, curve_epoch=10)
    expect(page.get_by_text("follows a metric: give it a series")).to_be_visible()
    page.get_by_role("tab", name="Metric").click()
    page.get_by_role("button", name="A loss that stalls twice").click()
    wait_for(lambda: drawn(page) and len(set(drawn(page)[0]["y"])) > 2, "a curve with cuts")
    wait_for(lambda: "metric=" in address(page), "the address bar to follow")


def test_a_metric_is_drawn_by_hand(curves: Callable[..., Page]) -> None:
    page = curves("lr=0.1 ReduceLROnPlateau(factor=0.5, patience=2)", curve_steps=400, curve_epoch=10)
    page.get_by_role("tab", name="Metric").click()
    pad = page.get_by_role("slider", name="metric by epoch", exact=True)
    pad.scroll_into_view_if_needed()
    area = pad.bounding_box()
    assert area
    left, width, top, height = area["x"] + 44, area["width"] - 52, area["y"] + 8, area["height"] - 28
    page.mouse.move(left, top)
    page.mouse.down()
    for share, down in (
        (0.25, 0.5),
        (0.5, 0.75),
        (1.0, 0.75),
    ):  # it falls for half of the run and then stalls
        page.mouse.move(left + share * width, top + down * height, steps=10)
    page.mouse.up()
    wait_for(
        lambda: drawn(page) and 0 < (drawn(page)[0]["y"] or [0])[-1] < 0.01, "cuts at the end of the curve"
    )
    assert drawn(page)[0]["y"][0] == 0.1
    wait_for(lambda: "metric=" in address(page), "the address bar to follow")
    numbers = [float(word) for word in parse_qs(urlsplit(address(page)).query)["metric"][0].split(",")]
    assert len(numbers) == 40
    assert numbers[0] == 1
    assert numbers[10] == pytest.approx(0.5, abs=0.03)
    assert numbers[-1] == pytest.approx(0.25, abs=0.02)
    quiet(page)
    pad.focus()
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    wait_for(
        lambda: unquote_plus(address(page)).split("metric=")[1].startswith("0.85"),
        "the first number to sink by a tenth of the pad",
    )
    quiet(page)
    page.get_by_role("button", name="Clear", exact=True).click()
    wait_for(lambda: "metric=" not in address(page), "the metric to go")
    expect(page.get_by_text("Draw here from left to right.")).to_be_visible()


def test_race_these(curves: Callable[..., Page]) -> None:
    page = curves(*PLANS, curve_steps=450_360, curve_epoch=5004, steps=300, seeds=1)
    page.get_by_role("button", name="Race these, scaled to 300 updates").click()
    page.wait_for_selector('[data-testid="chart-loss"] .main-svg', timeout=60_000)
    wait_for(
        lambda: [trace["name"] for trace in traces(page, "lr")] == ["1 · StepLR", "2 · CosineAnnealingLR"],
        "both plans",
    )
    wait_for(
        lambda: "StepLR(step_size=100, gamma=0.1) per iteration" in unquote_plus(address(page)),
        "the address bar to follow",
    )


def test_the_question_has_live_numbers(curves: Callable[..., Page]) -> None:
    page = curves()
    expect(page.get_by_text("2.02 times")).to_be_visible()
    type_value(page, "lr_decay of the question", "0.0001")
    expect(page.get_by_text("10,000 = 1/d")).to_be_visible()
    wait_for(
        lambda: "question=decay(lr_decay=0.0001)" in unquote_plus(address(page)), "the address bar to follow"
    )
    page.get_by_role("button", name="Draw these above").click()
    wait_for(lambda: names(page) == ["1 · StepLR", "2 · InverseTimeDecay", "3 · LinearLR"], "the three plans")


@looks
def test_looks(curves: Callable[..., Page], tmp_path: Path, name: str, scheme: str, width: int) -> None:
    page = curves(*PLANS, color_scheme=scheme, width=width, curve_steps=450_360, curve_epoch=5004)
    assert_looks(page, "Learning rates over a whole run", 2, f"curves-{name}", tmp_path)
