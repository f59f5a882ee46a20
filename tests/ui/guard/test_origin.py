"""Whose pages may open a WebSocket of the app."""

from __future__ import annotations

import pytest

from tests.served import Served
from tests.ui.guard.conftest import COURSE, PUBLIC
from ui.server import routes
from ui.server.guard.origin import origin_allowed

SOCKETS = [
    "/_stcore/stream",
    *(
        route.path.replace("{job_id}", "x")
        for route in routes.routes()
        if type(route).__name__ == "WebSocketRoute"
    ),
]


def test_every_socket_is_tested() -> None:
    assert "/live/x" in SOCKETS
    assert not [path for path in SOCKETS if "{" in path], "give its parameter a value here"


@pytest.mark.parametrize("path", SOCKETS)
def test_a_foreign_page_opens_no_socket(app: Served, address: str, path: str) -> None:
    assert app.knock(path, address, Origin="https://evil.example") == 403
    assert app.knock(path, address, Origin="null") == 403
    assert app.knock(path, address, Origin=f"http://localhost:{app.port + 1}") == 403


@pytest.mark.parametrize("path", SOCKETS)
def test_our_own_pages_open_sockets_also_behind_a_proxy(app: Served, address: str, path: str) -> None:
    assert app.knock(path, address, Origin=app.url) == 101
    assert app.knock(path, address, Origin=PUBLIC) == 101  # the proxy asks for `localhost`
    assert app.knock(path, address, Origin=COURSE) == 101


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        (None, "lab.example.org", True),
        ("https://LAB.example.org", "lab.example.org", True),
        ("https://lab.example.org:8443", "lab.example.org:8443", True),
        ("https://lab.example.org:8443", "lab.example.org", False),
        ("https://lab.example.org.evil.example", "lab.example.org", False),
        ("https://lab.example.org@evil.example", "lab.example.org", False),
        ("http://course.example.org", "lab.example.org", False),
        ("https://[", "lab.example.org", False),
        ("", "", False),
        ("https://x", None, False),
    ],
)
def test_origins(origin: str | None, host: str | None, allowed: bool) -> None:
    assert origin_allowed(origin, host, frozenset([COURSE])) is allowed
