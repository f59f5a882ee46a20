"""Who leaves while he is answered: no error, and his connection counts no more."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from ui.server.guard.open_sockets import OpenSockets


async def left_while_answered(scope: Scope, receive: Receive, send: Send) -> None:
    """What Streamlit does with a page that has gone: one task meets it in sending, the other closes again."""
    socket = WebSocket(scope, receive, send)
    await socket.accept()
    with suppress(WebSocketDisconnect):
        await socket.send_bytes(b"drawn")
    try:
        await socket.receive_bytes()
    except RuntimeError:
        await socket.close()


async def broken(_: Scope, __: Receive, ___: Send) -> None:
    raise RuntimeError("a bug")


def visit(app: ASGIApp, times: int = 1) -> None:
    """Connections one after the other, of which each has gone before anything reaches it."""
    sockets = OpenSockets(app, per_address=1, in_all=1)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        if message["type"] == "websocket.send":
            raise OSError("the connection is gone")
        assert message["type"] == "websocket.accept", message

    async def main() -> None:
        for _ in range(times):
            await sockets(
                {"type": "websocket", "path": "/x", "headers": [], "client": ("a", 1)}, receive, send
            )

    asyncio.run(main())


def test_who_leaves_while_he_is_answered_is_no_error_and_counts_no_more() -> None:
    visit(left_while_answered, times=3)


def test_other_errors_are_not_hidden() -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        visit(broken)
