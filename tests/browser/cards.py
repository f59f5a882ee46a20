"""The Playground's cards, which fold to a line each."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.browser.conftest import slider


def open_card(page: Page, plan: int) -> None:
    """Open the card of a plan of the Playground, counted from 1, unless it is open."""
    _open(page, f"open_{plan - 1}", page.get_by_role("button", name=f"Remove plan {plan}", exact=True))


def open_experiment(page: Page) -> None:
    """Open the form of the experiment, unless it is open."""
    _open(page, "open_experiment", slider(page, "batch_size"))


def _open(page: Page, key: str, shown: Locator) -> None:
    if not shown.is_visible():
        fold_line(page, key).click()
        shown.wait_for()


def opened(page: Page) -> list[int]:
    """The plans whose cards are open, counted from 1."""
    script = "nodes => nodes.map(node => Number(node.className.match(/st-key-remove_(\\d+)/)[1]) + 1)"
    return list(page.locator('[class*="st-key-remove_"]').evaluate_all(script))


def fold_line(page: Page, key: str) -> Locator:
    """The line that opens and folds something; Streamlit hides another button beside one with a tooltip."""
    return page.locator(f".st-key-{key} button").filter(visible=True)
