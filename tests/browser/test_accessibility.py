"""Without a mouse or without sight: axe-core's findings, the keyboard's way, what is said and when."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import (
    SLOW,
    App,
    address,
    last,
    live_state,
    slider,
    traces,
    wait_done,
    wait_for,
)
from tests.browser.curves_page import quiet, ready

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
TOOLS = ("Code", "Points", "Theory", "Metric", "Export", "Paste")
# Colours do not depend on the width, and nothing but colours on the theme.
LOOKS = (
    ("light", 1280, {}),
    ("light", 390, {"rules": {"color-contrast": {"enabled": False}}}),
    ("dark", 1280, {"runOnly": ["color-contrast"]}),
)


def findings(page: Page, options: dict[str, Any], part: str | None = None) -> list[str]:
    """What axe-core calls serious or critical on the page, or in a part of it."""
    answer = Axe().run(page, context=part, options={"resultTypes": ["violations"], **options}).response
    return [
        f"{found['id']}: {node['html'][:200]} {node['failureSummary']}"
        for found in answer["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


def look_at(page: Page, scheme: Any, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    shown = "getComputedStyle(document.querySelector('.stApp')).colorScheme"
    wait_for(lambda: page.evaluate(shown) == scheme, "the page to follow the theme")
    page.wait_for_timeout(200)  # colours fade over


def test_axe_finds_nothing_serious_on_the_playground(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    wait_done(page)
    for scheme, width, options in LOOKS:
        look_at(page, scheme, width)
        assert findings(page, options) == [], f"{scheme}, {width} px"


@pytest.mark.parametrize(
    "tools", [["Theory"], pytest.param(TOOLS, marks=pytest.mark.nightly)], ids=["one tool", "all tools"]
)
def test_axe_finds_nothing_serious_on_the_curves_page(
    app: App, new_page: NewPage, tools: Sequence[str]
) -> None:
    page = new_page(app.url)
    page.goto(f"{app.url}/curves")
    ready(page)
    seen = []
    for scheme, width, options in LOOKS:
        look_at(page, scheme, width)
        seen += [f"{scheme}, {width} px: {found}" for found in findings(page, options)]
        for tool in tools:
            page.get_by_role("tab", name=tool).click()
            quiet(page)
            page.locator('[role="tabpanel"]').filter(visible=True).locator(
                "button, textarea"
            ).first.wait_for()
            found = findings(page, options, '[data-testid="stTabs"]')
            seen += [f"{tool}, {scheme}, {width} px: {each}" for each in found]
    assert seen == []


def news(page: Page) -> Locator:
    """What a screen reader is told of the run."""
    return page.locator('[data-testid="chart-loss"]').get_by_role("status")


def outline(page: Page) -> list[str]:
    script = "nodes => nodes.map(node => `${node.tagName} ${node.textContent}`)"
    return list(page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(script))


_TOO_SMALL = """nodes => nodes.filter(node => {
    const { width, height } = node.getBoundingClientRect()
    return width && height && Math.min(width, height) < 23.9 && !node.closest("label, .stSkipLink")
        && !/^Skip/.test(node.textContent)
}).map(node => node.outerHTML.slice(0, 120))"""


def test_a_chart_is_read_by_keys_and_the_end_of_a_run_is_said(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    wait_done(page)
    assert outline(page) == [
        "H1 What does a learning-rate schedule do?",
        "H2 Plans",
        "H2 Charts",
        "H2 Results",
    ]
    assert page.locator("button, a[href]").evaluate_all(_TOO_SMALL) == [], "WCAG 2.5.8: 24 px"
    expect(news(page)).to_contain_text("The run has ended. Plan 3 ends lowest")
    loss = page.get_by_role("figure", name="Loss of 4 plans over 2000 updates")
    final = f"{last(traces(page, 'loss')[4 * 2 + 2]['y']):.4g}"
    expect(loss).to_contain_text(re.compile(rf"3 · StepLR: from [\d.]+ at 0 to {final} at 2000"))

    cursor = page.get_by_role("slider", name="Cursor. Loss of 4 plans")
    cursor.press("End")
    expect(cursor).to_have_attribute("aria-valuetext", re.compile(rf"^updates 2000: .*3 · StepLR {final}"))
    for _ in range(5):
        cursor.press("PageDown")
    expect(cursor).to_have_attribute("aria-valuetext", re.compile("^updates 1000: 1 · constant "))
    expect(page.locator('[data-testid="chart-lr"] .lrc-item')).to_have_count(
        4
    )  # the other chart's cursor too
    page.keyboard.press("Tab")
    expect(page.locator(".lrc-item")).to_have_count(0)

    said, thumb, before = news(page).inner_text(), slider(page, "gamma of plan 3"), address(page)
    thumb.press("ArrowRight")
    wait_for(lambda: address(page) != before, "the address bar to follow")
    wait_done(page)
    expect(news(page)).to_contain_text("The run has ended.")
    expect(thumb).to_be_focused()
    assert news(page).inner_text() != said
    expect(loss).not_to_contain_text(f"to {final} at 2000")


def test_the_keyboard_sees_its_way_to_stop(app: App, new_page: NewPage) -> None:
    plans = ("lr=0.1", "lr=0.058 StepLR(step_size=30, gamma=0.5)")
    page = new_page(app.link(*plans, **SLOW), viewport={"width": 1280, "height": 720})
    wait_for(lambda: live_state(page) == "running", "the run to start")
    expect(news(page)).to_have_text("Training 2 plans over 20,000 updates.")
    before, unseen = None, []
    stop = page.get_by_role("button", name="Stop")
    for _ in range(30):
        page.keyboard.press("Tab")
        area = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        name = str(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
        corners = (area["left"] - 6, area["top"] - 6, area["right"] + 6, area["bottom"] + 6)
        with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as picture:
            now = picture.convert("RGB")
        if before and not ImageChops.difference(before[0].crop(before[1]), now.crop(before[1])).getbbox():
            unseen.append(before[2])
        before = (now, tuple(map(round, corners)), name)
        if stop.evaluate("node => node === document.activeElement"):
            break
    expect(stop).to_be_focused()
    assert unseen == [], "the focus was there, and nothing showed it"
    page.keyboard.press("Enter")
    wait_for(lambda: live_state(page) == "cancelled", "the run to stop")
    expect(news(page)).to_contain_text("Stopped")
