"""What a menu offers can be read to its end, in a projector's window and on a phone: the examples with all
that they claim, and the schedules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from lrcore.gallery.examples import EXAMPLES
from lrcore.schedules.schedule import KINDS
from tests.browser.cards import open_card
from tests.browser.conftest import App, traces, wait_done, wait_for

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
LONGEST = sorted((f"{kind} · {found.title}" for kind, found in KINDS.items()), key=len)[-6:]
WINDOWS = [{"width": 1280, "height": 720}, {"width": 390, "height": 844}]
# What of its text a box does not show, in pixels, and whether the box itself leaves the window.
_CUT = """boxes => boxes.map(box => {
  const range = document.createRange(); range.selectNodeContents(box)
  const text = range.getBoundingClientRect(), seen = box.getBoundingClientRect()
  const cut = Math.max(seen.left - text.left, text.right - seen.right, seen.top - text.top,
    text.bottom - seen.bottom, -seen.left, seen.right - innerWidth)
  return [box.innerText.replace(/\\s+/g, " "), cut] })"""


def cut(boxes: Locator) -> dict[str, float]:
    """Pixels that are cut off, by the text."""
    return dict(boxes.evaluate_all(_CUT))


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_all_that_is_offered_can_be_read(app: App, new_page: NewPage, window: dict[str, int]) -> None:
    page = new_page(app.url, viewport=window)
    page.get_by_role("button", name="Examples").click()
    offered = page.get_by_role("dialog").locator(".st-key-examples_list button")
    expect(offered).to_have_count(len(EXAMPLES))
    shown = cut(offered)
    assert list(shown) == [f"{example.title} {example.claim}" for example in EXAMPLES.values()]
    assert max(shown.values()) <= 0, shown

    offered.filter(has_text="Decaying too hard").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    wait_for(lambda: len(traces(page, "lr")) == 6, "the example's six plans")
    open_card(page, 1)
    menu = page.get_by_role("combobox", name="schedule of plan 1")
    for label in LONGEST:
        menu.fill(label)  # a menu draws the rows in sight alone, and these are sought by typing
        row = page.get_by_role("option", name=label, exact=True).locator("[data-item-hl]")
        expect(row).to_be_visible()
        assert cut(row)[label] <= 0
    page.keyboard.press("Escape")

    if window is WINDOWS[0]:
        wait_done(page)
        expect(page.get_by_text("Measured over 20 seeds")).to_be_visible()
        page.get_by_role("button", name="Undo", exact=True).click()
        wait_for(lambda: len(traces(page, "lr")) == 4, "the plans from before")
