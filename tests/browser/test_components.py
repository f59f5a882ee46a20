"""The live sliders in a real browser against a real server, and the routes that serve the components'
files."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.component_lab.driver import OpenView, chart_of, number, slider, views, wait_told
from tests.browser.component_lab.server import running_lab
from ui.server.assets import inline_loader, module_url, plotly_url

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lab() -> Iterator[str]:
    with running_lab() as url:
        yield url


@pytest.fixture
def view(lab: str, browser: Browser) -> Iterator[OpenView]:
    yield from views(lab, browser)


def drag(page: Page, thumb: Locator, *shares: float, steps: int = 25) -> None:
    """Press at the first share of the slider's width, pass the others slowly, let go at the last."""
    box = thumb.bounding_box()
    assert box is not None
    places = [box["x"] + 8 + share * (box["width"] - 16) for share in shares]
    y = box["y"] + box["height"] / 2
    page.mouse.move(places[0], y)
    page.mouse.down()
    for start, end in pairwise(places):
        for step in range(1, steps + 1):
            page.mouse.move(start + (end - start) * step / steps, y)
            page.wait_for_timeout(30)
    page.mouse.up()


def test_a_drag_reports_while_it_goes_on_and_exactly_once_at_its_end(view: OpenView) -> None:
    page = view("sliders")
    drag(page, slider(page, "gamma"), 0.5, 0.9)
    wait_told(page, lambda t: bool(t["log"]) and t["log"][-1][2] is False)
    number(page, "lr").fill("0.5")
    number(page, "lr").press("Enter")
    *log, last = wait_told(page, lambda t: t["values"].get("lr") == 0.5)[
        "log"
    ]  # so nothing else is on its way
    assert last == ["lr", 0.5, False]
    assert {name for name, _, _ in log} == {"gamma"}
    assert sum(dragging for _, _, dragging in log) >= 8
    assert [dragging for _, _, dragging in log].count(False) == 1
    assert log[-1][2] is False
    assert log[-1][1] == pytest.approx(0.9, abs=0.01)
    assert number(page, "gamma").input_value() == str(log[-1][1])


def test_a_drag_that_returns_to_its_start_still_ends(view: OpenView) -> None:
    page = view("sliders")
    drag(page, slider(page, "gamma"), 0.5, 0.6, 0.5, steps=10)
    log = wait_told(page, lambda t: bool(t["log"]) and t["log"][-1][2] is False)["log"]
    assert log[-1][:2] == ["gamma", 0.5]
    assert [dragging for _, _, dragging in log].count(False) == 1


def test_the_thumb_never_jumps_back_to_an_answer_of_an_earlier_moment(view: OpenView) -> None:
    page = view("sliders")
    thumb = slider(page, "gamma")
    thumb.evaluate(
        """node => { window.seen = []; 
            const look = () => { window.seen.push(Number(node.value)); requestAnimationFrame(look) };
            look() }"""
    )
    drag(page, thumb, 0.5, 0.95, steps=40)
    wait_told(page, lambda t: t["log"][-1][2] is False)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    seen = page.evaluate("window.seen")
    assert seen == sorted(seen)
    assert len(set(seen)) > 8


# Timers of one page come in their order however busy it is, so no pause between two keys looks like the end.
HOLD = """(node, times) => {
    const press = () => {
        node.stepUp()
        node.dispatchEvent(new Event("input", {bubbles: true}))
        if (--times) setTimeout(press, 40)
    }
    press()
}"""


def test_a_key_press_is_heard_at_once_and_a_held_key_comes_to_rest_once(view: OpenView) -> None:
    page = view("sliders")
    thumb = slider(page, "step_size")
    thumb.focus()
    thumb.evaluate(HOLD, 10)
    log = wait_told(page, lambda t: bool(t["log"]) and t["log"][-1][2] is False)["log"]
    assert [dragging for _, _, dragging in log].count(False) == 1
    assert log[0][2] is True
    values = [value for _, value, _ in log]
    assert values == sorted(values)
    assert all(isinstance(value, int) for value in values)
    expect(thumb).to_be_focused()


def test_on_a_log_scale_of_whole_numbers_every_key_press_counts(view: OpenView) -> None:
    page = view("sliders")
    number(page, "step_size").fill("1")
    number(page, "step_size").press("Enter")
    wait_told(page, lambda t: t["values"].get("step_size") == 1)
    thumb = slider(page, "step_size")
    for expected in (2, 3):
        thumb.press("ArrowRight")
        assert wait_told(page, lambda t, e=expected: t["log"][-1] == ["step_size", e, False])
    expect(thumb).to_have_attribute("aria-valuetext", "3 steps")


