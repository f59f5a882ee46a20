"""The app as an operator runs it: processes that obey LRLAB_ variables, behind the real Caddy."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.conftest import ROOT, answers, free_port, wait_for
from tests.served import LOGGED_ERROR

CADDYFILE = ROOT / "deploy" / "Caddyfile"


@dataclass(frozen=True)
class Site:
    """An address behind a proxy, and the processes that serve it.

    `apps` are the addresses of the processes themselves, which the proxy hides; `settings` are the variables
    of the first.
    """

    url: str
    plain: str
    apps: tuple[str, ...]
    settings: dict[str, str]


@contextmanager
def running(command: list[str], log: Path, *, stops: int = 1, **environment: str) -> Iterator[None]:
    """A process that is ended by SIGTERM, `stops` times in quick succession, and has to end well."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        still_on = process.poll() is None
        for _ in range(stops):
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    said = log.read_text(errors="replace")
    assert still_on, f"it ended by itself:\n{said[-4000:]}"
    assert process.returncode == 0, f"it ended with {process.returncode}:\n{said[-4000:]}"
    assert not LOGGED_ERROR.search(said), f"it logged an error:\n{said[-4000:]}"


def _caddy() -> str:
    """The Caddy to run: CADDY, the one on the PATH, or the one that `make proxy` has fetched."""
    fetched = ROOT / ".cache" / "caddy" / "usr" / "bin" / "caddy"
    found = os.environ.get("CADDY") or shutil.which("caddy") or (fetched.is_file() and str(fetched))
    if not found:
        raise RuntimeError("No Caddy found: get one (make proxy) or name it with CADDY=/path/to/it.")
    return found


@contextmanager
def caddy(log: Path, config: Path, **environment: str) -> Iterator[None]:
    """The real proxy, which keeps what it writes beside its log."""
    command = [_caddy(), "run", "--config", str(config), "--adapter", "caddyfile"]
    with running(command, log, XDG_DATA_HOME=str(log.parent), **environment):
        yield


@contextmanager
def hosted(folder: Path, *, base_path: str) -> Iterator[Site]:
    """Two processes of the app behind the proxy as it stands in the repository, with TLS and a base path."""
    http, https, *ports = (free_port() for _ in range(4))
    url = f"https://localhost:{https}{base_path}"
    shared = {
        "LRLAB_HOST": "127.0.0.1",
        "LRLAB_BASE_PATH": base_path,
        "LRLAB_PUBLIC_URL": url,
        "LRLAB_TRUSTED_PROXIES": "127.0.0.1",
        "LRLAB_SLOTS": "1",
        "LRLAB_DATA_DIR": str(folder / "data"),
    }
    apps = tuple(f"http://127.0.0.1:{port}{base_path}" for port in ports)
    settings = [{**shared, "LRLAB_PORT": str(port)} for port in ports]
    with ExitStack() as stack:
        for one in settings:
            log = folder / f"app-{one['LRLAB_PORT']}.log"
            stack.enter_context(running([sys.executable, "app.py"], log, stops=2, **one))
        wait_for(lambda: all(answers(f"{app}/ready") for app in apps), f"both processes; see {folder}")
        stack.enter_context(
            caddy(
                folder / "caddy.log",
                CADDYFILE,
                SITE="localhost",
                HTTP_PORT=str(http),
                HTTPS_PORT=str(https),
                LRLAB_BASE_PATH=base_path,
                UPSTREAMS=" ".join(f"127.0.0.1:{port}" for port in ports),
            )
        )
        plain = f"http://localhost:{http}"
        yield Site(url, plain, apps, settings[0])
