"""Without a mouse or without sight: axe-core's findings, the keyboard's way, what is said and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, wait_done, wait_for
from tests.browser.curves_page import ready

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
TOOLS = ("Paste", "Code", "Points", "Theory", "Metric", "Export")
WIDTHS = (1280, 390)


def findings(page: Page, part: str = "") -> list[str]:
    """What axe-core calls serious or critical on the page, or in a part of it."""
    answer: dict[str, Any] = Axe().run(page, context=part or None).response
    return [
        f"{found['id']}: {node['html'][:200]} {node['failureSummary']}"
        for found in answer["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


def in_all_looks(page: Page, part: str = "") -> Iterator[str]:
    """Its findings in both windows, light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        wait_for(
            lambda scheme=scheme: page.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme") == scheme,
            "the page to follow the theme",
        )
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_timeout(150)
            for found in findings(page, part):
                yield f"{scheme} {width}: {found}"


def test_axe_finds_nothing_serious_on_the_playground(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    wait_done(page)
    assert list(in_all_looks(page)) == []


def test_axe_finds_nothing_serious_on_the_curves_page(app: App, new_page: NewPage) -> None:
    page = new_page(app.url)
    page.goto(f"{app.url}/curves")
    ready(page)
    found = list(in_all_looks(page))
    for tool in TOOLS:
        page.get_by_role("tab", name=tool).click()
        page.wait_for_timeout(1000)
        found += [f"{tool} {each}" for each in in_all_looks(page, ".st-key-tool, [data-testid=stTabs]")]
    print("\n".join(found))
    assert found == []
