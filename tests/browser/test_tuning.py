"""Each plan at its own best rate, as a visitor sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, address, traces, wait_done, wait_for

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
PARTS = 6  # traces of a plan: lower edge, upper edge, median, best, judged, diverged


def test_plans_are_tuned_told_and_used(app: App, new_page: NewPage) -> None:
    page = new_page(app.link("lr=0.3", "lr=0.02 CosineAnnealingLR(T_max=13)", steps=400, seeds=6))
    wait_done(page)
    panel = page.locator(".st-key-tuning")
    assert page.locator('[data-testid="chart-bowls"]').count() == 0, "only drawn when it is asked for"
    panel.get_by_role("button", name="Tune each plan").press("Enter")
    opened = page.get_by_role("region", name="Tune each plan")
    expect(opened).to_be_focused()
    box = opened.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 200, "what has just been opened is at the top of the window"
    stop = panel.get_by_role("button", name="Stop")
    stop.wait_for()
    wait_for(lambda: traces(page, "tuning_race"), "the race under way")
    stop.click()
    go_on = panel.get_by_role("button", name="Go on")
    go_on.wait_for()
    expect(page.locator('[data-testid="chart-tuning_race"]')).to_have_count(0)
    go_on.click()
    sizes = set()
    use = panel.get_by_role("button", name="Use these rates")
    wait_for(
        lambda: [sizes.add(len(trace["x"])) for trace in traces(page, "bowls")[2:3]] and use.is_visible(),
        "the last race",
    )
    assert len(sizes - {0}) > 2, "the bowls grow race by race"
    expect(panel.get_by_text("At the rates as set")).to_be_visible()
    bowls = traces(page, "bowls")
    for plan in range(2):
        low, high, median, best, judged, _ = bowls[PARTS * plan : PARTS * (plan + 1)]
        assert median["x"] == sorted(median["x"])
        assert len(median["x"]) >= 5
        assert best["y"] == [min(value for value in median["y"] if value is not None)]
        for mark in (best, judged):
            expect(panel.get_by_role("table")).to_contain_text(f"{mark['y'][0]:.3g}")
        assert all(a <= b for a, b in zip(low["y"], high["y"], strict=True))
    best_rate = bowls[PARTS + 3]["x"][0]
    expect(panel.get_by_role("table")).to_contain_text(f"{best_rate:.3g}")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    before = address(page)
    use.click()
    wait_for(lambda: f"lr%3D{best_rate:.3g}+Cosine" in address(page), "the rate to be in the plan")
    wait_done(page)
    expect(page.get_by_text("the results flatter them. On other seeds: plan")).to_be_visible()
    expect(panel.get_by_role("button", name="Tune each plan")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    wait_for(lambda: address(page) == before, "the plans from before")
    expect(use).to_be_visible()
    expect(page.get_by_text("the results flatter them")).to_have_count(0)
