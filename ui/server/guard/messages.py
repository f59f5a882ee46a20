"""How large, and how frequent, the messages of a WebSocket may be."""

from __future__ import annotations

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server.guard.answers import local_path

OURS_MAX = 128 * 1024  # bytes; the largest that our own pages send on a route of ours is a plan as text
PER_SECOND = 120  # a thumb moves at most as often as a screen is drawn
_TOO_BIG = 1009


class BoundedMessages:
    """Ends a WebSocket on a route of ours after a message that is too large, and slows down one that sends
    faster than a page does: what is not read yet stays in the sender's buffers. Streamlit bounds the size of
    its own messages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return await self._app(scope, receive, send)
        ours = not local_path(scope).startswith("/_stcore/")
        credit, last = float(PER_SECOND), time.monotonic()

        async def receive_bounded() -> Message:
            nonlocal credit, last
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            now = time.monotonic()
            credit, last = min(PER_SECOND, credit + (now - last) * PER_SECOND) - 1, now
            if credit < 0:
                await asyncio.sleep(-credit / PER_SECOND)
            if ours and _size(message) > OURS_MAX:
                await send({"type": "websocket.close", "code": _TOO_BIG})
                return {"type": "websocket.disconnect", "code": _TOO_BIG}
            return message

        return await self._app(scope, receive_bounded, send)


def _size(message: Message) -> int:
    return max(len(message.get("text") or ""), len(message.get("bytes") or b""))
