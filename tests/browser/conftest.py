"""The real app in a real server, driven by a real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.served import LOGGED_ERROR

ROOT = Path(__file__).resolve().parents[2]
SLOW = {
    "steps": 20_000,
    "seeds": 20,
    "model": "MLP(hidden=[96, 96])",
    "batch_size": 64,
}  # a run that is still on while a test looks
OPERATOR_TOKEN = "a token for tests"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class App:
    """A running server."""

    url: str
    process: subprocess.Popen[bytes]

    def link(self, *plans: str, **words: Any) -> str:
        """The address of the Playground with these plans and experiment words."""
        query = [("plan", plan) for plan in plans] + [(word, str(value)) for word, value in words.items()]
        return f"{self.url}/?{urlencode(query)}"

    def health(self) -> dict[str, Any]:
        """What /ready says."""
        with urllib.request.urlopen(f"{self.url}/ready", timeout=5) as response:
            return dict(json.load(response))


def chromium() -> str:
    """The Chromium to drive: CHROMIUM, or what is on the PATH."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not found:
        raise RuntimeError(
            "No Chromium found: install one (make browser) or name it with CHROMIUM=/path/to/it."
        )
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    """Poll until `condition` is truthy; the time limit is a guard against hanging, not a measurement."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def running_app(folder: Path, port: int = 0, **settings: str) -> Iterator[App]:
    """`streamlit run app.py` with two workers, ended by SIGTERM like any service; it logs to `folder`."""
    port = port or free_port()
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                "app.py",
                f"--server.port={port}",
                "--server.address=127.0.0.1",
            ],
            cwd=ROOT,
            env={**os.environ, "LRLAB_SLOTS": "2", "LRLAB_OPERATOR_TOKEN": OPERATOR_TOKEN, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(
                lambda: answers(f"{url}/_stcore/health") and answers(f"{url}/ready"),
                f"the app to be ready; {log} has its output",
            )
            yield App(url, process)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    text = log.read_text(errors="replace")
    assert not LOGGED_ERROR.search(text), text[-4000:]


@pytest.fixture(scope="package")  # gone when the tests of the browser are
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("app")) as app:
        yield app


@pytest.fixture(scope="package")  # gone when the tests of the browser are
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        yield instance
        instance.close()


# without the first growing of the losses, for which each test would wait
_USUAL = {"viewport": {"width": 1400, "height": 1100}, "reduced_motion": "reduce"}


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Make pages in contexts of their own (a context is a person): `new_page(url, color_scheme="dark",
    viewport=...)`."""
    contexts: list[BrowserContext] = []
    forbidden: list[list[str]] = []

    def make(url: str, **options: Any) -> Page:
        context = browser.new_context(**{**_USUAL, **options})
        contexts.append(context)
        forbidden.append(watch_policy(context))
        page = context.new_page()
        page.goto(url)
        settled(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not any(forbidden), f"the content security policy was broken: {forbidden}"


_REPORT = """addEventListener("securitypolicyviolation", event => reportViolation(
    `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))"""


def watch_policy(context: BrowserContext) -> list[str]:
    """A list that grows by whatever the content security policy forbids on a page of this context."""
    seen: list[str] = []
    context.expose_binding("reportViolation", lambda _, what: seen.append(str(what)))
    context.add_init_script(_REPORT)
    return seen


def settled(page: Page) -> None:
    """Wait until the page is connected and its script has run."""
    page.wait_for_selector('[data-testid="stApp"][data-test-connection-state="CONNECTED"]', timeout=30_000)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=30_000)
    page.wait_for_selector('[data-testid="chart-lr"] .js-plotly-plot', timeout=30_000)


def traces(page: Page, chart: str) -> list[dict[str, Any]]:
    """The traces that a chart has drawn, as the browser holds them, but for the unseen one that holds the
    axis of the losses."""
    script = """name => {
        const plot = document.querySelector(`[data-testid="chart-${name}"] .js-plotly-plot`);
        return plot ? plot.data.filter(t => t.uid !== "held").map(t => (
            {name: t.name, x: Array.from(t.x), y: Array.from(t.y), visible: t.visible})) : [];
    }"""
    return list(page.evaluate(script, chart))


def address(page: Page) -> str:
    """The address bar, asked in the browser: `page.url` lags behind until Playwright hears of it."""
    return str(page.evaluate("location.href"))


def live_state(page: Page) -> str | None:
    """The state of the run that the loss chart follows."""
    return page.locator('[data-testid="chart-loss"]').get_attribute("data-live-state")


def wait_done(page: Page, seconds: float = 90) -> None:
    """Wait until the run on the page has ended and its results are shown."""
    wait_for(lambda: live_state(page) == "done", "the run to end", seconds)
    page.wait_for_selector(".lr-results", timeout=30_000)


def last(values: list[float | None]) -> float:
    return next(value for value in reversed(values) if value is not None)


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=True)


def box(page: Page, name: str) -> Locator:
    return page.get_by_role("spinbutton", name=name, exact=True)


def type_value(page: Page, name: str, value: str) -> None:
    box(page, name).fill(value)
    box(page, name).press("Enter")
