"""How the guard answers: a sentence, as a small page to whoever reads pages, else as plain text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from ui.server.assets import base_path

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem;"
    "color-scheme:light dark}"
    "a{display:inline-block;margin-top:.8rem;padding:.5rem 1.1rem;border-radius:.5rem;background:#2b6cb0;"
    "color:#fff;text-decoration:none}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def reads_pages(scope: Scope) -> bool:
    """Whether a person's browser asks for a page, and not a script for data."""
    return scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")


def local_path(scope: Scope) -> str:
    """The path of a request without the base path."""
    return str(scope["path"]).removeprefix(base_path()) or "/"


def page(title: str, sentence: str, status: int, button: tuple[str, str] | None = None) -> Response:
    """A page of one sentence; `button` is (what it says, where it leads)."""
    link = f'<a href="{escape(button[1])}">{escape(button[0])}</a>' if button else ""
    return HTMLResponse(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>LR Lab</h1><p>{escape(sentence)}</p>{link}</main></body></html>",
        status_code=status,
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        },
    )


async def refuse(
    scope: Scope,
    receive: Receive,
    send: Send,
    status: int,
    sentence: str,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Answer a request, or a WebSocket that wants to open, with a refusal."""
    if reads_pages(scope):
        answer = page("LR Lab", sentence, status)
    else:
        answer = PlainTextResponse(sentence + "\n", status, {"Cache-Control": "no-store"})
    answer.headers.update(headers or {})
    await answer(scope, receive, send)
