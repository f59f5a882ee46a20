"""The browser files that the app serves itself: plotly.min.js and the modules of `ui/components`.

Why they have routes of their own. Streamlit sends the inline JavaScript of a component again with every
message, so inline code has to stay a few lines long; and it serves static files uncompressed, which costs 4.8
MB for plotly.min.js. The routes here compress a file once, keep the result, and put a version or a content
hash into its URL, so a browser fetches it once and never asks again.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_COMPONENTS = Path(__file__).parents[1] / "components"
_MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file on disk; its bytes, its gzip form and its ETag are made on first use and kept."""

    path: Path

    @cached_property
    def body(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def compressed(self) -> bytes:
        return gzip.compress(self.body, compresslevel=9, mtime=0)

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    def response(self, *, accepts_gzip: bool, if_none_match: str) -> Response:
        """The answer to a GET: 304 when the browser's copy is this one, otherwise the file in the form it
        accepts."""
        headers = {"Cache-Control": _FOREVER, "ETag": self.etag, "Vary": "Accept-Encoding"}
        if self.etag in if_none_match:
            return Response(status_code=304, headers=headers)
        if accepts_gzip:
            headers["Content-Encoding"] = "gzip"
        content = self.compressed if accepts_gzip else self.body
        return Response(content, media_type=_MEDIA_TYPES[self.path.suffix], headers=headers)


@cache
def _plotly() -> Asset:
    """plotly.min.js of the installed plotly package, found without importing plotly."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(
            "The package plotly is not installed; charts need its plotly.min.js. Run: pip install plotly"
        )
    return Asset(Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js")


@cache
def _modules() -> dict[str, Asset]:
    """Every file below a component's `frontend` folder, by its path under `ui/components`."""
    files = sorted(p for p in _COMPONENTS.rglob("frontend/*") if p.suffix in _MEDIA_TYPES)
    return {p.relative_to(_COMPONENTS).as_posix(): Asset(p) for p in files}


@cache
def _modules_hash() -> str:
    digest = hashlib.sha256()
    for name, asset in _modules().items():
        digest.update(name.encode() + b"\0" + asset.body)
    return digest.hexdigest()[:12]


def base_path() -> str:
    """`server.baseUrlPath` as a prefix: "" or "/lab". Streamlit prefixes its own routes with it, but not
    ours."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


@cache
def _plotly_version() -> str:
    """Asked for once: it walks through sys.path, which Streamlit changes while scripts run."""
    return version("plotly")


def plotly_url() -> str:
    """Where the browser finds plotly.min.js; the version in the name lets it be cached for ever."""
    return f"{base_path()}/assets/plotly-{_plotly_version()}.min.js"


def module_url(name: str) -> str:
    """Where the browser finds a component's file, such as "chart/frontend/main.js".

    The hash covers all files together and is a folder of the URL, so modules import each other by relative
    paths and a change of any of them reaches every browser.
    """
    if name not in _modules():
        raise FileNotFoundError(f"No component file {name!r}; there are: {', '.join(_modules())}.")
    return f"{base_path()}/assets/components-{_modules_hash()}/{name}"


def inline_loader(name: str) -> str:
    """The few lines of inline JavaScript that Streamlit re-sends: they import the component from its URL.

    Streamlit runs them from a blob: URL, against which a path cannot be resolved; hence the page's own
    origin.
    """
    return (
        f"const module = await import(new URL({module_url(name)!r}, window.location.origin).href)\n"
        "export default module.default\n"
    )


async def _send(request: Request, asset: Asset | None) -> Response:
    if asset is None:
        return Response("No such file.", status_code=404, media_type="text/plain")
    # Compressing plotly.min.js takes some 0.3 s the first time: not on the loop that serves everyone.
    return await run_in_threadpool(
        asset.response,
        accepts_gzip="gzip" in request.headers.get("accept-encoding", ""),
        if_none_match=request.headers.get("if-none-match", ""),
    )


async def _send_plotly(request: Request) -> Response:
    return await _send(request, _plotly())


async def _send_module(request: Request) -> Response:
    # A page that was open during a deployment asks with the old hash; a wrong answer would be cached for
    # ever.
    known = request.path_params["digest"] == _modules_hash()
    return await _send(request, _modules().get(request.path_params["name"]) if known else None)


def routes() -> list[Route]:
    """The routes for `st.App(..., routes=[*routes(), ...])`."""
    return [
        Route(plotly_url(), _send_plotly),
        Route(f"{base_path()}/assets/components-{{digest}}/{{name:path}}", _send_module),
    ]
