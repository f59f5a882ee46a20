"""Every answer carries the headers that tell a browser what it may do with it."""

from __future__ import annotations

import asyncio
import re

import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.served import Served
from tests.ui.guard.conftest import COURSE
from ui.server import assets
from ui.server.guard.content_policy import content_policy
from ui.server.guard.headers import SecurityHeaders

NAMES = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Resource-Policy",
    "Strict-Transport-Security",
)
PATHS = {
    "/": 200,
    "/curves": 200,
    assets.module_url("chart/frontend/main.js"): 200,
    assets.plotly_url(): 200,
    "/ready": None,  # 503 while the workers start
    "/_stcore/health": 200,
    "/_stcore/host-config": 200,
    "/assets/components-0/nothing.js": 404,
    "/_stcore/metrics": 404,
    "/static/%2e%2e/secret": 400,
}


@pytest.mark.parametrize("path", PATHS)
def test_headers_on_pages_assets_routes_and_errors(app: Served, address: str, path: str) -> None:
    answer = app.ask(path, address=address)
    assert answer.status == PATHS[path] or PATHS[path] is None
    assert [name for name in NAMES if name not in answer.headers] == []
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in answer.headers


def test_only_named_sites_may_frame_the_app(app: Served, address: str) -> None:
    policy = app.ask("/", address=address).headers["Content-Security-Policy"]
    assert re.search(r"frame-ancestors ([^;]+)", policy)[1] == COURSE  # type: ignore[index]
    assert "frame-ancestors 'none'" in content_policy((), secure=False)


def test_scripts_come_from_the_app_alone() -> None:
    rules = dict(rule.split(" ", 1) for rule in content_policy((), secure=False).split("; "))
    sources = rules["script-src"].split()
    assert set(sources[:3]) == {"'self'", "blob:", "'wasm-unsafe-eval'"}
    assert all(source.startswith("'sha256-") for source in sources[3:])
    assert rules["default-src"] == rules["connect-src"] == "'self'"


def test_cookies_are_sent_back_by_https_only(app: Served, address: str) -> None:
    cookies = app.ask("/_stcore/health", address=address).headers.get_all("Set-Cookie") or []
    assert [cookie for cookie in cookies if "_streamlit_xsrf" in cookie]
    assert all("; Secure" in cookie and "; SameSite=" in cookie for cookie in cookies)


def test_an_app_without_https_does_not_ask_for_it() -> None:
    assert "upgrade-insecure-requests" not in content_policy((), secure=False)
    assert "Strict-Transport-Security" not in {name for name, _ in _answer(_fine, secure=False)[0]}


def test_an_app_that_fails_answers_with_the_headers_and_without_a_traceback() -> None:
    headers, body = _answer(_broken, secure=True)
    assert {name.lower() for name in NAMES} <= {name for name, _ in headers}
    assert body == b"The server has failed to answer.\n"


async def _fine(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _broken(_: Scope, __: Receive, ___: Send) -> None:
    raise KeyError("secret")


def _answer(app: object, secure: bool) -> tuple[list[tuple[str, str]], bytes]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    guarded = SecurityHeaders(app, secure=secure, frames=())  # type: ignore[arg-type]
    try:
        asyncio.run(guarded(scope, receive, send))
    except KeyError:
        assert app is _broken
    names = [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]
    return names, b"".join(message.get("body", b"") for message in sent[1:])
