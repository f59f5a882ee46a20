"""How often a chart is redrawn while a slider is dragged, in the real app: the Playground with 1 and 8 plans,
and the Curves page with 20 plans over 10 million updates.

    python -m tests.benchmarks.drag_curves

The thumb of one slider is moved to and fro for some seconds, as fast as the browser takes it. Counted are the
redraws in which that plan's curve is another one than in the redraw before. Loaded machines give lower
numbers; the aim is 25 a second.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, ROOT, answers, chromium, free_port, wait_for

STEPS, EPOCH = 10_000_000, 10_000
PLANS = [
    *(f"lr={0.02 * n:.2f} StepLR(step_size={50 * n}, gamma=0.5)" for n in range(1, 6)),
    *(f"lr={0.02 * n:.2f} CosineAnnealingLR(T_max={2_000_000 * n}) per iteration" for n in range(1, 6)),
    *(f"lr={0.02 * n:.2f} InverseTimeDecay(lr_decay={n}e-6) per iteration" for n in range(1, 6)),
    *(f"lr={0.02 * n:.2f} ExponentialLR(gamma={1 - n / 1000})" for n in range(1, 6)),
]

# Remembers when the first curve was last drawn with other values.
WATCH = """name => {
  const chart = document.querySelector(`[data-testid="chart-${name}"]`)
  const plot = chart.querySelector('.js-plotly-plot')
  window.redraws = []
  let before = JSON.stringify(plot.data[0].y)
  new MutationObserver(() => {
    const now = JSON.stringify(plot.data[0].y)
    if (now !== before) window.redraws.push(performance.now())
    before = now
  }).observe(chart, {attributes: true, attributeFilter: ['data-redraws']})
}"""


EIGHT = [
    "lr=0.3 StepLR(step_size=50, gamma=0.3) per iteration",
    "lr=0.3 InverseTimeDecay(lr_decay=0.01) per iteration",
    "lr=0.3 CosineAnnealingLR(T_max=60)",
    "lr=0.3 ExponentialLR(gamma=0.999) per iteration",
    "lr=0.3 OneCycleLR(max_lr=0.5, total_steps=2000) per iteration",
    "lr=0.1 SequentialLR([LinearLR(total_iters=5), CosineAnnealingLR(T_max=25)], milestones=[5])",
    "lr=0.1 PolynomialLR(total_iters=1000, power=2) per iteration",
    "lr=0.1 CosineAnnealingWarmRestarts(T_0=10)",
]


def playground(url: str, plans: int, steps: int = 2000) -> str:
    """The address of the Playground with the first of the eight plans, and a short race."""
    words = [("plan", plan) for plan in EIGHT[:plans]] + [("steps", str(steps)), ("seeds", "1")]
    return f"{url}/?{urlencode(words)}"


def link(url: str) -> str:
    """The address of the page with 20 plans over 10 million updates."""
    words = [("curve_steps", STEPS), ("curve_epoch", EPOCH)]
    return f"{url}/curves?{urlencode([('plan', plan) for plan in PLANS] + words)}"


def drag(page: Page, name: str, moves: int, pause_ms: float = 0, chart: str = "curves_chart") -> list[float]:
    """Move a thumb to and fro, `moves` times; the moments (ms) at which the first curve was drawn anew."""
    page.evaluate(WATCH, chart)
    thumb = page.get_by_role("slider", name=name, exact=True)
    thumb.scroll_into_view_if_needed()
    area = thumb.bounding_box()
    assert area
    middle = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + area["width"] * 0.3, middle)
    page.mouse.down()
    for move in range(moves):
        share = abs((move * 0.013) % 1.2 - 0.6)  # a triangle wave between 0 and 0.6
        page.mouse.move(area["x"] + area["width"] * (0.2 + share), middle)
        page.wait_for_timeout(pause_ms)
    page.mouse.up()
    return list(page.evaluate("window.redraws"))


@contextmanager
def running_app() -> Iterator[str]:
    """The real app on a free port."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        f"--server.port={port}",
        "--server.address=127.0.0.1",
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(f"{url}/_stcore/health"), "the app to answer")
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def run(address: str, chart: str, name: str, moves: int = 250) -> float:
    """Redraws a second over one drag of a slider of the page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1100}, bypass_csp=True)
        page.goto(address)
        page.wait_for_selector(f'[data-testid="chart-{chart}"] .main-svg', timeout=60_000)
        page.wait_for_timeout(3000)
        drag(page, name, 30, chart=chart)  # the first ones compile and cache
        page.wait_for_timeout(2000)
        started = time.monotonic()
        seen = drag(page, name, moves, pause_ms=15, chart=chart)
        seconds = time.monotonic() - started
        browser.close()
    spent = (seen[-1] - seen[0]) / 1000 if len(seen) > 1 else seconds
    return (len(seen) - 1) / spent


def main() -> None:
    with running_app() as url:
        for title, address, chart, name in (
            ("Playground, 1 plan", playground(url, 1), "lr", "gamma of plan 1"),
            ("Playground, 8 plans", playground(url, 8), "lr", "gamma of plan 1"),
            ("Curves, 20 plans, 10,000,000 updates", link(url), "curves_chart", "base_lr of plan 1"),
        ):
            print(f"{title:<40}{run(address, chart, name):5.1f} redraws a second", flush=True)


if __name__ == "__main__":
    main()
