"""Whose pages may open our WebSockets: our own, and those of the sites that the operator names.

A browser lets any page open a WebSocket to any server and says in `Origin` whose page it is. Streamlit checks
its own socket alone, and asks the internet for this machine's address, for up to two seconds on the loop that
serves everyone, before it refuses; so no foreign origin may reach it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.server.guard.answers import refuse


class OriginCheck:
    """403 for a WebSocket from a foreign page. Whoever sends no origin is no browser, and has no visitor's
    cookies to misuse."""

    def __init__(self, app: ASGIApp, sites: frozenset[str]) -> None:
        self._app = app
        self._sites = sites

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            headers = Headers(scope=scope)
            if not origin_allowed(headers.get("origin"), headers.get("host"), self._sites):
                return await refuse(scope, receive, send, 403, "This address is for the app's own pages.")
        return await self._app(scope, receive, send)


def origin_allowed(origin: str | None, host: str | None, sites: frozenset[str]) -> bool:
    """Whether a page of `origin` may open a WebSocket to `host`; `sites` are other origins that may."""
    if origin is None:
        return True
    origin = origin.lower()
    try:
        return origin in sites or bool(host and urlsplit(origin).netloc == host.lower())
    except ValueError:
        return False
