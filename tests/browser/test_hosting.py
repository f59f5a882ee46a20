"""The app behind real proxies: the one that compose.yaml starts, and one that takes the path away."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.browser.conftest import (
    ROOT,
    App,
    answers,
    free_port,
    last,
    settled,
    slider,
    traces,
    wait_done,
    wait_for,
)
from tests.browser.curves_page import drawn, ready
from tests.browser.hosting import Site, caddy, hosted

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
SHORT = urlencode({"plan": "lr=0.1 StepLR(step_size=50, gamma=0.5) per iteration", "steps": 200, "seeds": 1})
UNVERIFIED = ssl._create_unverified_context()  # the certificate is the proxy's own


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with hosted(tmp_path_factory.mktemp("hosting"), base_path="/lab") as site:
        wait_for(lambda: well(site), "the proxy")
        yield site


def ask(site: Site, path: str, **headers: str) -> http.client.HTTPResponse:
    """The proxy's answer, without following it anywhere."""
    parts = urlsplit(site.url)
    connection = http.client.HTTPSConnection(parts.netloc, context=UNVERIFIED, timeout=30)
    connection.request("GET", parts.path + path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer


def well(site: Site) -> bool:
    try:
        return ask(site, "/_stcore/health").status == 200
    except OSError:
        return False  # not there yet


def drag(page: Page) -> None:
    """Move the thumb of gamma and see the curve follow before it is let go."""
    area = slider(page, "gamma of plan 1").bounding_box()
    assert area
    before, middle = last(traces(page, "lr")[0]["y"]), area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + area["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] * 0.8, middle, steps=5)
    wait_for(lambda: last(traces(page, "lr")[0]["y"]) != before, "the curve to follow the thumb")
    page.mouse.up()


def refused(page: Page) -> list[str]:
    """What the page asks for and does not get, from now on; Streamlit finds its own base path by trying."""
    found: list[str] = []

    def note(answer: Response) -> None:
        if answer.status >= 400 and "/_stcore/" not in answer.url:
            found.append(f"{answer.status} {answer.url}")

    page.on("response", note)
    return found


def lives_below(page: Page, root: str) -> None:
    """Drag, race, open a deep link and change pages, all of it below `root`, where the Playground is open."""
    missing = refused(page)
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    with page.expect_websocket(lambda socket: "/live/" in socket.url):
        drag(page)
    wait_done(page)
    assert last(traces(page, "loss")[2]["y"]) is not None
    page.goto(f"{root}/curves?{SHORT}")
    ready(page)
    assert drawn(page)
    page.get_by_role("link", name="Playground").click()
    settled(page)
    where = urlsplit(root)
    assert urlsplit(page.url).path == f"{where.path}/"
    assert all(urlsplit(socket).path.startswith(f"{where.path}/") for socket in sockets)
    assert missing == []


def test_a_visitor_meets_no_trace_of_tls_proxy_and_base_path(site: Site, new_page: NewPage) -> None:
    page = new_page(f"{site.url}/?{SHORT}", ignore_https_errors=True)
    lives_below(page, site.url)


def test_who_comes_in_elsewhere_is_led_to_the_app(site: Site) -> None:
    above = replace(site, url=site.url.removesuffix("/lab"))
    assert (ask(above, "/").status, ask(above, "/").headers["Location"]) == (302, "/lab/")
    plain = http.client.HTTPConnection(urlsplit(site.plain).netloc, timeout=30)
    plain.request("GET", "/lab/curves")
    assert plain.getresponse().headers["Location"] == "https://localhost/lab/curves"


def test_a_visitor_stays_with_one_of_two_processes(site: Site, browser: Browser) -> None:
    """The losses come over a connection of their own: at the other process nobody knows the run."""
    cookies: dict[str, str] = {}
    for _ in range(100):
        name, value = str(ask(site, "/").headers["Set-Cookie"]).split(";")[0].split("=", 1)
        cookies[value] = name
        if len(cookies) == 2:
            break
    assert len(cookies) == 2, "visitors without a cookie are spread"
    contexts = [browser.new_context(ignore_https_errors=True) for _ in cookies]
    try:
        pages = []
        for number, (context, (value, name)) in enumerate(zip(contexts, cookies.items(), strict=True)):
            context.add_cookies([{"name": name, "value": value, "url": site.url}])
            page = context.new_page()
            page.goto(f"{site.url}/?{SHORT}{number}")  # another number of updates: another run
            pages.append(page)
        for page in pages:
            settled(page)
            wait_done(page)
            assert last(traces(page, "loss")[2]["y"]) is not None
        for context, value in zip(contexts, cookies, strict=True):
            assert value in [cookie["value"] for cookie in context.cookies()], "nobody was moved"
    finally:
        for context in contexts:
            context.close()


def test_what_is_large_comes_compressed_and_what_is_the_operators_not_at_all(site: Site) -> None:
    page = ask(site, "/", **{"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    for path in ("/_stcore/metrics", "/metrics"):
        answer = ask(site, path)
        assert answer.status == 404
        assert "Content-Security-Policy" not in answer.headers, "the proxy answers, not the app"
    assert "Content-Security-Policy" in page.headers


def test_the_health_check_asks_below_the_base_path(site: Site) -> None:
    health = [sys.executable, "-m", "ui.server.health"]
    well = subprocess.run(
        health, cwd=ROOT, env={**os.environ, **site.settings}, capture_output=True, text=True, timeout=60
    )
    assert (well.returncode, json.loads(well.stdout)["ready"]) == (0, True)
    elsewhere = {**os.environ, **site.settings, "LRLAB_BASE_PATH": ""}
    ill = subprocess.run(health, cwd=ROOT, env=elsewhere, capture_output=True, text=True, timeout=60)
    assert ill.returncode == 1
    assert "answers 404" in ill.stdout


def test_a_proxy_that_takes_the_path_away_hides_nothing(app: App, new_page: NewPage, tmp_path: Path) -> None:
    """As the one of Jupyter does, of which the app knows nothing."""
    port, root = free_port(), "/proxy/8501"
    config = tmp_path / "Caddyfile"
    config.write_text(
        "{\n\tadmin off\n\tauto_https off\n}\n"
        f"http://127.0.0.1:{port} {{\n\thandle_path {root}/* {{\n"
        f"\t\treverse_proxy {urlsplit(app.url).netloc}\n\t}}\n}}\n"
    )
    with caddy(tmp_path / "caddy.log", config):
        url = f"http://127.0.0.1:{port}{root}"
        wait_for(lambda: answers(f"{url}/_stcore/health"), "the proxy")
        lives_below(new_page(f"{url}/?{SHORT}"), url)
