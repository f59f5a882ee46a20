"""Real browsers among the people: `python -m tests.load.browsers SCENARIO` prints how long it takes from the
thumb to the painted curve.

They take turns: one is on the Playground, the next on the Curves page. A thumb is moved on when its last move
has been painted, so each sample is one move alone.
"""

from __future__ import annotations

import sys
import time

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from tests.browser.conftest import CHROMIUM_FLAGS, chromium, settled
from tests.load.page import now
from tests.load.scenario import Scenario
from tests.load.tally import Tally

STEPS = 5  # moves of one drag
PATIENCE_MS = 20_000
SLIDER = "gamma of plan 1"
PLANS = "plan=lr%3D0.2+StepLR(step_size%3D30,+gamma%3D0.3)&plan=lr%3D0.1&plan=lr%3D0.05&curve_steps=36000"

# From the input event of a thumb to the frame after the chart was drawn anew. A MessageChannel posted from an
# animation frame is answered after the paint of that frame.
WATCH = """name => {
  const chart = document.querySelector(`[data-testid="chart-${name}"]`)
  const painted = () => new Promise(resolve => requestAnimationFrame(() => {
    const channel = new MessageChannel()
    channel.port1.onmessage = () => resolve(performance.now())
    channel.port2.postMessage(null)
  }))
  let moved = null
  document.addEventListener('input', () => { moved ??= performance.now() }, true)
  new MutationObserver(async () => {
    if (moved === null) return
    const begun = moved
    moved = null
    window.measured = await painted() - begun
  }).observe(chart, {attributes: true, attributeFilter: ['data-redraws']})
}"""


def _open(browser: Browser, scenario: Scenario, number: int) -> Page:
    page = browser.new_context(viewport={"width": 1300, "height": 900}, bypass_csp=True).new_page()
    races = number % 2 == 0
    page.goto(f"{scenario.url}/{'' if races else 'curves'}?{PLANS}")
    if races:
        settled(page)
    page.wait_for_selector(f'[data-testid="chart-{_chart(number)}"] .js-plotly-plot', timeout=PATIENCE_MS)
    page.evaluate(WATCH, _chart(number))
    return page


def _chart(number: int) -> str:
    return "curves_chart" if number % 2 else "lr"


def _drag(page: Page, what: str, tally: Tally, turn: int) -> None:
    thumb = page.get_by_role("slider", name=SLIDER, exact=True)
    thumb.scroll_into_view_if_needed()
    area = thumb.bounding_box()
    if area is None:
        tally.error("browser: the slider is gone")
        return
    middle, begin = area["y"] + area["height"] / 2, 0.2 + 0.05 * (turn % 7)
    page.mouse.move(area["x"] + area["width"] * begin, middle)
    page.mouse.down()
    for step in range(STEPS):
        page.evaluate("window.measured = null")
        page.mouse.move(area["x"] + area["width"] * (begin + 0.06 * (step + 1)), middle)
        page.wait_for_function("window.measured !== null", timeout=PATIENCE_MS)
        tally.took(what, page.evaluate("window.measured") / 1000)
    page.mouse.up()


def run(scenario: Scenario) -> Tally:
    """Drag in each browser by turns until the scenario is over."""
    tally = Tally()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        pages = [_open(browser, scenario, number) for number in range(scenario.browsers)]
        for page in pages:
            page.on("pageerror", lambda error: tally.error(f"browser: {error}"))
        time.sleep(max(0.0, scenario.begin - now()))
        turn = 0
        while now() < scenario.end:
            for number, page in enumerate(pages):
                what = f"thumb to paint, {'Curves' if number % 2 else 'Playground'}"
                try:
                    _drag(page, what, tally, turn)
                except BrowserError as error:
                    page.mouse.up()
                    tally.error(f"browser: {str(error).splitlines()[0]}")
                if page.locator('[data-testid="stException"]').count():
                    tally.error("browser: an error page")
                time.sleep(scenario.every / len(pages))
            turn += 1
        browser.close()
    return tally


if __name__ == "__main__":
    print(run(Scenario.from_json(sys.argv[1])).to_json())
