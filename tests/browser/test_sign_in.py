"""Sign-in against a real provider: nothing is given to who has not signed in, everything to who has."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from tests.browser.conftest import settled, watch_policy
from tests.served import Served, free_port, served
from ui.server import assets, routes

pytestmark = pytest.mark.browser
SECRET = "a secret that is long enough for a test"
TEACHER = {"name": "Ada L.", "email": "ada@school.example", "email_verified": True}
STRANGER = {"name": "Eve", "email": "eve@elsewhere.example", "email_verified": True}
LINK = "/?plan=lr%3D0.07+StepLR%28step_size%3D9%2C+gamma%3D0.5%29&steps=40&seeds=1"
OPEN = {"/ready", "/_stcore/health", "/metrics"}  # the last wants a token instead
TOKEN = "the operator's token"


@pytest.fixture(scope="module")
def app() -> Iterator[Served]:
    people = [User(sub="ada", claims=TEACHER), User(sub="eve", claims=STRANGER)]
    port = free_port()
    with (
        run_server_in_thread(user_claims=people) as provider,
        served(
            port,
            public_url=f"http://localhost:{port}",
            secret=SECRET,
            oidc_metadata_url=f"http://localhost:{provider.server_port}/.well-known/openid-configuration",
            oidc_client_id="lab",
            oidc_client_secret="known to both",
            oidc_allowed="school.example, guest@partner.example",
            operator_token=TOKEN,
        ) as running,
    ):
        yield running


@pytest.fixture
def visit(app: Served, browser: Any) -> Iterator[Callable[..., Page]]:
    """Open a page of the app in a browser of its own, and sign in as somebody."""
    contexts = []
    forbidden: list[list[str]] = []

    def open_(path: str, name: str) -> Page:
        contexts.append(browser.new_context(viewport={"width": 1400, "height": 1000}))
        forbidden.append(watch_policy(contexts[-1]))
        page = contexts[-1].new_page()
        page.goto(f"{app.url}{path}")
        page.get_by_role("link", name="Sign in").click()
        page.get_by_role("button", name=name).click()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not any(forbidden), f"the content security policy was broken: {forbidden}"


def cookie(app: Served, claims: Mapping[str, object] = TEACHER, secret: str = SECRET, **more: object) -> str:
    """The cookie that Streamlit gives to somebody who has signed in."""
    content = {**claims, "origin": app.url, "is_logged_in": True, "provider": "default", **more}
    value = create_signed_value(secret, USER_COOKIE_NAME, json.dumps(content))
    return f"{USER_COOKIE_NAME}={value.decode()}"


def refused(app: Served, **headers: str) -> None:
    """Nothing is given to who comes with these headers."""
    assert app.ask("/", **headers).status == 401
    assert app.knock("/_stcore/stream", Origin=app.url, **headers) == 401
    assert app.knock("/live/x", Origin=app.url, **headers) == 401


def _paths() -> list[tuple[str, str]]:
    ours = [(type(route).__name__, route.path) for route in routes.routes()]  # type: ignore[attr-defined]
    streamlits = [
        ("Route", path)
        for path in ("/", "/curves", "/media/x", "/component/x", "/_stcore/host-config", "/favicon.png")
    ]
    return [*ours, *streamlits, ("WebSocketRoute", "/_stcore/stream")]


@pytest.mark.parametrize(("kind", "path"), _paths())
def test_without_a_sign_in_no_route_gives_anything(app: Served, kind: str, path: str) -> None:
    path = path.replace("{job_id}", "x").replace("{digest}", "0").replace("{name:path}", "x.js")
    assert "{" not in path, "give the parameter of this route a value here"
    if kind == "WebSocketRoute":
        assert app.knock(path) == 401
        return
    answer = app.ask(path)
    assert path in OPEN or (answer.status, answer.text) == (401, "Please sign in to use LR Lab.\n")
    assert "Content-Security-Policy" in answer.headers


def test_streamlits_own_files_are_refused_too(app: Served) -> None:
    assert app.ask("/static/js/index.js").status == 401
    assert app.ask(assets.plotly_url()).status == 401
    assert app.ask("/_stcore/health").status == 200


def test_metrics_want_the_operators_token_and_nothing_else(app: Served) -> None:
    """Prometheus cannot sign in, and who has signed in is no operator."""
    given = app.ask("/metrics", Authorization=f"Bearer {TOKEN}")
    assert (given.status, "lrlab_ready" in given.text) == (200, True)
    for headers in ({}, {"Authorization": "Bearer another"}, {"Cookie": cookie(app)}):
        answer = app.ask("/metrics", **headers)
        assert (answer.status, "lrlab_ready" in answer.text) == (401, False)


def test_a_forged_cookie_is_refused(app: Served) -> None:
    assert app.ask("/", Cookie=cookie(app)).status == 200
    refused(app, Cookie=cookie(app, secret="another secret, as long as ours is"))
    good = cookie(app)
    refused(app, Cookie=good[:-9] + ("A" if good[-9] != "A" else "B") + good[-8:])
    refused(app, Cookie=cookie(app, origin="https://elsewhere.example"))
    refused(app, Cookie=cookie(app, is_logged_in=False))
    refused(app, Cookie=f"{USER_COOKIE_NAME}=;{USER_COOKIE_NAME}_1=x")


def test_a_cookie_that_is_too_old_is_refused(app: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 6 * 24 * 3600)
    fresh = cookie(app)
    monkeypatch.setattr(time, "time", lambda: now - 8 * 24 * 3600)
    old = cookie(app)
    monkeypatch.undo()
    assert app.ask("/", Cookie=fresh).status == 200
    refused(app, Cookie=old)


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"email": "Bob@SCHOOL.example"}, 200),
        ({"email": "guest@partner.example"}, 200),
        ({"email": "other@partner.example"}, 403),
        ({"email": "eve@notschool.example"}, 403),
        ({"email": "eve@school.example.evil"}, 403),
        ({"email": "bob@school.example", "email_verified": False}, 403),
        ({}, 403),
    ],
)
def test_who_may_come_in(app: Served, claims: dict[str, object], status: int) -> None:
    answer = app.ask("/", Cookie=cookie(app, claims))
    assert answer.status == status
    assert app.knock("/live/x", Cookie=cookie(app, claims)) == (101 if status == 200 else 403)
    assert ("You are signed in as" in answer.text) == (status == 403)


def test_a_session_that_another_site_began_shows_nothing(app: Served) -> None:
    """The cookie alone is not enough: Streamlit wants the token of a page that it has served."""
    with app.socket("/_stcore/stream", Cookie=cookie(app)) as socket:
        said = b""
        for fragment in ("", "", "a fragment that was never drawn"):
            message = BackMsg()
            message.rerun_script.fragment_id = fragment
            socket.send(message.SerializeToString())
            while b"script_finished" not in said and b"Please sign in" not in said:
                said += socket.recv(timeout=60)  # type: ignore[operator]
    assert b"Please sign in to use LR Lab." in said
    assert b"What does a learning-rate schedule do?" not in said


def test_sign_in_use_and_sign_out(app: Served, visit: Callable[..., Page]) -> None:
    page = visit(LINK, "ada")
    settled(page)
    expect(page.get_by_text("Ada L.")).to_be_visible()
    assert "step_size%3D9" in page.url, "the link that was clicked is opened after the sign-in"
    page.wait_for_selector(".lr-results", timeout=60_000)  # a run was watched to its end
    given = {each["name"]: each for each in page.context.cookies()}
    assert given[USER_COOKIE_NAME]["httpOnly"]
    assert given[USER_COOKIE_NAME]["sameSite"] == "Lax"

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/end_session**")
    page.get_by_role("button").first.click()
    expect(page.get_by_text("Please sign in to use LR Lab.")).to_be_visible()
    assert USER_COOKIE_NAME not in {each["name"] for each in page.context.cookies()}
    page.goto(f"{app.url}{LINK}")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_a_stranger_is_told_so_and_may_try_another_account(visit: Callable[..., Page]) -> None:
    page = visit("/curves", "eve")
    expect(page.get_by_text("You are signed in as eve@elsewhere.example")).to_be_visible()
    page.get_by_role("link", name="Sign out").click()
    page.wait_for_url("**/end_session**")
