"""How many WebSockets may be open: each holds a file and, on the page's own, a session."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnected

from ui.server.guard.answers import refuse
from ui.server.guard.visitor import visitor

_RETRY = {"Retry-After": "30"}


class OpenSockets:
    """429 for an address that holds its share, 503 when all together hold too many."""

    def __init__(self, app: ASGIApp, per_address: int, in_all: int) -> None:
        self._app = app
        self._per_address, self._in_all = per_address, in_all
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return await self._app(scope, receive, send)
        address = visitor(scope)
        if self._open.total() >= self._in_all:
            return await refuse(scope, receive, send, 503, "Too many people are here; try later.", _RETRY)
        if self._open[address] >= self._per_address:
            sentence = f"Your address holds {self._per_address} connections; close some pages."
            return await refuse(scope, receive, send, 429, sentence, _RETRY)
        self._open[address] += 1
        try:
            # A visitor who leaves while he is answered is no error of the server's:
            # Streamlit takes him for one who has sent text, and closes the closed socket once more.
            with suppress(WebSocketDisconnected):
                await self._app(scope, receive, send)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]  # a counter that keeps everyone who ever came would grow for ever
