"""A socket that was opened in time, and the page that is opened after a sign-in."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest
from starlette.requests import HTTPConnection
from starlette.types import Message

from ui.server.guard import sign_in


def test_a_socket_ends_with_its_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not its owner says anything."""
    good = [sign_in.User("ada@school.example", verified=True)] * 2
    monkeypatch.setattr(sign_in, "_CHECK_AGAIN_S", 0.01)
    monkeypatch.setattr(sign_in, "signed_in", lambda _: good.pop() if good else None)
    said: asyncio.Queue[Message]

    async def conversation() -> list[Message]:
        nonlocal said
        said = asyncio.Queue()
        said.put_nowait({"type": "websocket.connect"})
        receive = sign_in._until_expired({}, said.get)
        return [await receive(), await asyncio.wait_for(receive(), 30)]

    first, last = asyncio.run(conversation())
    assert first["type"] == "websocket.connect"
    assert last == {"type": "websocket.disconnect", "code": 1008}
    assert not good, "it was asked for as long as the sign-in was good"


@pytest.mark.parametrize(
    ("wanted", "opened"),
    [
        ("/?plan=lr%3D0.1", "/?plan=lr%3D0.1"),
        ("/curves?a=b", "/curves?a=b"),
        ("//evil.example/", ""),
        ("/\\evil.example", ""),
        ("https://evil.example/", ""),
        ("/a\r\nSet-Cookie: x", ""),
        ("", ""),
    ],
)
def test_after_the_sign_in_no_other_site_is_opened(wanted: str, opened: str) -> None:
    cookie = f"lrlab_wanted_page={quote(wanted, safe='')}"
    scope = {"type": "http", "path": "/", "query_string": b"", "headers": [(b"cookie", cookie.encode())]}
    assert sign_in._wanted_page(HTTPConnection({**scope, "server": ("lab", 80), "scheme": "http"})) == opened
