"""What the tests of the Curves page share: opening it, and reading what it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, traces, wait_for, watch_policy

NewPage = Callable[..., Page]
PLANS = ("lr=0.1 StepLR(step_size=30, gamma=0.1)", "lr=0.1 CosineAnnealingLR(T_max=90)")


@pytest.fixture
def curves(app: App, new_page: NewPage) -> Callable[..., Page]:
    """Open the page with plans and words, and wait for its chart."""

    def open_(
        *plans: str, url: str = "", color_scheme: str = "light", width: int = 1400, **words: Any
    ) -> Page:
        query = urlencode([("plan", plan) for plan in plans] + [(k, str(v)) for k, v in words.items()])
        page = new_page("about:blank", color_scheme=color_scheme, viewport={"width": width, "height": 1100})
        refused: list[str] = []
        page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
        page.goto(url or f"{app.url}/curves?{query}")
        ready(page)
        assert refused == [], "the page asks for what is not there"
        return page

    return open_


@pytest.fixture
def new_page(browser: Any) -> Any:
    """Like the Playground's, without its wait for the Playground's chart."""
    contexts = []
    forbidden: list[list[str]] = []

    def make(_: str, **options: Any) -> Page:
        contexts.append(browser.new_context(accept_downloads=True, **options))
        forbidden.append(watch_policy(contexts[-1]))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()
    assert not any(forbidden), f"the content security policy was broken: {forbidden}"


def ready(page: Page) -> None:
    page.wait_for_selector('[data-testid="chart-curves_chart"] .main-svg', timeout=60_000)
    quiet(page)


def quiet(page: Page) -> None:
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=30_000)


def drawn(page: Page) -> list[dict[str, Any]]:
    return [trace for trace in traces(page, "curves_chart") if trace["x"] != [0]]


def names(page: Page) -> list[str]:
    return [trace["name"] for trace in drawn(page)]


def paste(page: Page, text: str, button: str) -> None:
    box = page.get_by_role("textbox", name="paste code or a plan")
    box.fill(text)
    box.press("Control+Enter")
    expect(page.get_by_role("button", name=button)).to_be_enabled()
    quiet(page)
    page.get_by_role("button", name=button).click()
    quiet(page)


def choose(page: Page, box: str, option: str) -> None:
    quiet(page)
    found = page.get_by_role("option", name=option).first

    def opened() -> bool:  # a list that opens during a redraw or a scroll closes again
        if not found.is_visible():
            menu = page.get_by_role("combobox", name=box, exact=True)
            menu.click()
            menu.fill(option)  # a long list shows what is near the entry that was chosen
        return found.is_visible()

    wait_for(opened, f"the list of {box}")
    found.click()
    quiet(page)


def table(page: Page) -> list[list[str]]:
    rows = page.locator(".lr-table tbody tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]
