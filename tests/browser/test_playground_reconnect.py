"""The Playground when the network or the server fails: what was under way goes on, or is begun again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    SLOW,
    App,
    address,
    box,
    free_port,
    live_state,
    running_app,
    type_value,
    wait_done,
    wait_for,
)

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
SECONDS = {"steps": 20_000, "seeds": 4}  # a run of some seconds: it ends while a test looks
UNWATCHED_S = 3


class Proxy:
    """A TCP proxy before the app that can be cut: connections break, and none is taken until it is mended. Or
    it falls silent: connections stay open, and what is sent waits until it speaks again."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname, parts.port)
        self._open: set[socket.socket] = set()
        self._cut = threading.Event()
        self._flows = threading.Event()
        self._flows.set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._cut.set()
        for sock in list(self._open):
            self._drop(sock)

    def mend(self) -> None:
        self._cut.clear()

    def fall_silent(self) -> None:
        self._flows.clear()

    def speak(self) -> None:
        self._flows.set()

    def close(self) -> None:
        self.speak()
        self.cut()
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._server.accept()
            except OSError:
                return
            try:
                app = socket.create_connection(self._target)
            except OSError:
                browser.close()
                continue
            self._open |= {browser, app}
            if self._cut.is_set():
                self._drop(browser)
                self._drop(app)
                continue
            for source, sink in ((browser, app), (app, browser)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                self._flows.wait()
                sink.sendall(data)
        except OSError:
            pass
        self._drop(source)
        self._drop(sink)

    def _drop(self, sock: socket.socket) -> None:
        self._open.discard(sock)
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A server that soon gives up what nobody watches."""
    with running_app(tmp_path_factory.mktemp("app"), LRLAB_UNWATCHED_SECONDS=str(UNWATCHED_S)) as app:
        yield app


@pytest.fixture
def proxy(app: App) -> Iterator[Proxy]:
    proxy = Proxy(app.url)
    yield proxy
    proxy.close()


@contextmanager
def cut_off(proxy: Proxy, page: Page) -> Iterator[None]:
    proxy.cut()
    wait_for(lambda: live_state(page) == "reconnecting", "the page to notice")
    yield
    proxy.mend()


def through(proxy: Proxy, app: App, *plans: str, **words: object) -> str:
    return app.link(*plans, **words).replace(app.url, proxy.url)


def updates(page: Page) -> int:
    """How far the run on the page says it is."""
    text = page.locator('[data-testid="chart-loss"] .lrc-progress-text').inner_text()
    return int(text.split(" of ")[0].replace(",", "")) if " updates" in text else 0


def test_a_short_loss_of_the_network_costs_nothing(app: App, proxy: Proxy, new_page: NewPage) -> None:
    page = new_page(through(proxy, app, "lr=0.1", "lr=0.051", **SLOW))
    wait_for(lambda: live_state(page) == "running" and updates(page) > 0, "the run to get somewhere")
    before = updates(page)
    with cut_off(proxy, page):
        pass
    wait_for(lambda: live_state(page) == "running" and updates(page) > before, "the run to go on")
    page.wait_for_timeout(1000 * (UNWATCHED_S + 1))  # longer than it takes to give up what nobody watches
    assert live_state(page) == "running"
    assert updates(page) > before, "it is the same run"
    page.get_by_role("button", name="Stop").click()
    wait_for(lambda: live_state(page) == "cancelled", "the run to stop")


def test_a_run_that_ends_meanwhile_shows_its_results(app: App, proxy: Proxy, new_page: NewPage) -> None:
    page = new_page(through(proxy, app, "lr=0.1", "lr=0.052", **SECONDS))
    wait_for(lambda: live_state(page) == "running", "the run to start")
    with cut_off(proxy, page):
        watcher = new_page(app.link("lr=0.1", "lr=0.052", **SECONDS))
        wait_done(watcher)
    wait_done(page)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_a_run_given_up_meanwhile_begins_again(app: App, proxy: Proxy, new_page: NewPage) -> None:
    page = new_page(through(proxy, app, "lr=0.1", "lr=0.053", **SECONDS))
    wait_for(lambda: live_state(page) == "running", "the run to start")
    with cut_off(proxy, page):
        wait_for(lambda: app.health()["running"] == 0, "the server to give it up")
        expect(page.get_by_text("The server does not answer; trying again.")).to_be_visible()
    wait_done(page)
    expect(page.get_by_text("The server does not answer")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


_LONGEST_PAUSE = """() => { window.longest = 0; let last = performance.now()
    setInterval(() => {
        const now = performance.now(); longest = Math.max(longest, now - last); last = now
    }, 100) }"""


def test_a_silent_network_is_told_and_a_tab_that_slept_goes_on(
    app: App, proxy: Proxy, new_page: NewPage
) -> None:
    """A tab that nobody looks at for some minutes is frozen: its sockets stay open, and no timer runs and no
    message is taken, as when a debugger holds it."""
    asleep = new_page(app.link("lr=0.1", "lr=0.056", **SECONDS))
    wait_for(lambda: live_state(asleep) == "running", "the run to start")
    asleep.evaluate(_LONGEST_PAUSE)
    devtools = asleep.context.new_cdp_session(asleep)
    devtools.send("Debugger.enable")
    devtools.send("Debugger.pause")

    page = new_page(through(proxy, app, "lr=0.1", "lr=0.057", **SLOW))
    wait_for(lambda: live_state(page) == "running" and updates(page) > 0, "the run to get somewhere")
    before = updates(page)
    proxy.fall_silent()
    expect(page.get_by_text("no word from the server for")).to_be_visible(timeout=20_000)
    proxy.speak()
    wait_for(lambda: live_state(page) == "running" and updates(page) > before, "the run to go on")
    page.get_by_role("button", name="Stop").click()
    wait_for(lambda: live_state(page) == "cancelled", "the run to stop")

    wait_for(lambda: app.health()["running"] == 0, "the run of the tab that sleeps to end")
    devtools.send("Debugger.disable")
    wait_done(asleep)
    assert asleep.evaluate("longest") > 3000, "it did sleep"
    type_value(asleep, "base_lr of plan 1", "0.2")
    wait_for(lambda: "plan=lr%3D0.2" in address(asleep), "the page to follow")


def test_a_restarted_server_shows_the_kept_result_and_trains_what_was_under_way(
    tmp_path: Path, new_page: NewPage
) -> None:
    port = free_port()
    options = {"port": port, "LRLAB_DATA_DIR": str(tmp_path / "data")}
    with running_app(tmp_path, **options) as app:
        finished = new_page(app.link("lr=0.1", "lr=0.054", steps=400, seeds=3))
        wait_done(finished)
        under_way = new_page(app.link("lr=0.1", "lr=0.055", **SECONDS))
        wait_for(lambda: live_state(under_way) == "running", "the run to start")
        wait_for(lambda: list((tmp_path / "data" / "results").glob("*.npz")), "the result to be kept")
    with running_app(tmp_path, **options) as app:
        wait_done(under_way)
        for page in (finished, under_way):
            expect(page.get_by_role("button", name="Stop")).to_have_count(0)
        finished.get_by_text("log lr axis").click()
        wait_done(finished)
        type_value(finished, "base_lr of plan 1", "0.2")
        wait_for(lambda: "plan=lr%3D0.2" in finished.evaluate("location.href"), "the page to follow")
        wait_done(finished)
        assert box(finished, "base_lr of plan 1").input_value() == "0.2"
