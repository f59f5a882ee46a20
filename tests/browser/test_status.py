"""The operator's page and metrics of the running app."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OPERATOR_TOKEN, App

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_operator_reads_the_state_on_a_phone(app: App, browser: Browser, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{app.url}/status")
    token = page.get_by_label("Operator's token")
    token.fill(OPERATOR_TOKEN)
    token.press("Enter")
    expect(page.get_by_text("Slots in use")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("cell", name="helper (")).to_be_visible()
    page.get_by_text("Versions and settings").click()
    expect(page.get_by_role("cell", name="LRLAB_OPERATOR_TOKEN")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert OPERATOR_TOKEN not in page.inner_text("body")
    told = metrics(app, OPERATOR_TOKEN)
    assert float(told["lrlab_sessions"]) >= 1
    assert float(told["lrlab_script_runs_total"]) >= 2
    context.close()


def test_nobody_else_reads_the_metrics(app: App) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        metrics(app, "another token")


def metrics(app: App, token: str) -> dict[str, str]:
    request = urllib.request.Request(f"{app.url}/metrics", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