def test_the_number_box_takes_exact_values_also_outside_of_the_slider(view: OpenView) -> None:
    page = view("sliders")
    box = number(page, "lr")
    box.fill("12.3456789")
    box.press("Enter")
    assert wait_told(page, lambda t: bool(t["log"]))["log"] == [["lr", 12.3456789, False]]
    expect(box).to_have_value("12.3456789")
    assert slider(page, "lr").input_value() == slider(page, "lr").get_attribute("max")
    number(page, "gamma").fill("1")
    number(page, "gamma").press("Tab")
    log = wait_told(page, lambda t: len(t["log"]) == 2)["log"]
    assert log[-1] == ["gamma", 1.0, False]


@pytest.mark.parametrize("text", ["abc", "1e999", "-0.5", "0,5", "0x10", ""])
def test_bad_text_reaches_python_unchanged_and_its_answer_stands_beside_the_field(
    view: OpenView, text: str
) -> None:
    page = view("sliders")
    box = number(page, "gamma")
    box.fill(text)
    box.press("Enter")
    heard = wait_told(page, lambda t: bool(t["log"]))["log"][-1]
    assert heard == ["gamma", -0.5 if text == "-0.5" else text, False]
    expect(page.get_by_role("alert").filter(has_text="gamma must be")).to_be_visible()
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_value(text)
    expect(box).to_have_accessible_description(re.compile("gamma must be"))
    box.fill("0.25")
    box.press("Enter")
    expect(box).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert").filter(has_text="gamma must be")).to_have_count(0)


def test_text_that_is_being_typed_is_not_overwritten_by_a_run(view: OpenView) -> None:
    page = view("sliders")
    slider(page, "lr").evaluate(
        """node => setTimeout(() => { node.value = 100;
            node.dispatchEvent(new Event("input", {bubbles: true})) }, 400)"""
    )
    number(page, "gamma").fill("0.12")
    wait_told(page, lambda t: bool(t["log"]) and t["log"][-1][2] is False)
    expect(number(page, "gamma")).to_have_value("0.12")
    expect(number(page, "gamma")).to_be_focused()


def test_python_can_change_values_and_the_set_of_sliders_without_a_remount(view: OpenView) -> None:
    page = view("sliders")
    slider(page, "gamma").evaluate(
        "node => { node.closest('.lrs').mark = 1; window.lr = document.querySelector('.lrs-range') }"
    )
    drag(page, slider(page, "gamma"), 0.5, 0.8, steps=5)
    page.get_by_role("button", name="undo").click()
    expect(number(page, "gamma")).to_have_value("0.25")
    page.get_by_role("button", name="switch").click()
    slider(page, "lr_decay").wait_for()
    assert page.evaluate("document.querySelector('.lrs').mark === 1 && window.lr.isConnected")
    assert [row.inner_text() for row in page.locator(".lrs-name").all()] == ["lr", "lr_decay"]


def test_in_a_narrow_window_nothing_is_cut_off(view: OpenView) -> None:
    page = view("sliders", width=320)
    slider(page, "gamma")
    assert page.evaluate(
        "[...document.querySelectorAll('.lrs *')].every(n => n.getBoundingClientRect().right <= innerWidth)"
    )


def test_on_a_slow_server_the_curve_still_follows_the_thumb(view: OpenView) -> None:
    page = view("ours&delay=0.2")
    chart = chart_of(page, "race")
    redraws = int(chart.get_attribute("data-redraws") or 0)
    thumb = page.get_by_role("slider", name="gamma")
    drag(page, thumb, 0.5, 0.9, steps=60)
    assert int(chart.get_attribute("data-redraws") or 0) - redraws >= 4


# --- assets ---


def test_assets_are_compressed_immutable_and_checked_by_their_hash(lab: str) -> None:
    for path in (plotly_url(), module_url("chart/frontend/main.js")):
        with urlopen(Request(lab + path, headers={"Accept-Encoding": "gzip"})) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert "immutable" in answer.headers["Cache-Control"]
            packed, etag = answer.read(), answer.headers["ETag"]
        with urlopen(lab + path) as answer:
            assert answer.headers["Content-Encoding"] is None
            assert answer.read() == gzip.decompress(packed)
        with pytest.raises(HTTPError, match="304"):
            urlopen(Request(lab + path, headers={"If-None-Match": etag}))
    for path in (
        "/assets/components-0/chart/frontend/main.js",
        module_url("chart/frontend/main.js") + ".map",
    ):
        with pytest.raises(HTTPError, match="404"):
            urlopen(lab + path)


def test_what_streamlit_sends_again_with_every_message_is_small() -> None:
    assert len(inline_loader("chart/frontend/main.js")) < 250
