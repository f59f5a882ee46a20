"""Streamlit's files and page as the app sends them, and the plotly.js that comes with it."""

from __future__ import annotations

import gzip
import http.client
import json
import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
from starlette.responses import HTMLResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from tests.served import Served, served
from ui.server import assets, page_files


@pytest.fixture(scope="module")
def app() -> Iterator[Served]:
    with served() as running:
        yield running


def _get(app: Served, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("localhost", app.port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers={"Accept-Encoding": "identity", **named})
    answer = connection.getresponse()
    return answer, answer.read()


def _linked(app: Served, path: str) -> list[str]:
    page = _get(app, path)[1].decode()
    return re.findall(
        r'<(?:link rel="(?:preload|modulepreload)"|script [^>]*async)[^>]* (?:href|src)="\.(/[^"]+)"',
        page.split("</head>")[0],
    )


def test_streamlits_files_come_compressed_and_for_ever(app: Served) -> None:
    path = next(path for path in _linked(app, "/") if "/static/js/protobuf." in path)
    plain, whole = _get(app, path)
    answer, body = _get(app, path, Accept_Encoding="gzip, br")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Content-Encoding"] is None
    assert gzip.decompress(body) == whole
    assert len(body) < len(whole) / 3
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Content-Security-Policy" in answer.headers
    again, nothing = _get(app, path, If_None_Match=answer.headers["ETag"])
    assert (again.status, nothing) == (304, b"")


def test_the_page_is_asked_for_each_time_and_sent_when_it_has_changed(app: Served) -> None:
    answer, body = _get(app, "/curves", Accept_Encoding="gzip")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert gzip.decompress(body) == _get(app, "/curves")[1]
    again, nothing = _get(app, "/curves", If_None_Match=answer.headers["ETag"])
    assert (again.status, nothing) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/curves"])
def test_all_that_the_page_names_is_there(app: Served, path: str) -> None:
    linked = _linked(app, path)
    assert assets.plotly_url() in linked
    assert set(assets.page_modules()) <= set(linked)
    assert len(linked) == len(set(linked)), "a file is named twice"
    types = {name: _get(app, name)[0] for name in linked if not name.endswith(".woff2")}
    wrong = [name for name, answer in types.items() if answer.status != 200]
    assert wrong == []
    assert all("text/html" not in answer.headers["Content-Type"] for answer in types.values())


def test_streamlits_dialog_about_an_outage_is_off_and_ours_is_asked_for(app: Served) -> None:
    answer, body = _get(app, "/_stcore/host-config")
    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(body)["blockErrorDialogs"] is True
    for path in ("/", "/curves", "/status"):
        assert f'src=".{assets.module_url("page/frontend/main.js")}"' in _get(app, path)[1].decode()


def test_a_page_without_charts_asks_for_none(app: Served) -> None:
    assert assets.plotly_url() not in _linked(app, "/status")


@pytest.mark.parametrize(
    ("path", "swapped"), [("/", True), ("/unknown", True), ("/media/a-chart.html", False)]
)
def test_only_streamlits_page_is_sent_in_our_form(path: str, swapped: bool) -> None:
    async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
        await HTMLResponse("<p>what Streamlit sends</p>")(scope, receive, send)

    app = page_files.PageFiles(streamlit, css="p { color: red }")
    answer = TestClient(app).get(path)
    assert answer.status_code == 200
    assert (answer.text != "<p>what Streamlit sends</p>") == swapped
    assert ("<style>p { color: red }</style>" in answer.text) == swapped


@pytest.mark.parametrize("path", page_files.ELEMENTS)
def test_each_part_of_streamlit_that_is_named_is_a_file_of_this_version(app: Served, path: str) -> None:
    linked = " ".join(_linked(app, path))
    missing = [name for name in page_files.ELEMENTS[path] if f"/static/js/{name}." not in linked]
    assert missing == []


def test_the_pages_plotly_is_of_the_version_that_exports_have() -> None:
    """Else take its like: `npm pack plotly.js-basic-dist-min@<version>`, compressed with `gzip -9 -n`."""
    version = re.compile(rb"plotly\.js (?:\(basic - minified\) )?v(\d+\.\d+)\.")
    ours = version.search(assets._plotly().body[:300])
    theirs = version.search(files("plotly").joinpath("package_data/plotly.min.js").read_bytes()[:300])
    assert ours is not None
    assert theirs is not None
    assert ours[1] == theirs[1]
