"""Requests that are not served: a line in the log and a count, whoever refuses them."""

from __future__ import annotations

import logging
from typing import final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server import engine
from ui.server.logs import event

_STATUSES = frozenset({400, 401, 403, 405, 413, 426, 429, 503})  # not 404: every browser asks for some
_KNOWN = ("_stcore", "assets", "component", "drag", "live", "metrics", "ready", "status")


@final
class Refusals:
    """The outermost middleware. Of a path it says the first word, if that is one of ours: the rest, and what
    is asked for, is a visitor's text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        accepted = False

        async def watched(message: Message) -> None:
            nonlocal accepted
            kind = message["type"]
            accepted |= kind == "websocket.accept"
            if kind in ("http.response.start", "websocket.http.response.start"):
                self._note(scope, int(message["status"]))
            elif kind == "websocket.close" and not accepted:
                self._note(scope, 403)  # what the browser is answered
            await send(message)

        await self._app(scope, receive, watched)

    def _note(self, scope: Scope, status: int) -> None:
        route = _route(scope)
        if status in _STATUSES and (route, status) != ("ready", 503):  # the last is what was asked
            engine.metrics.refused(status)
            event("request refused", logging.WARNING, kind=scope["type"], route=route, status=status)


def _route(scope: Scope) -> str:
    words = str(scope["path"]).split("/")
    return next((word for word in words if word in _KNOWN), "other")
