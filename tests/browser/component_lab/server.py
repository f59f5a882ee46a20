"""Starts the component lab as a real server, for the tests and for the race."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _healthy(url: str) -> bool:
    try:
        with urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@contextmanager
def running_lab(*options: str, base: str = "", patience: float = 60) -> Iterator[str]:
    """Run `streamlit run app.py` on a free port with extra options; yields the address, and ends the server
    after."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), *options]
    if base:
        command += ["--server.baseUrlPath", base]
    url = f"http://localhost:{port}" + (f"/{base}" if base else "")
    server = subprocess.Popen(
        command, cwd=Path(__file__).parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + patience
        while not _healthy(url):
            if server.poll() is not None:
                raise RuntimeError(
                    f"The component lab ended with code {server.returncode}. Run it by hand:"
                    f" {' '.join(command)}"
                )
            if time.monotonic() > deadline:
                raise RuntimeError(f"The component lab did not answer at {url} within {patience:.0f} s.")
            time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
