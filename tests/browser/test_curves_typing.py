"""What is typed and pasted on the Curves page in Chromium, at the height of a projector: numbers as people
write them, a paste that is seen, and the last change taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import address, type_value, wait_for
from tests.browser.curves_page import curves, drawn, names, new_page, paste, quiet

__all__ = ["curves", "new_page"]  # fixtures
pytestmark = pytest.mark.browser
COSINE = """optimizer = torch.optim.AdamW(model.parameters())
scheduler = get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=500, num_training_steps=10000)"""


def above(page: Page) -> float:
    """How far the chart lies below the window's upper edge; below 0 when it is out of sight."""
    area = page.locator('[data-testid="chart-curves_chart"] .lrc-frame').bounding_box()
    assert area
    return area["y"]


def test_numbers_are_read_as_they_are_typed(curves: Callable[..., Page]) -> None:
    page = curves("lr=0.1 StepLR(step_size=30, gamma=0.1)", curve_steps=2000, curve_epoch=32)
    type_value(page, "updates", "1.5e4")
    wait_for(lambda: "curve_steps=15000" in address(page), "the horizon to follow")
    type_value(page, "updates per epoch", "0")
    expect(page.get_by_text("steps_per_epoch=0 is not allowed")).to_be_visible()
    type_value(page, "updates per epoch", "32")
    expect(page.get_by_text("is not allowed")).to_have_count(0)
    reason = page.get_by_text("leaves the base lr behind").or_(page.locator(".lr-why")).first
    page.locator(".lr-why summary").click()
    expect(reason).to_be_visible()
    assert len(page.locator(".lr-why").inner_text()) > len("fails") + 20, "why it fails, without a mouse"


def test_a_paste_is_seen_whole_and_undone(curves: Callable[..., Page]) -> None:
    page = curves("lr=0.1", curve_steps=2000, curve_epoch=1)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.get_by_role("textbox", name="paste code or a plan").scroll_into_view_if_needed()
    page.mouse.move(640, 360)
    page.mouse.wheel(0, 3000)
    wait_for(lambda: above(page) < 0, "the chart to be out of sight")
    paste(page, COSINE, "Add to the plans")
    wait_for(lambda: len(names(page)) == 2, "the pasted plan, read with the base lr that stood there")
    wait_for(lambda: 0 <= above(page) < 720 - 300, "the chart to come into sight")
    assert drawn(page)[1]["x"][-1] == 9_999
    quiet(page)
    page.get_by_role("button", name="Undo", exact=True).click()
    wait_for(lambda: names(page) == ["1 · constant 0.1"], "the plans from before")
    assert "curve_steps=2000" in address(page)
