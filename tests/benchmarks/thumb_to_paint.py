"""How long from moving a slider to seeing the curve: our two components against st.slider with
st.plotly_chart.

    python -m tests.benchmarks.thumb_to_paint

Both sides draw the same three curves of 200 points in a fragment of the same server, are driven by the same
arrow key on a focused thumb, and are measured in the same browser: from the key event to the frame after the
line's path changed. A key is used because st.slider sends nothing while it is dragged. The passes alternate,
so a busy machine slows both. Read the ratio, not the milliseconds.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.component_lab.server import running_lab
from tests.browser.conftest import CHROMIUM_FLAGS, chromium

SIDES = {
    "live_sliders + chart": "ours",
    "st.slider + st.plotly_chart": "native",
}  # name -> view of the component lab
THUMB = "input[type=range]"

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


def _open(browser: Browser, url: str, view: str) -> Page:
    page = browser.new_page(viewport={"width": 1000, "height": 700})
    page.goto(f"{url}/?view={view}")
    page.locator(".scatterlayer path.js-line").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1500)
    page.evaluate(WATCH)
    return page


def _measure(page: Page, presses: int, key: str) -> list[dict[str, Any]]:
    page.bring_to_front()
    page.locator(THUMB).first.focus()
    samples = []
    for _ in range(presses):
        page.evaluate("window.measured = null")
        page.keyboard.press(key)
        page.wait_for_function("window.measured !== null", timeout=15_000)
        samples.append(page.evaluate("window.measured"))
        page.wait_for_timeout(450)  # past the pause after which a held key counts as let go, and its run
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
    """Race both sides and return {side: {median_ms, p90_ms, remounts, samples, lost}, "ratio": native /
    ours}."""
    collected: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    with running_lab() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        pages = {side: _open(browser, url, view) for side, view in SIDES.items()}
        for number in range(passes):
            for side in SIDES:
                key = "ArrowLeft" if number % 2 else "ArrowRight"
                collected[side] += _measure(pages[side], presses, key)
        browser.close()
    ours, native = SIDES
    result: dict[str, Any] = {side: _summary(samples) for side, samples in collected.items()}
    result["ratio"] = result[native]["median_ms"] / result[ours]["median_ms"]
    return result


def main() -> None:
    result = run()
    print(f"{'thumb to paint':<30}{'median':>9}{'p90':>9}{'remounts':>10}")
    for side in SIDES:
        row = result[side]
        remounts = f"{row['remounts']}/{row['samples']}"
        print(f"{side:<30}{row['median_ms']:>6.0f} ms{row['p90_ms']:>6.0f} ms{remounts:>10}")
    print(f"st.slider with st.plotly_chart takes {result['ratio']:.1f} times as long.")


if __name__ == "__main__":
    main()
