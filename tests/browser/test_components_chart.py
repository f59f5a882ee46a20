"""The chart component in a real browser: what survives a change, what a group shares, and how a job is
followed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.component_lab.driver import (
    OpenView,
    chart_of,
    follow,
    slider,
    told,
    views,
    wait_told,
    wait_until,
)
from tests.browser.component_lab.server import running_lab

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lab() -> Iterator[str]:
    with running_lab() as url:
        yield url


@pytest.fixture
def view(lab: str, browser: Browser) -> Iterator[OpenView]:
    yield from views(lab, browser)


def x_range(page: Page, key: str) -> list[float]:
    values: list[float] = chart_of(page, key).evaluate(
        "root => root.querySelector('.lrc-plot').layout.xaxis.range"
    )
    return values


def shown(page: Page) -> list[bool | str]:
    """Which lines of the chart "lr" are visible."""
    script = "root => root.querySelector('.lrc-plot').data.map(t => t.visible ?? true)"
    visible: list[bool | str] = chart_of(page, "lr").evaluate(script)
    return visible


def redrawn(page: Page, key: str) -> int:
    return int(chart_of(page, key).get_attribute("data-redraws") or 0)


def zoom(page: Page, key: str) -> None:
    area = chart_of(page, key).locator(".nsewdrag").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] * 0.3, area["y"] + 40)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.6, area["y"] + 42, steps=5)
    before = x_range(page, key)
    page.mouse.up()
    wait_until(page, lambda: x_range(page, key) != before, "the zoom")


STATES = """node => { window.states = [];
    new MutationObserver(() => window.states.push(node.dataset.liveState))
        .observe(node, {attributeFilter: ["data-live-state"]}) }"""
WATCH = """root => {
  window.frames_seen = 0; window.frames_blank = 0
  const look = () => {
    const drawn = [...root.querySelectorAll('.scatterlayer path.js-line')]
        .filter(path => path.getAttribute('d'))
    window.frames_seen += 1
    if (!root.isConnected || drawn.length === 0) window.frames_blank += 1
    requestAnimationFrame(look)
  }
  look()
}"""


def test_zoom_and_hidden_legend_entries_survive_twenty_changes(view: OpenView) -> None:
    page = view("charts")
    chart = chart_of(page, "lr")
    chart_of(page, "loss")
    zoom(page, "lr")
    before = x_range(page, "lr")
    assert before[0] > 200
    assert before[1] < 700
    chart.locator(".legendtoggle").nth(1).click()
    wait_until(page, lambda: shown(page) == [True, "legendonly", True], "the second line to go")
    chart.evaluate(WATCH)
    redraws = redrawn(page, "lr")
    path = chart.evaluate("root => root.querySelector('path.js-line').getAttribute('d')")
    thumb = slider(page, "gamma")
    for _ in range(20):
        thumb.press("ArrowLeft")
        page.wait_for_timeout(80)
    expect(page.get_by_text("shift 0.45", exact=True)).to_be_visible()
    line = "root => root.querySelector('path.js-line').getAttribute('d')"
    wait_until(page, lambda: redrawn(page, "lr") - redraws >= 10, "ten redraws")
    wait_until(page, lambda: chart.evaluate(line) != path, "the line to follow")
    assert x_range(page, "lr") == before
    assert shown(page) == [True, "legendonly", True]
    assert chart.get_attribute("data-mounts") == "1"
    assert page.evaluate("[window.frames_seen > 20, window.frames_blank]") == [True, 0]


def test_charts_of_a_group_share_cursor_and_zoom(view: OpenView) -> None:
    page = view("charts")
    chart, loss = chart_of(page, "lr"), chart_of(page, "loss")
    area = loss.locator(".nsewdrag").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] * 0.3, area["y"] + 50)
    expect(chart.locator(".lrc-cursor")).to_be_visible()
    expect(loss.locator(".lrc-cursor")).to_be_visible()
    expect(loss.locator(".lrc-item").filter(has_text="stairs").locator("b")).to_have_text("4")
    expect(chart.locator(".lrc-item")).to_have_count(3)
    assert chart.locator(".lrc-where").inner_text() == loss.locator(".lrc-where").inner_text()
    page.mouse.move(area["x"] + area["width"] * 0.8, area["y"] + 50)
    expect(loss.locator(".lrc-item").filter(has_text="stairs").locator("b")).to_have_text("2")

    zoom(page, "lr")
    zoomed = x_range(page, "lr")
    wait_until(page, lambda: x_range(page, "loss") == pytest.approx(zoomed), "the other chart's zoom")
    redraws = redrawn(page, "lr"), redrawn(page, "loss")
    slider(page, "gamma").press("ArrowLeft")
    expect(page.get_by_text("shift 0.497", exact=True)).to_be_visible()
    wait_until(page, lambda: redrawn(page, "lr") > redraws[0], "the first chart's next line")
    wait_until(page, lambda: redrawn(page, "loss") > redraws[1], "the second chart's next line")
    assert x_range(page, "lr") == pytest.approx(zoomed)
    assert x_range(page, "loss") == pytest.approx(zoomed)

    loss.locator(".nsewdrag").dblclick()
    for key in ("lr", "loss"):
        wait_until(page, lambda key=key: x_range(page, key)[1] > 900, "the whole of both")


def test_a_figure_follows_the_theme_and_has_its_description(view: OpenView) -> None:
    colours = []
    for scheme in ("light", "dark"):
        page = view("charts", scheme=scheme, width=390)
        chart_of(page, "lr")
        expect(page.get_by_role("figure", name="Learning rate of three plans")).to_be_visible()
        colours.append(
            chart_of(page, "lr").evaluate("root => root.querySelector('.lrc-plot').layout.font.color")
        )
        assert page.evaluate(
            "document.querySelector('.lrc-frame').getBoundingClientRect().right <= innerWidth"
        )
        assert (
            page.evaluate("[...document.scripts].filter(s => s.src.includes('/assets/plotly-')).length") == 1
        )
    assert colours[0] != colours[1]


# --- live ---


def test_a_job_is_followed_to_its_end_and_reported_once(view: OpenView) -> None:
    page = view("live")
    chart = chart_of(page, "live")
    follow(page, "good-1")
    bar = page.get_by_role("progressbar", name="Training progress")
    expect(bar).to_have_attribute("aria-valuetext", re.compile(r"step \d+ of 20, .* left"))
    expect(bar).to_have_attribute("aria-valuenow", re.compile(r"\d+"))
    page.get_by_role("button", name="rerun").click()
    done = wait_told(page, lambda t: bool(t["done"]))
    assert done["done"] == [
        {"url": "/live/good-1", "job": "good-1", "state": "done", "status": {"text": "done", "state": "done"}}
    ]
    assert told(page)["n"] == 101  # one rerun by hand, one by the end of the job
    page.get_by_role("button", name="rerun").click()
    assert wait_told(page, lambda t: t["n"] > 101)["n"] == 102  # and the end is not told again
    assert chart.get_attribute("data-points") == "40"
    assert chart.get_attribute("data-live-state") == "done"
    assert chart.get_attribute("data-mounts") == "1"
    expect(bar).not_to_be_visible()


def test_a_broken_connection_is_opened_again(view: OpenView) -> None:
    page = view("live")
    chart = chart_of(page, "live")
    chart.evaluate(STATES)
    follow(page, "breaks-1")
    wait_told(page, lambda t: len(t["done"]) == 1)
    assert "reconnecting" in page.evaluate("window.states")  # it may be over before anybody looks
    assert chart.get_attribute("data-points") == "40"


def test_a_job_that_the_server_does_not_know_is_reported_as_lost(view: OpenView) -> None:
    page = view("live")
    chart_of(page, "live")
    follow(page, "unknown-1")
    assert wait_told(page, lambda t: bool(t["done"]))["done"][0]["state"] == "lost"


def test_the_old_lines_stay_dimmed_until_the_next_job_has_something_to_show(view: OpenView) -> None:
    page = view("live")
    chart = chart_of(page, "live")
    follow(page, "good-2")
    wait_told(page, lambda t: bool(t["done"]))
    chart.evaluate(WATCH)
    follow(page, "slow-2")
    expect(chart).to_have_attribute("data-live-state", "queued")
    expect(chart.locator(".lrc-frame")).to_have_class(re.compile("lrc-old"))
    assert chart.get_attribute("data-points") == "40"
    wait_told(page, lambda t: len(t["done"]) == 2)
    expect(chart.locator(".lrc-frame")).not_to_have_class(re.compile("lrc-old"))
    expect(chart.locator(".legendtext").first).to_have_text("slow-2 one")
    assert page.evaluate("window.frames_blank") == 0
    assert chart.get_attribute("data-mounts") == "1"


def test_a_chart_that_leaves_the_page_closes_its_connection(view: OpenView) -> None:
    page = view("live")
    chart_of(page, "live")
    with page.expect_websocket(lambda socket: "/live/slow-4" in socket.url) as opened:
        follow(page, "slow-4")
    page.get_by_text("show", exact=True).click()
    expect(page.locator(".lrc")).to_have_count(0)
    wait_until(page, opened.value.is_closed, "the connection to close")


def test_everything_works_below_a_base_path(view: OpenView) -> None:
    with running_lab(base="lr/lab") as url:
        page = view("live", base=url)
        chart_of(page, "live")
        follow(page, "good-3")
        assert wait_told(page, lambda t: bool(t["done"]))["done"][0]["url"] == "/live/good-3"
