"""What a first visitor waits for: our page against an empty Streamlit page, cold, in the same Chromium.

    python -m tests.benchmarks.first_sight [visits]

Each visit is a browser context of its own, so nothing is cached, neither files nor compiled code; the visits
of both sides alternate, so a busy machine slows both. An empty page is `streamlit run` of one line as
Streamlit serves it, and usable when that line is painted. Ours has its first curve when the line of the chart
of learning rates is painted. Layout shift is Chromium's score, summed over the visit. Read the ratio and the
bytes, not the milliseconds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, WebSocket, sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, answers, chromium, free_port, wait_for
from tests.served import served

OURS, EMPTY = "LR Lab", "an empty page"
FIRST = {OURS: '[data-testid="chart-lr"] .scatterlayer path.js-line', EMPTY: '[data-testid="stText"]'}
SCRIPT = "import streamlit as st\n\nst.text('An empty page')\n"
LOOK_ON_MS = 4000  # after the first curve: what comes late may still move the page
GOAL_RATIO, GOAL_BYTES, GOAL_SHIFT = 1.3, 2_000_000, 0.1

# `seen.first` is the moment after the paint of the frame in which the selector was first found.
WATCH = """selector => {
  window.seen = {first: null, shift: 0, moved: []}
  performance.setResourceTimingBufferSize(1000)
  new PerformanceObserver(list => {
    for (const {value, startTime, hadRecentInput, sources} of list.getEntries()) {
      if (hadRecentInput) continue
      seen.shift += value
      const names = sources.map(({node}) => node?.nodeType === 1
        ? (node.closest('[class*="st-key-"]')?.className.match(/st-key-\\S+/)?.[0] ?? node.className) : '')
      seen.moved.push([Math.round(startTime), value, names.join(', ').slice(0, 120)])
    }
  }).observe({type: 'layout-shift', buffered: true})
  const look = () => {
    const found = document.querySelector(selector)
    if (!found || (found.tagName === 'path' && !found.getAttribute('d'))) return requestAnimationFrame(look)
    const channel = new MessageChannel()
    channel.port1.onmessage = () => { seen.first = performance.now() }
    channel.port2.postMessage(null)
  }
  requestAnimationFrame(look)
}"""

READ = """() => ({
  ...seen,
  paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null,
  files: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(
    ({name, startTime, responseEnd, transferSize, decodedBodySize}) =>
      ({name: new URL(name).pathname, start: startTime, end: responseEnd, sent: transferSize,
        unpacked: decodedBodySize})),
})"""


@dataclass
class Visit:
    """What one visitor met; times in ms from the navigation, sizes in bytes over the wire."""

    paint: float
    first: float
    shift: float
    files: list[dict[str, Any]]
    moved: list[list[Any]]
    said: list[int] = field(default_factory=list)  # sizes of the messages on WebSockets

    @property
    def sent(self) -> int:
        return sum(int(each["sent"]) for each in self.files) + sum(self.said)


@contextmanager
def empty_page() -> Iterator[str]:
    """Streamlit as it comes, with a script of one line."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "empty.py").write_text(SCRIPT, encoding="utf-8")
        url = f"http://localhost:{(port := free_port())}"
        options = [f"--server.port={port}", "--server.headless=true", "--browser.gatherUsageStats=false"]
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "empty.py", *options],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(lambda: answers(f"{url}/_stcore/health"), "the empty page")
            yield url
        finally:
            server.terminate()
            server.wait(10)


def visit(browser: Browser, url: str, selector: str, look_on_ms: float = LOOK_ON_MS) -> Visit:
    """Open a page as somebody who has never been there."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    try:
        page = context.new_page()
        said: list[int] = []
        page.on("websocket", lambda socket: _listen(socket, said))
        page.add_init_script(f"({WATCH})({selector!r})")
        page.goto(url, wait_until="commit")
        # asked from here: what waits in the page is evaluated from text, which our policy forbids
        wait_for(lambda: page.evaluate("window.seen?.first"), selector)
        page.wait_for_timeout(look_on_ms)
        return Visit(**page.evaluate(READ), said=said)
    finally:
        context.close()


def _listen(socket: WebSocket, said: list[int]) -> None:
    def heard(payload: str | bytes) -> None:
        said.append(len(payload))

    socket.on("framereceived", heard)
    socket.on("framesent", heard)


def run(visits: int) -> dict[str, list[Visit]]:
    """All visits of both sides, alternating."""
    seen: dict[str, list[Visit]] = {OURS: [], EMPTY: []}
    with empty_page() as empty, served() as ours, sync_playwright() as playwright:
        wait_for(lambda: ours.ask("/ready?wait=30").status == 200, "the workers")
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        for side, url in [(OURS, ours.url), (EMPTY, empty)] * visits:
            seen[side].append(visit(browser, url, FIRST[side]))
        browser.close()
    return seen


def _median(visits: Sequence[Visit], name: str) -> float:
    return statistics.median(getattr(each, name) for each in visits)


def _waterfall(one: Visit) -> None:
    print(f"{'start':>8}{'end':>8}{'sent':>9}{'unpacked':>10}  file")
    for each in sorted(one.files, key=lambda row: float(row["start"])):
        sizes = f"{each['sent'] / 1000:>6.1f} kB{each['unpacked'] / 1000:>7.0f} kB"
        print(f"{each['start']:>5.0f} ms{each['end']:>5.0f} ms{sizes}  {each['name']}")
    for when, value, what in one.moved:
        print(f"{when:>5.0f} ms: layout shift {value:.3f} of {what}")


def main() -> None:
    seen = run(int(sys.argv[1]) if sys.argv[1:] else 5)
    print("One visit to LR Lab (files that were asked for, in order):")
    _waterfall(seen[OURS][-1])
    print(f"\n{'medians':<15}{'requests':>10}{'sent':>10}{'first paint':>13}{'first curve':>13}{'shift':>8}")
    for side, visits in seen.items():
        requests = statistics.median(len(each.files) for each in visits)
        times = f"{_median(visits, 'paint'):>10.0f} ms{_median(visits, 'first'):>10.0f} ms"
        sent = f"{_median(visits, 'sent') / 1e6:>7.2f} MB"
        print(f"{side:<15}{requests:>10.0f}{sent}{times}{_median(visits, 'shift'):>8.3f}")
    pairs = [ours.first / empty.first for ours, empty in zip(seen[OURS], seen[EMPTY], strict=True)]
    sent, shift = _median(seen[OURS], "sent") / 1e6, max(each.shift for each in seen[OURS])
    print(
        f"The first curve takes {statistics.median(pairs):.2f} times as long as an empty page"
        f" ({min(pairs):.2f} to {max(pairs):.2f}; goal {GOAL_RATIO}), {sent:.2f} MB"
        f" (goal {GOAL_BYTES / 1e6:.1f}), layout shift at most {shift:.2f} (goal {GOAL_SHIFT})."
    )


if __name__ == "__main__":
    main()
