"""The app as its own server, `python app.py`, and what is left of it when it has been told to end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.browser.conftest import ROOT, answers, free_port, wait_for

STOP_S = 10.0  # what a container gives


@dataclass
class Server:
    """A running server; once it has ended, how."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    mark: str  # in the environment of every process that belongs to it
    ended_with: int | None = None
    stop_seconds: float = 0.0
    left: list[str] = field(default_factory=list)  # processes that outlived it

    def ready(self) -> bool:
        """Whether it takes visitors and jobs; its own words if it has ended instead."""
        if self.process.poll() is not None:
            raise RuntimeError(f"the app ended:\n{self.log.read_text(errors='replace')[-4000:]}")
        return answers(f"{self.url}/_stcore/health") and answers(f"{self.url}/ready")

    def tracebacks(self) -> Counter[str]:
        """The errors in its log: the last lines of tracebacks, or where they were raised if those are left
        out."""
        text = self.log.read_text(errors="replace")
        whole = re.findall(r"^Traceback .*\n(?:[ \t].*\n|\n)*(\S.*)$", text, re.MULTILINE)
        places = re.findall(r"^  (\S+\.py:\d+ in \S+)\n(?!  )", text, re.MULTILINE)
        return Counter(last[:160] for last in (*whole, *places))

    def stop(self) -> None:
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.left.append(f"the server itself, {STOP_S:g} s after SIGTERM")
            self.process.kill()
            self.process.wait()
        self.stop_seconds = time.monotonic() - begun
        self.ended_with = self.process.returncode
        self.left += [f"{p.pid} {' '.join(p.cmdline())[:80]}" for p in marked(self.mark)]


def marked(mark: str) -> list[psutil.Process]:
    """The living processes that have `mark` in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if mark in process.environ().values() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


@contextmanager
def serving(
    *,
    environment: Mapping[str, str] | None = None,
    files: int | None = None,
    port: int | None = None,
) -> Iterator[Server]:
    """Serve the app; ended by SIGTERM, like any service.

    Args:
        environment: variables on top of ours.
        files: how many descriptors the web process may have open; what the system allows when left out.
        port: where; a free one when left out.
    """
    port, mark = port or free_port(), uuid.uuid4().hex
    command = [sys.executable, "app.py"]
    if files is not None:
        command = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh", *command]
    with tempfile.TemporaryDirectory(prefix="lrlab-load-") as folder:
        ours = {
            "LRLAB_HOST": "127.0.0.1",
            "LRLAB_PORT": str(port),
            "LRLAB_DATA_DIR": folder,
            "LOAD_MARK": mark,
        }
        log = Path(folder) / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **(environment or {}), **ours},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        server = Server(f"http://127.0.0.1:{port}", process, log, mark)
        try:
            wait_for(server.ready, "the app to be ready")
            yield server
        finally:
            if server.ended_with is None:
                server.stop()
