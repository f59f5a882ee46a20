"""The browser files that the app serves itself: plotly.js and the modules of `ui/components`.

Why they have routes of their own. Streamlit sends the inline JavaScript of a component again with every
message, so inline code has to stay a few lines long; and it serves static files uncompressed. The routes here
compress a file once, keep the result, and put a version or a content hash into its URL, so a browser fetches
it once and never asks again.

plotly.js comes with the app, as Plotly's "basic" bundle and compressed (npm: plotly.js-basic-dist-min): the
one in the Python package has all kinds of charts, of which these pages draw lines, and is four times as
much to send and to compile. A file that somebody saves has that one in it (`lrcore/figures/html.py`).
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

_COMPONENTS = Path(__file__).parents[1] / "components"
_PLOTLY = next((_COMPONENTS / "chart" / "plotly").glob("plotly-basic-*.min.js.gz"))
_MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file on disk, which may be compressed there already; its bytes, its gzip form and its ETag are made
    on first use and kept."""

    path: Path

    @cached_property
    def body(self) -> bytes:
        stored = self.path.read_bytes()
        return gzip.decompress(stored) if self.path.suffix == ".gz" else stored

    @cached_property
    def compressed(self) -> bytes:
        if self.path.suffix == ".gz":
            return self.path.read_bytes()
        return gzip.compress(self.body, compresslevel=9, mtime=0)

    @cached_property
    def media_type(self) -> str:
        return _MEDIA_TYPES[Path(self.path.name.removesuffix(".gz")).suffix]

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    @property
    def prepared(self) -> bool:
        """Whether an answer costs nothing any more."""
        return {"body", "compressed", "etag"} <= vars(self).keys()

    def prepare(self) -> None:
        """Make what an answer needs."""
        _ = self.body, self.compressed, self.etag

    def response(self, *, accepts_gzip: bool, if_none_match: str) -> Response:
        """The answer to a GET: 304 when the browser's copy is this one, otherwise the file in the form it
        accepts."""
        self.prepare()
        headers = {"Cache-Control": FOREVER, "ETag": self.etag, "Vary": "Accept-Encoding"}
        if self.etag in if_none_match:
            return Response(status_code=304, headers=headers)
        if accepts_gzip:
            headers["Content-Encoding"] = "gzip"
        content = self.compressed if accepts_gzip else self.body
        return Response(content, media_type=self.media_type, headers=headers)


@cache
def _plotly() -> Asset:
    return Asset(_PLOTLY)


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
    """`server.baseUrlPath` as a prefix of routes: "" or "/lab". Streamlit prefixes its own with it, but not
    ours. It is never part of what a page is told: `shared/frontend/address.js` says why."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def plotly_url() -> str:
    """The path of plotly.js below the app's root; the version in the name lets it be cached for ever."""
    return f"/assets/{_PLOTLY.name.removesuffix('.gz')}"


def module_url(name: str) -> str:
    """The path of a component's file, such as "chart/frontend/main.js", below the app's root.

    The hash covers all files together and is a folder of the URL, so modules import each other by relative
    paths and a change of any of them reaches every browser.
    """
    if name not in _modules():
        raise FileNotFoundError(f"No component file {name!r}; there are: {', '.join(_modules())}.")
    return f"/assets/components-{_modules_hash()}/{name}"


def inline_loader(name: str) -> str:
    """The few lines of inline JavaScript that Streamlit re-sends: they import the component from its URL.

    Streamlit runs them from a blob: URL, against which a path cannot be resolved; hence the page's own. It
    lies in the app's root, which a proxy may have put anywhere: `shared/frontend/address.js`.
    """
    return (
        f"const module = await import(new URL({'.' + module_url(name)!r}, document.baseURI).href)\n"
        "export default module.default\n"
    )


def page_modules() -> list[str]:
    """The paths of what both pages load beside plotly.js as soon as they show a chart and its sliders."""
    rooms = ("chart/", "live_sliders/", "page/", "shared/")
    return [module_url(name) for name in _modules() if name.startswith(rooms)]


async def send_asset(request: HTTPConnection, asset: Asset | None) -> Response:
    """The answer to a request for a file, or 404."""
    if asset is None:
        return Response("No such file.", status_code=404, media_type="text/plain")
    accepts_gzip = "gzip" in request.headers.get("accept-encoding", "")
    before = request.headers.get("if-none-match", "")
    if asset.prepared:
        return asset.response(accepts_gzip=accepts_gzip, if_none_match=before)
    # Compressing takes up to a tenth of a second the first time: not on the loop that serves everyone.
    return await run_in_threadpool(asset.response, accepts_gzip=accepts_gzip, if_none_match=before)


async def _send_plotly(request: Request) -> Response:
    return await send_asset(request, _plotly())


async def _send_module(request: Request) -> Response:
    # A page that was open during a deployment asks with the old hash; a wrong answer would be cached for
    # ever.
    known = request.path_params["digest"] == _modules_hash()
    return await send_asset(request, _modules().get(request.path_params["name"]) if known else None)


def routes() -> list[Route]:
    """The routes for `st.App(..., routes=[*routes(), ...])`."""
    return [
        Route(f"{base_path()}{plotly_url()}", _send_plotly),
        Route(f"{base_path()}/assets/components-{{digest}}/{{name:path}}", _send_module),
    ]
