"""What theory says of the plans, in Chromium: the tab, the ways to go on, the warnings below the chart."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, traces, wait_for
from tests.browser.curves_page import curves, new_page, quiet
from tests.browser.looks import looks
from tests.browser.test_playground import type_value

__all__ = ["curves", "new_page"]  # fixtures
pytestmark = pytest.mark.browser

WSD = "lr=1 WarmupStableDecay(total_steps=4000, decay_steps=800, decay_shape='linear') per iteration"
COSINE = "lr=1 CosineAnnealingLR(T_max=4000) per iteration"
RESTART = "lr=0.1 CosineAnnealingLR(T_max=50)"


def opened(page: Page) -> Page:
    page.get_by_role("tab", name="Theory").click()
    page.wait_for_selector('[data-testid="chart-theory_ways_chart"] .main-svg', timeout=60_000)
    quiet(page)
    return page


def longest(page: Page) -> int:
    return max(max(trace["x"]) for trace in traces(page, "theory_ways_chart"))


def test_the_bound_and_the_ways_to_go_on(curves: Callable[..., Page]) -> None:
    page = opened(curves(WSD, COSINE, curve_steps=4000, curve_epoch=1))
    expect(page.get_by_text("It ranks schedules; it does not predict a loss.")).to_be_visible()
    expect(page.get_by_role("row", name="2 · CosineAnnealingLR 1.89 x")).to_be_visible()
    names = [trace["name"] for trace in traces(page, "theory_cooldown_chart")]
    assert names == ["linear cooldown", "1-sqrt cooldown", "plan 1", "plan 2"]
    expect(page.get_by_role("row", name="lower second stage (0.525 x")).to_contain_text("3,200")
    type_value(page, "continue to … updates", "12000")
    expect(page.get_by_role("row", name="lower second stage (0.425 x")).to_be_visible()
    wait_for(lambda: longest(page) == 11_999, "the curves of the longer run")  # a redraw waits for its frame
    type_value(page, "continue to … updates", "3000")
    expect(page.get_by_text("goes on to more of them, but 3,000 arrived")).to_be_visible()


def test_a_warning_comes_and_goes_with_the_horizon(curves: Callable[..., Page]) -> None:
    page = curves(RESTART, curve_steps=9000, curve_epoch=100)
    warning = page.get_by_text("CosineAnnealingLR is over at update 5,000 and climbs back")
    expect(warning).to_be_visible()
    type_value(page, "updates", "5000")
    expect(warning).to_have_count(0)


@looks
def test_looks(curves: Callable[..., Page], tmp_path: Path, name: str, scheme: str, width: int) -> None:
    page = opened(curves(WSD, COSINE, color_scheme=scheme, width=width, curve_steps=5000, curve_epoch=1))
    expect(page.get_by_text("WarmupStableDecay reaches its last rate after 4,000 updates")).to_be_visible()
    wait_for(lambda: len(traces(page, "theory_ways_chart")) >= 5, "the ways")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing is wider than the window"
    page.get_by_text("How long to cool down").scroll_into_view_if_needed()
    folder = ROOT / "docs" if os.environ.get("SCREENSHOTS") else tmp_path
    page.screenshot(path=folder / f"theory-{name}.png", full_page=True)
