"""The first seconds of a visitor who has never been here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit
from playwright.sync_api import Browser, Page, Route

from tests.benchmarks.first_sight import FIRST, GOAL_BYTES, GOAL_SHIFT, OURS, visit
from tests.browser.conftest import App, wait_done
from ui.server.assets import module_url, plotly_url

pytestmark = pytest.mark.browser
# As in a page that is not complete yet, whose script in the head failed before a chart was there.
HEAD_FAILED = """async ([module, plotly]) => {
  const tag = Object.assign(document.createElement("script"), { src: plotly })
  await new Promise(failed => { tag.onerror = failed; document.head.append(tag) })
  let state = "interactive"
  Object.defineProperty(document, "readyState", { get: () => state, configurable: true })
  const { loadPlotly } = await import(module)
  const loaded = loadPlotly(plotly)
  state = "complete"
  window.dispatchEvent(new Event("load"))
  const late = new Promise(resolve => setTimeout(() => resolve({ version: "never came" }), 5000))
  return (await Promise.race([loaded, late])).version
}"""


def test_little_is_sent_and_nothing_jumps(app: App, browser: Browser, new_page: Callable[..., Page]) -> None:
    wait_done(new_page(app.url))  # as most visitors find it: the opening run is in the server's memory
    seen = visit(browser, app.url, FIRST[OURS], look_on_ms=2000)
    assert seen.sent < GOAL_BYTES
    assert seen.shift < GOAL_SHIFT, seen.moved


@pytest.mark.parametrize("path", ["/", "/curves"])
def test_the_page_names_nothing_that_it_does_not_use(app: App, browser: Browser, path: str) -> None:
    """Held against the same page without these links, which asks for its files when it needs them."""
    # a page that did not come over the network may not open our sockets without
    context = browser.new_context(permissions=["local-network-access"])
    theirs = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    ahead = re.compile(r'<(?:link rel="(?:module)?preload"|script [^>]*async)[^>]*(?:href|src)="\./([^"]+)">')
    named, asked = set[str](), set[str]()

    def without_links(route: Route) -> None:
        answer = route.fetch().text()
        named.update(set(ahead.findall(answer)) - set(ahead.findall(theirs)))
        plain = ahead.sub(lambda tag: tag[0] if tag[0] in theirs else "", answer)
        route.fulfill(content_type="text/html", body=plain)

    page = context.new_page()
    page.route(f"{app.url}{path}", without_links)
    page.on("request", lambda request: asked.add(request.url.removeprefix(f"{app.url}/")))
    page.goto(app.url + path)
    page.wait_for_selector("[data-testid=live-sliders]")
    page.locator(".scatterlayer path.js-line").first.wait_for(state="attached")
    page.wait_for_timeout(1000)
    context.close()
    assert named
    assert named - asked == set(), "these come with the page and are not used"


# every number of points that the loss chart has drawn
_NOTE_POINTS = """window.points = []
new MutationObserver(changes => {
  for (const { target } of changes) {
    if (target.dataset.testid === "chart-loss") points.push(Number(target.dataset.points))
  }
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-points"] })"""


def test_losses_that_are_there_already_are_seen_growing(
    app: App, browser: Browser, new_page: Callable[..., Page]
) -> None:
    wait_done(still := new_page(app.url))  # where less motion is wanted they are there at once
    whole = int(still.locator('[data-testid="chart-loss"]').get_attribute("data-points") or 0)
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(_NOTE_POINTS)
    page.goto(app.url)
    wait_done(page)
    page.wait_for_timeout(200)
    seen = page.evaluate("points")
    context.close()
    assert whole > 0
    assert seen == sorted(seen)
    assert seen[-1] == whole
    assert len(set(seen)) > 5, "the curves were there at once"


def test_a_chart_library_that_failed_before_anybody_listened_is_asked_for_again(
    app: App, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(f"{app.url}/favicon.png")  # in the app's root, and without Streamlit
    page.route(f"**{plotly_url()}", lambda route: route.abort(), times=1)
    asked = [module_url("chart/frontend/plotly.js"), plotly_url()]
    page.set_default_timeout(10_000)
    assert page.evaluate(HEAD_FAILED, asked) in plotly_url()
    page.close()
