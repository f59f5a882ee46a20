"""The server is replaced while a page is open, as by a deployment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, free_port, wait_done
from tests.load.server import serving

pytestmark = pytest.mark.browser


def test_results_are_there_again_after_a_restart(new_page: Callable[..., Page]) -> None:
    port = free_port()
    with serving(port=port) as server:
        page = new_page(App(server.url, server.process).link("lr=0.1", "lr=0.2", steps=100, seeds=1))
        wait_done(page)
    expect(page.locator('[data-test-connection-state="CONNECTED"]')).to_have_count(0)
    with serving(port=port):
        page.wait_for_selector('[data-test-connection-state="CONNECTED"]', timeout=60_000)
        expect(page.locator('[data-testid="stTable"]')).to_be_visible(timeout=60_000)
        expect(page.get_by_role("button", name="Stop")).to_have_count(0)
        expect(page.locator('[data-testid="stException"]')).to_have_count(0)
