"""The operator's settings: what is refused says so in one sentence, and the documents have them all."""

from __future__ import annotations

import os
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lrcore.jobs import Limits, WorkerLimits
from tests.jobs.support import run_async
from tests.source import ROOT
from ui.server import settings as module
from ui.server.guard import middleware as guard
from ui.server.health import address
from ui.server.settings import Settings, SettingsError
from ui.server.settings_text import table, variable
from ui.server.start import streamlit_options


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    """The settings, read from these variables and no others."""
    for name in [name for name in os.environ if name.upper().startswith("LRLAB_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return module.settings.__wrapped__()


REFUSED = {
    "LRLAB_PORT": ["", "abc", "is 'abc'; allowed is a whole number from 1 to 65535."],
    "LRLAB_SLOTS": ["", "0", "is '0'; allowed is a whole number from 1 to 1024."],
    "LRLAB_DEVICE": ["", "tpu", "is 'tpu'; allowed is auto, cpu or cuda."],
    "LRLAB_HOST": ["", "a b", "is 'a b'; allowed is a host name or an address."],
    "LRLAB_BASE_PATH": ["", "/a?b", "is '/a?b'; allowed is a path such as /lab."],
    "LRLAB_PUBLIC_URL": ["", "lab", "is 'lab'; allowed is an address such as"],
    "LRLAB_TRUSTED_PROXIES": ["", "10.0.0.0/8, me", "is '10.0.0.0/8, me'; allowed is addresses or networks"],
    "LRLAB_ALLOWED_ORIGINS": ["", "https://*.x.org", "is 'https://*.x.org'; allowed is sites such as"],
    "LRLAB_OPERATOR_TOKEN": ["", "short", "is not shown here; allowed is a text of at least 16 characters."],
    "lrlab_port": ["LRLAB_PORT", "70000", "is '70000'; allowed is a whole number from 1 to 65535."],
    "LRLAB_SLOT": ["", "3", "is no setting of LR Lab; did you mean LRLAB_SLOTS?"],
    "LRLAB_QQQQQQQQQQQQQQQQ": ["", "3", "is no setting of LR Lab; there are LRLAB_"],
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_variable_is_named_with_what_arrived_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    shown, value, sentence = REFUSED[name]
    with pytest.raises(SettingsError) as raised:
        read(monkeypatch, **{name: value})
    assert str(raised.value).startswith(f"{shown or name} {sentence}")
    assert "\n" not in str(raised.value)


def test_every_wrong_variable_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as raised:
        read(monkeypatch, LRLAB_PORT="x", LRLAB_DEVICE="y", LRLAB_SLTOS="z")
    assert len(str(raised.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("given", "kept"), [("", ""), ("/", ""), ("lab", "/lab"), ("/lab/", "/lab"), ("a/b-c.d", "/a/b-c.d")]
)
def test_a_base_path_may_be_written_as_one_likes(
    monkeypatch: pytest.MonkeyPatch, given: str, kept: str
) -> None:
    assert read(monkeypatch, LRLAB_BASE_PATH=given).base_path == kept


def test_values_arrive_as_what_they_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(
        monkeypatch, LRLAB_TRUSTED_PROXIES="10.0.0.0/8, 127.0.0.1 ::1", LRLAB_DATA_DIR="~/x", LRLAB_SLOTS=""
    )
    assert found.trusted_proxies == tuple(map(ip_network, ("10.0.0.0/8", "127.0.0.1/32", "::1/128")))
    assert found.data_dir == Path.home() / "x"
    assert found.slots is None, "an empty variable is one that is not set"


@pytest.mark.parametrize(
    ("url", "origin", "host", "port"),
    [
        ("https://lab.example.org/lr", "https://lab.example.org", "lab.example.org", 443),
        ("http://10.0.0.5:8080", "http://10.0.0.5:8080", "10.0.0.5", 8080),
    ],
)
def test_streamlits_options_follow_from_ours(
    monkeypatch: pytest.MonkeyPatch, url: str, origin: str, host: str, port: int
) -> None:
    options = streamlit_options(read(monkeypatch, LRLAB_PUBLIC_URL=url, LRLAB_BASE_PATH="/a/b"))
    assert options["server.baseUrlPath"] == "a/b"
    assert options["server.corsAllowedOrigins"] == [origin]
    assert (options["browser.serverAddress"], options["browser.serverPort"]) == (host, port)
    alone = streamlit_options(read(monkeypatch, LRLAB_PUBLIC_URL="", LRLAB_BASE_PATH=""))
    assert {name for name, value in alone.items() if value} == {"server.cookieSecret"}


def test_the_engine_has_the_same_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    found, limits = read(monkeypatch), Limits()
    job = (found.job_seconds, found.job_memory_mb, found.job_wall_seconds, found.unwatched_seconds)
    assert job == (limits.cost_s, limits.memory_mb, limits.wall_s, limits.unwatched_s)
    assert (found.queue_max, found.queue_per_address) == (limits.queued, limits.address_queued)
    worker = (found.worker_nice, found.worker_memory_mb, found.worker_cpu_s, found.worker_silence_s)
    assert WorkerLimits(*worker) == WorkerLimits()


@pytest.mark.parametrize(
    ("host", "asked"),
    [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("localhost", "localhost"), ("10.1.2.3", "10.1.2.3")],
)
def test_the_health_check_asks_where_the_app_listens(
    monkeypatch: pytest.MonkeyPatch, host: str, asked: str
) -> None:
    found = read(monkeypatch, LRLAB_HOST=host, LRLAB_PORT="9000", LRLAB_BASE_PATH="lab")
    assert address(found) == f"http://{asked}:9000/lab/ready?wait=20"


@pytest.mark.parametrize(
    ("peer", "visitor"), [("10.1.2.3", "203.0.113.9"), ("192.0.2.7", "192.0.2.7"), ("127.0.0.1", "127.0.0.1")]
)
def test_only_a_trusted_proxy_says_who_the_visitor_is(
    monkeypatch: pytest.MonkeyPatch, peer: str, visitor: str
) -> None:
    chosen = read(monkeypatch, LRLAB_TRUSTED_PROXIES="10.0.0.0/8")
    monkeypatch.setattr(guard, "settings", lambda: chosen)
    seen: list[str] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(_: Message) -> None:
        return

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["client"][0])

    guarded: ASGIApp = app
    for cls, args, options in reversed(guard.middleware()):
        guarded = cls(guarded, *args, **options)
    headers = [(b"host", b"lab.example.org"), (b"x-forwarded-for", b"203.0.113.9")]
    scope = {"type": "http", "method": "GET", "path": "/ready", "client": (peer, 1), "headers": headers}
    run_async(guarded(scope, receive, send))
    assert seen == [visitor]


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"LRLAB_PORT": "abc"}, "LRLAB_PORT is 'abc'; allowed is a whole number from 1 to 65535."),
        ({"LRLAB_DATA_DIR": "/dev/null/x"}, "LRLAB_DATA_DIR is '/dev/null/x'; allowed is a folder that"),
        ({"STREAMLIT_SERVER_PORT": "80"}, "STREAMLIT_SERVER_PORT is set; LR Lab takes it as LRLAB_PORT."),
    ],
)
def test_a_wrong_setting_stops_the_start(variables: dict[str, str], sentence: str) -> None:
    ended = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(sentence)
    assert len(ended.stderr.splitlines()) == 1


def test_the_documents_have_every_setting() -> None:
    written = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    assert table(Settings) in written, "docs/hosting.md is old: make docs"
    assert all(field.description for field in Settings.model_fields.values())
    assert table(Settings).count("\n") == len(Settings.model_fields) + 1
    assert all(f"`{variable(name)}`" in written for name in Settings.model_fields)
