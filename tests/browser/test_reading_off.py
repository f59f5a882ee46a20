"""What can be read off the charts in Chromium: numbers on each axis, one value at the cursor, a file and a
link to take away; and taking back what was changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_plus

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, address, traces, type_value, wait_done, wait_for

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
MEDIAN = 2  # the third of the four traces of a plan
ZOOM = """([name, low, high]) => window.Plotly.relayout(
    document.querySelector(`[data-testid="chart-${name}"] .js-plotly-plot`),
    {"yaxis.range[0]": low, "yaxis.range[1]": high})"""


def numbers(page: Page, chart: str) -> list[float]:
    """What stands beside the vertical axis of a chart."""
    texts = page.locator(f'[data-testid="chart-{chart}"] .ytick text').all_text_contents()
    return [float(text.replace("\N{MINUS SIGN}", "-")) for text in texts]


def at_cursor(page: Page, chart: str, share: float) -> tuple[float, list[float]]:
    """Where the cursor stands when the mouse is there, and the values beside the names."""
    area = page.locator(f'[data-testid="chart-{chart}"] .nsewdrag').bounding_box()
    assert area
    page.mouse.move(area["x"] + share * area["width"], area["y"] + area["height"] / 2)
    root = page.locator(f'[data-testid="chart-{chart}"]')
    expect(root.locator(".lrc-where")).to_be_visible()
    where = re.fullmatch(r"updates ([\d.]+).*", root.locator(".lrc-where").inner_text())
    assert where
    return float(where[1]), [float(text) for text in root.locator(".lrc-item b").all_inner_texts()]


def test_every_axis_has_numbers_and_the_cursor_one_value(app: App, new_page: NewPage) -> None:
    page = new_page(app.link("lr=0.001", "lr=0.0001", steps=300, seeds=1))
    wait_done(page)
    finals = [trace["y"][-1] for trace in traces(page, "loss")[MEDIAN::4]]
    assert max(finals) < 2 * min(finals), "losses that lie within a factor of two"
    wait_for(lambda: len(set(numbers(page, "loss"))) >= 3, "numbers on the axis of the losses")
    assert numbers(page, "lr")[:2] == [0, 2e-4], "powers of ten, no micro"

    x, values = at_cursor(page, "loss", 0.437)
    assert x == round(x), "there is no update between two others"
    drawn = traces(page, "loss")[MEDIAN]
    line = np.exp(np.interp(x, drawn["x"], np.log(drawn["y"])))
    assert values[0] == pytest.approx(line, rel=1e-3), "what is drawn, which is straight on this axis"
    assert at_cursor(page, "lr", 0.437)[0] == x
    expect(page.locator(".hoverlayer .hovertext")).to_have_count(0)

    with page.expect_download() as download:
        page.get_by_role("button", name="Losses as CSV").click()
    rows = Path(download.value.path()).read_text().splitlines()
    assert rows[0].startswith("update,plan,seed,lr,training_loss")
    assert len(rows) == 1 + 2 * len(drawn["x"]), "each evaluation of each network"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied: it opens this page")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address(page)

    page.get_by_text("log lr axis").click()
    wait_for(lambda: {1e-3, 1e-4} <= set(numbers(page, "lr")), "the decades")
    page.evaluate(ZOOM, ["lr", -3.9, -3.8])
    wait_for(lambda: len(set(numbers(page, "lr"))) >= 2, "numbers in a zoom between two decades")
    page.evaluate(ZOOM, ["lr", -9, 0])
    wait_for(lambda: 3 <= len(set(numbers(page, "lr"))) <= 10, "decades, as many as have room")


def test_undo_takes_back_what_a_slider_changed(app: App, new_page: NewPage) -> None:
    page = new_page(app.link("lr=0.1", steps=100, seeds=1))
    undo = page.get_by_role("button", name="Undo", exact=True)
    for value in ("0.2", "0.4"):
        type_value(page, "base_lr of plan 1", value)
        wait_for(lambda value=value: f"lr={value}" in unquote_plus(address(page)), "the address to follow")
    for value in (0.2, 0.1):
        undo.click()
        wait_for(lambda value=value: traces(page, "lr")[0]["y"][0] == value, "the one before")
    undo.click()
    expect(page.get_by_text("There is nothing to undo.")).to_be_visible()
    page.go_back()
    wait_for(lambda: traces(page, "lr")[0]["y"][0] == 0.2, "the browser's Back to bring it again")
