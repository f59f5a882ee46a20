"""How long from moving a slider to seeing the curve: our slider and chart in the real app, past the script
and through it, against st.slider with st.plotly_chart.

    python -m tests.benchmarks.thumb_to_paint

All are driven by an arrow key on a focused thumb, and are measured in the same browser: from the key event to
the frame after the line's path changed. A key is used because st.slider sends nothing while it is dragged.
"Through the script" is the same page in a browser that may not open our socket. The passes alternate, so a
busy machine slows all. Read the ratios, not the milliseconds.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.drag_curves import playground, running_app
from tests.browser.component_lab.server import running_lab
from tests.browser.conftest import CHROMIUM_FLAGS, chromium

THUMB = "input[type=range]"
OURS, SCRIPT, NATIVE = "8 plans", "8 plans, through the script", "3 curves: st.slider, st.plotly_chart"
SIDES = ("1 plan", OURS, SCRIPT, NATIVE)

# Resolves with the milliseconds from the key event to the paint of a changed path. A MessageChannel posted
# from an animation frame is answered after the paint of that frame. A remount is seen as another node in the
# place of the line.
WATCH = """() => {
  const line = () => document.querySelector('.scatterlayer path.js-line')
  const painted = () => new Promise(resolve => requestAnimationFrame(() => {
    const channel = new MessageChannel()
    channel.port1.onmessage = () => resolve(performance.now())
    channel.port2.postMessage(null)
  }))
  let plot = document.querySelector('.js-plotly-plot')
  const remounted = () => {
    const now = document.querySelector('.js-plotly-plot')
    const changed = now !== plot
    plot = now
    return changed
  }
  document.addEventListener('keydown', () => {
    const started = performance.now()
    const before = line()?.getAttribute('d')
    const look = async () => {
      const path = line()?.getAttribute('d')
      if (path && path !== before) window.measured = {ms: await painted() - started, remounted: remounted()}
      else if (performance.now() - started < 8000) requestAnimationFrame(look)
      else window.measured = {ms: null, remounted: remounted()}
    }
    look()
  }, true)
}"""


def _open(browser: Browser, address: str, *, socket: bool = True) -> Page:
    page = browser.new_page(viewport={"width": 1400, "height": 1100}, bypass_csp=True)
    if not socket:
        page.route_web_socket("**/drag", lambda route: route.close())
    page.goto(address)
    page.locator(".scatterlayer path.js-line").first.wait_for(state="attached", timeout=60_000)
    page.wait_for_timeout(3000)
    page.evaluate(WATCH)
    return page


def _measure(page: Page, presses: int, key: str) -> list[dict[str, Any]]:
    page.bring_to_front()
    named = page.get_by_role("slider", name="gamma of plan 1", exact=True)
    (named if named.count() else page.locator(THUMB).first).focus()
    samples = []
    for _ in range(presses):
        page.evaluate("window.measured = null")
        page.keyboard.press(key)
        page.wait_for_function("window.measured !== null", timeout=15_000)
        samples.append(page.evaluate("window.measured"))
        page.wait_for_timeout(900)  # past the pause after which a held key counts as let go, and its race
    return samples


def _summary(samples: Sequence[dict[str, Any]]) -> dict[str, float]:
    times = [sample["ms"] for sample in samples if sample["ms"] is not None]
    return {
        "median_ms": statistics.median(times),
        "p90_ms": statistics.quantiles(times, n=10)[-1],
        "remounts": sum(sample["remounted"] for sample in samples),
        "samples": len(times),
        "lost": len(samples) - len(times),
    }


def run(passes: int = 4, presses: int = 10) -> dict[str, Any]:
    """Race all sides and return {side: {median_ms, p90_ms, remounts, samples, lost}}."""
    collected: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    with running_lab() as lab, running_app() as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        pages = {
            "1 plan": _open(browser, playground(app, 1, 100)),
            OURS: _open(browser, playground(app, 8, 100)),
            SCRIPT: _open(browser, playground(app, 8, 101), socket=False),
            NATIVE: _open(browser, f"{lab}/?view=native"),
        }
        for number in range(passes):
            for side in SIDES:
                key = "ArrowLeft" if number % 2 else "ArrowRight"
                collected[side] += _measure(pages[side], presses, key)
        browser.close()
    return {side: _summary(samples) for side, samples in collected.items()}


def main() -> None:
    result = run()
    print(f"{'thumb to paint':<40}{'median':>9}{'90 %':>9}{'remounts':>10}")
    for side in SIDES:
        row = result[side]
        remounts = f"{row['remounts']}/{row['samples']}"
        print(f"{side:<40}{row['median_ms']:>6.0f} ms{row['p90_ms']:>6.0f} ms{remounts:>10}")
    times = result[SCRIPT]["median_ms"] / result[OURS]["median_ms"]
    print(f"Through the script it takes {times:.1f} times as long.")


if __name__ == "__main__":
    main()
