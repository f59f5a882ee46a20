"""What people do with every page of the web: go back and forth, open it twice, load it again, swipe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import (
    SLOW,
    App,
    address,
    box,
    live_state,
    settled,
    traces,
    type_value,
    wait_done,
    wait_for,
)
from tests.browser.curves_page import quiet, ready

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]


def history_length(page: Page) -> int:
    return int(page.evaluate("history.length"))


def test_back_and_forward_take_no_dead_step(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    landed = history_length(page)
    gammas = box(page, "gamma of plan 3")

    def shows(path: str, gamma: str = "", axis: str = "") -> Callable[[], bool]:
        def shown() -> bool:
            values = gammas.evaluate_all("nodes => nodes.map(node => node.value)")
            toggles = page.get_by_role("switch", name="log rate", exact=True)
            return (
                f"{app.url}{path}?" in address(page)
                and (not gamma or values == [gamma])
                and (not axis or (toggles.count() == 1 and toggles.is_checked() == (axis == "log")))
            )

        return shown

    stages = [shows("/", "0.5")]
    wait_for(stages[0], "the opening")
    for gamma in ("0.41", "0.42"):
        type_value(page, "gamma of plan 3", gamma)
        wait_for(lambda gamma=gamma: f"gamma%3D{gamma}" in address(page), "the address bar to follow")
        settled(page)
        stages.append(shows("/", gamma))
    page.get_by_role("link", name="Curves").click()
    stages.append(shows("/curves", axis="linear"))
    wait_for(stages[-1], "the other page")
    page.wait_for_timeout(500)
    page.get_by_text("log rate", exact=True).click()
    stages.append(shows("/curves", axis="log"))
    wait_for(stages[-1], "the other axis")
    page.wait_for_timeout(500)
    for stage in reversed(stages[:-1]):
        page.go_back()
        wait_for(stage, "the step before", 20)
        quiet(page)
    for stage in stages[1:]:
        page.go_forward()
        wait_for(stage, "the step after", 20)
        quiet(page)
    assert history_length(page) - landed == len(stages) - 1, "each change is one step, and nothing else is"


def updates(page: Page) -> int:
    """How far the run on the page says it is."""
    text = page.locator('[data-testid="chart-loss"] .lrc-progress-text').inner_text()
    return int(text.split(" of ")[0].replace(",", "")) if " updates" in text else 0


def test_a_second_tab_is_another_page_and_a_reload_finds_the_run_again(app: App, new_page: NewPage) -> None:
    page = new_page(app.link("lr=0.1", "lr=0.063", **SLOW))
    wait_for(lambda: live_state(page) == "running" and updates(page) > 0, "the run to get somewhere")
    mine, second = address(page), page.context.new_page()
    second.goto(app.link("lr=0.2", steps=200, seeds=1))
    wait_done(second)
    type_value(second, "base_lr of plan 1", "0.25")
    wait_for(lambda: "plan=lr%3D0.25" in address(second), "the second tab to follow")
    wait_done(second)
    assert (address(page), len(traces(page, "lr")), live_state(page)) == (mine, 2, "running")
    second.close()
    before = updates(page)
    page.reload()
    settled(page)
    wait_for(lambda: live_state(page) == "running" and updates(page) > 0, "the run to be shown again")
    assert updates(page) >= before, "it is the run that was under way"
    page.get_by_role("button", name="Stop").click()
    wait_for(lambda: live_state(page) == "cancelled", "the run to stop")


SPANS = """nodes => nodes.map(({ _fullLayout: { xaxis, yaxis } }) =>
    [xaxis.range, yaxis.range].flat().map(Number))"""


def swiped(page: Page, chart: str) -> float:
    """How far the page has been scrolled by a finger that moves up over a chart; the chart may not zoom."""
    plots = page.locator(".lrc-plot")
    spans, area = (
        plots.evaluate_all(SPANS),
        page.locator(f'[data-testid="chart-{chart}"] .nsewdrag').bounding_box(),
    )
    assert area
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    devtools = page.context.new_cdp_session(page)
    for kind, moved in [
        ("touchStart", 0),
        *[("touchMove", 20 * step) for step in range(1, 9)],
        ("touchEnd", 0),
    ]:
        if kind == "touchEnd":
            page.wait_for_timeout(150)  # a finger that rests, or the page would go on by itself
        points = [] if kind == "touchEnd" else [{"x": x, "y": y - moved}]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_timeout(300)
    assert plots.evaluate_all(SPANS) == spans
    return float(page.locator(".stMain").evaluate("node => node.scrollTop"))


def test_a_swipe_that_begins_on_a_chart_scrolls_and_the_buttons_zoom(app: App, new_page: NewPage) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = new_page(app.url, **phone)
    wait_done(page)
    assert swiped(page, "loss") > 100
    page.locator(".stMain").evaluate("node => node.scrollTo(0, 0)")
    assert swiped(page, "lr") > 100
    plots = page.locator(".lrc-plot")
    before = plots.evaluate_all(SPANS)
    buttons = page.locator('[data-testid="chart-lr"] .modebar-btn').filter(visible=True)
    assert buttons.evaluate_all("nodes => nodes.map(node => node.dataset.title)") == [
        "Zoom in", "Zoom out", "Reset axes"
    ]  # fmt: skip
    buttons.first.tap()
    wait_for(lambda: plots.evaluate_all(SPANS) != before, "the axes to change")
    page.goto(f"{app.url}/curves")
    ready(page)
    page.locator('[data-testid="chart-curves_chart"]').scroll_into_view_if_needed()
    at = float(page.locator(".stMain").evaluate("node => node.scrollTop"))
    assert swiped(page, "curves_chart") > at + 100
    widths = page.locator('.st-key-card_0, [data-testid="chart-curves_chart"], .st-key-curves_controls')
    assert len(set(widths.evaluate_all("nodes => nodes.map(node => node.offsetWidth)"))) == 1, (
        "all are as wide as the page"
    )
