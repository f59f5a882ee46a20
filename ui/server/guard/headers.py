"""The headers that every answer carries, and an answer where the app fails to give one."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server.guard.content_policy import content_policy

_NOT_ASKED_FOR = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "usb")
_STARTS = ("http.response.start", "websocket.http.response.start")


class SecurityHeaders:
    """Adds them; a header that an answer has already is left alone."""

    def __init__(self, app: ASGIApp, secure: bool, frames: Iterable[str]) -> None:
        self._app = app
        self._secure = secure
        self._headers = {
            "Content-Security-Policy": content_policy(frames, self._secure),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",  # an address holds plans, and other sites need not see them
            "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _NOT_ASKED_FOR),
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if not frames:
            self._headers["X-Frame-Options"] = "DENY"  # what a browser older than frame-ancestors knows
        if self._secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] in _STARTS:
                started = True
                self._add(MutableHeaders(scope=message))
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            # Starlette's own answer to an error is made outside all middleware, without any header of ours.
            if scope["type"] == "http" and not started:
                await PlainTextResponse("The server has failed to answer.\n", 500)(
                    scope, receive, send_with_headers
                )
            raise

    def _add(self, headers: MutableHeaders) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if self._secure:
            cookies = headers.getlist("set-cookie")
            del headers["set-cookie"]
            for cookie in cookies:  # Streamlit leaves `Secure` out when the proxy does the TLS
                marked = "; secure" in cookie.lower()
                headers.append("set-cookie", cookie if marked else f"{cookie}; Secure")
