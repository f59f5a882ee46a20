"""Streamlit's own files, compressed, and its page, which asks at once for all that a chart needs.

Streamlit sends its files as they are (3.4 MB of scripts for the Playground, of which 0.8 MB are left when
they are compressed), and its page learns one after the other what else it needs: first a message says that
there is a component, then that component's part of Streamlit is loaded, then our modules, then what they
import, and plotly.js comes last. Here the page names all of that in its head, so that it comes while
Streamlit starts. A file is compressed once in the life of the process.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import final

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server.assets import Asset, module_url, page_modules, plotly_url, send_asset
from ui.server.guard.answers import local_path
from ui.server.guard.content_policy import ROOT_SCRIPT

_STREAMLIT = Path(st.__file__).parent / "static"
# The parts of Streamlit that a page with charts shows at once; each is a file of its own, which imports
# others.
_SHARED = ("BidiComponent", "Button", "Checkbox", "Html", "Selectbox")
ELEMENTS = {"/": (*_SHARED, "ButtonGroup"), "/curves": _SHARED}
# Streamlit reads these settings before it connects; it tells visitors of an outage to restart it in their
# terminal, and `page/frontend/outage.js` what helps them.
_HOST_CONFIG = {
    "allowedOrigins": [],
    "useExternalAuthToken": False,
    "enableCustomParentMessages": False,
    "blockErrorDialogs": True,
}
_OTHERS = ("/media/", "/component/", "/_stcore/", "/assets/")  # a file that somebody saves is HTML as well
# The page needs more time for plotly.js than for all its other files: it is evaluated while the browser waits
# for those.
_PLOTLY = f'<script async fetchpriority="high" src=".{plotly_url()}"></script>'
_IMPORTS = re.compile(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")


@dataclass(frozen=True)
class Page:
    """A page as it is sent, in both forms."""

    body: bytes
    compressed: bytes
    etag: str


@cache
def _files() -> dict[str, Asset]:
    """Streamlit's scripts and styles by their path; each has a hash in its name."""
    found = (path for path in (_STREAMLIT / "static").rglob("*") if path.suffix in (".js", ".css"))
    return {f"/{path.relative_to(_STREAMLIT).as_posix()}": Asset(path) for path in found}


@cache
def _page(elements: tuple[str, ...], css: str) -> Page:
    html = (_STREAMLIT / "index.html").read_text(encoding="utf-8")
    # Streamlit writes its styles into the head as it goes; of equal rules the later one counts.
    html = html.replace("<body>", f"<body><style>{css}</style>", 1)
    if elements:
        html = html.replace("<title>", _PLOTLY + "<title>", 1)
    html = html.replace("</head>", "".join(_additions(html, elements)) + "</head>", 1)
    body = html.encode()
    return Page(body, gzip.compress(body, 9, mtime=0), f'"{hashlib.sha256(body).hexdigest()[:20]}"')


def _additions(html: str, elements: tuple[str, ...]) -> Iterator[str]:
    """What the head gets besides: our own scripts, and the links of a page with charts."""
    yield f"<script>{ROOT_SCRIPT}</script>"
    yield f'<script type="module" crossorigin src=".{module_url("page/frontend/main.js")}"></script>'
    if elements:
        yield from _links(html, elements)


def _links(html: str, elements: tuple[str, ...]) -> Iterator[str]:
    """What the head says of files that a chart and its sliders need; addresses are the page's own, as
    Streamlit's are (`shared/frontend/address.js`). The attributes are those of the later requests: a file
    that was asked for otherwise would be fetched twice."""
    for module in _modules(html, elements):
        yield f'<link rel="modulepreload" crossorigin href=".{module}">'
    for path in page_modules():
        if path.endswith(".css"):
            yield f'<link rel="preload" as="fetch" crossorigin href=".{path}">'
        elif path.endswith("/main.js"):  # a component, evaluated before an element asks for it
            yield f'<script type="module" async crossorigin src=".{path}"></script>'
        else:
            yield f'<link rel="modulepreload" crossorigin href=".{path}">'


def _modules(html: str, elements: tuple[str, ...]) -> list[str]:
    """The files of Streamlit's elements and all that they import, but for what the page names already."""
    files, found = _files(), dict[str, None]()
    names = "|".join(elements)
    ahead = [path for path in files if re.fullmatch(rf"/static/js/({names})\.[\w-]+\.js", path)]
    while ahead:
        path = ahead.pop()
        if path in found or f'".{path}"' in html:
            continue
        found[path] = None
        ahead += [f"/static/js/{name}" for name in _IMPORTS.findall(files[path].body.decode())]
    return list(found)


def prepare(css: str) -> None:
    """Compress what the first visitor will ask for; `css` is that of the pages."""
    page = _page(ELEMENTS["/"], css)
    for path, asset in _files().items():
        if f'".{path}"'.encode() in page.body:
            asset.prepare()


@final
class PageFiles:
    """The innermost middleware: it is asked only for what the guard lets through."""

    def __init__(self, app: ASGIApp, css: str) -> None:
        self._app, self._css = app, css

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self._app(scope, receive, send)
        path, request = local_path(scope), HTTPConnection(scope)
        if (asset := _files().get(path)) is not None:
            answer = await send_asset(request, asset)
            return await answer(scope, receive, send)
        if path == "/_stcore/host-config":
            answer = JSONResponse(_HOST_CONFIG, headers={"Cache-Control": "no-cache"})
            return await answer(scope, receive, send)
        if path.startswith(_OTHERS):
            return await self._app(scope, receive, send)
        return await self._app(
            scope, receive, _Swapped(request.headers, _page(ELEMENTS.get(path, ()), self._css), send)
        )


class _Swapped:
    """Sends our form of Streamlit's page in its place, and everything else as it is."""

    def __init__(self, asked: Headers, page: Page, send: Send) -> None:
        self._asked, self._page, self._send = asked, page, send
        self._body: bytes | None = None  # of our page, when it is one

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
                self._begin(message, headers)
        elif self._body is not None:
            if message.get("more_body"):
                return
            message = {**message, "body": self._body}
        await self._send(message)

    def _begin(self, message: Message, headers: MutableHeaders) -> None:
        page = self._page
        headers["ETag"] = page.etag
        headers.add_vary_header("Accept-Encoding")
        del headers["last-modified"]
        if page.etag in self._asked.get("if-none-match", ""):
            message["status"], self._body = 304, b""
            del headers["content-length"]
            return
        self._body = page.body
        if "gzip" in self._asked.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            self._body = page.compressed
        headers["Content-Length"] = str(len(self._body))
