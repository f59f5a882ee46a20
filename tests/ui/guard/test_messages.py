"""How large and how frequent a visitor's messages on a route of ours may be."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from ui.server.guard.messages import OURS_MAX, PER_SECOND, BoundedMessages


def through(path: str, *messages: Message) -> tuple[list[Message], list[Message]]:
    """(what the app receives of these messages, what it sends)."""
    coming, received, sent = [*messages, {"type": "websocket.disconnect", "code": 1000}], [], []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    async def app(_: Scope, receive: Receive, __: Send) -> None:
        while not received or received[-1]["type"] != "websocket.disconnect":
            received.append(await receive())

    asyncio.run(BoundedMessages(app)({"type": "websocket", "path": path}, receive, send))
    return received, sent


@pytest.mark.parametrize("kind", ["text", "bytes"])
def test_a_large_message_ends_a_socket_of_ours_and_never_reaches_it(kind: str) -> None:
    content = "x" * (OURS_MAX + 1)
    large: Message = {"type": "websocket.receive", kind: content if kind == "text" else content.encode()}
    received, sent = through("/live/x", {"type": "websocket.connect"}, large)
    assert [message["type"] for message in received] == ["websocket.connect", "websocket.disconnect"]
    assert sent == [{"type": "websocket.close", "code": 1009}]
    assert large in through("/_stcore/stream", large)[0]


def test_who_sends_faster_than_a_page_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    burst: list[Message] = [{"type": "websocket.receive", "text": str(n)} for n in range(3 * PER_SECOND)]
    assert through("/drag", *burst)[0][:-1] == burst
    assert len(waited) >= PER_SECOND, "at most one second's worth, and what has come back since, is free"
    assert through("/drag", *burst[: PER_SECOND // 2])[0][:-1] == burst[: PER_SECOND // 2]
