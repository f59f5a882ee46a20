"""The real app in a process of its own, set up by environment variables as an operator does it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path
from typing import Any

from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 60.0
# An error in a log: Python's words, or the frames that ui/server/logs.py names instead.
LOGGED_ERROR = re.compile(r"^Traceback|^  \S+\.py:\d+ in ", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """What came back for a request."""

    status: int
    headers: HTTPMessage
    text: str


@dataclass(frozen=True)
class Served:
    """The running app. Whoever asks may come from any address: the app believes this machine's proxy."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def ask(self, path: str, method: str = "GET", address: str = "", **headers: str) -> Answer:
        """One request; `User_Agent` stands for User-Agent, `address` for where a proxy says it comes from."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, headers=_headers(address, headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode("utf-8", "replace"))
        finally:
            connection.close()

    @contextmanager
    def socket(self, path: str, address: str = "", **headers: str) -> Iterator[ClientConnection]:
        """An open WebSocket; raises InvalidStatus if it is refused."""
        options: dict[str, Any] = {"subprotocols": ["streamlit"]} if path.endswith("/stream") else {}
        with connect(
            f"ws://localhost:{self.port}{path}",
            additional_headers=_headers(address, headers),
            proxy=None,
            open_timeout=PATIENCE_S,
            max_size=None,
            **options,
        ) as opened:
            yield opened

    def knock(self, path: str, address: str = "", **headers: str) -> int:
        """Open a WebSocket and close it; the HTTP status of the answer, 101 when it was opened."""
        try:
            with self.socket(path, address, **headers):
                return 101
        except InvalidStatus as error:
            return int(error.response.status_code)


def _headers(address: str, headers: Mapping[str, str]) -> dict[str, str]:
    forwarded = {"X-Forwarded-For": address} if address else {}
    return {**forwarded, **{name.replace("_", "-"): value for name, value in headers.items()}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(port: int | None = None, start: Sequence[str] = ("app.py",), **settings: str) -> Iterator[Served]:
    """`python app.py`, or with other arguments, and these LRLAB_ settings, ended by SIGTERM; no error may
    stand in its log."""
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        app = Served(port, Path(folder) / "server.log")
        environment = {
            **os.environ,
            "LRLAB_SLOTS": "1",
            "LRLAB_PORT": str(port),
            "LRLAB_DATA_DIR": folder,
            **{f"LRLAB_{name.upper()}": value for name, value in settings.items()},
        }
        with app.log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *start], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            _until_it_answers(app, process)
            yield app
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        said = app.log.read_text(errors="replace")
        assert not LOGGED_ERROR.search(said), f"the server logged an error:\n{said[-8000:]}"


def _until_it_answers(app: Served, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if app.ask("/_stcore/health").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the app did not start:\n{app.log.read_text(errors='replace')[-4000:]}")
