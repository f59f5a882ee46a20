"""Opens views of the component lab in Chromium and reads what its Python wrote down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

OpenView = Callable[..., Page]


def views(lab: str, browser: Browser) -> Iterator[OpenView]:
    """For a fixture: yields a function that opens a view in a page of its own; afterwards no page may have
    thrown."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_view(name: str, *, base: str = lab, width: int = 1000, scheme: Any = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{base}/?view={name}")
        return page

    yield open_view
    for context in contexts:
        context.close()
    assert errors == []


def told(page: Page) -> dict[str, Any]:
    """What the lab's Python has written down."""
    heard: dict[str, Any] = json.loads(page.locator(".st-key-log").inner_text())
    return heard


def wait_told(page: Page, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in range(200):
        if condition(answer := told(page)):
            return answer
        page.wait_for_timeout(50)
    raise AssertionError(f"Python did not hear what was expected; it wrote {answer}")


def wait_until(page: Page, condition: Callable[[], bool], what: str) -> None:
    """Wait in the browser's own loop, so that what it tells meanwhile is heard."""
    for _ in range(400):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"waited in vain for {what}")


def slider(page: Page, name: str) -> Locator:
    found = page.get_by_role("slider", name=f"{name} of plan 1", exact=True)
    found.wait_for()
    return found


def number(page: Page, name: str) -> Locator:
    return page.get_by_role("spinbutton", name=f"{name} of plan 1", exact=True)


def chart_of(page: Page, key: str) -> Locator:
    found = page.locator(f'[data-testid="chart-{key}"]:not([data-redraws="0"])')
    found.wait_for()
    expect(found).to_have_attribute("data-mounts", "1")
    return found


def follow(page: Page, job: str) -> None:
    """Make the lab's live view follow another job."""
    box = page.get_by_role("textbox", name="job")
    box.fill(job)
    box.press("Enter")
