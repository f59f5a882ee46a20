"""How the app is started: the settings become Streamlit's options, and SIGTERM ends it tidily.

`python app.py` obeys every setting. `streamlit run app.py` and `uvicorn app:app` have their own flags for
host and port, and listen without limits on connections; all other settings hold for them as well.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import streamlit as st
import streamlit.config

from ui.server.listening import listen
from ui.server.settings import Settings, SettingsError, settings
from ui.server.settings_text import variable
from ui.server.signing import secret

# Streamlit's options that follow from ours. Of two that are set, one would be obeyed and one would not.
_RIVALS = {
    "STREAMLIT_SERVER_PORT": "port",
    "STREAMLIT_SERVER_ADDRESS": "host",
    "STREAMLIT_SERVER_BASE_URL_PATH": "base_path",
    "STREAMLIT_SERVER_COOKIE_SECRET": "secret",
    "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS": "allowed_origins",
    "STREAMLIT_BROWSER_SERVER_ADDRESS": "public_url",
    "STREAMLIT_BROWSER_SERVER_PORT": "public_url",
}
WRONG_SETTINGS = 2  # exit status, as that of a command line that cannot be understood


def streamlit_options(of: Settings) -> dict[str, object]:
    """Streamlit's options, but for host and port, that follow from the settings."""
    options: dict[str, object] = {
        "server.cookieSecret": secret(),
        "server.corsAllowedOrigins": sorted(of.sites),
    }
    if of.base_path:
        options["server.baseUrlPath"] = of.base_path.strip("/")
    if of.public_url is not None:
        options["browser.serverAddress"] = of.public_url.host
        options["browser.serverPort"] = of.public_url.port
    return options


def prepare() -> None:
    """Read the settings and tell Streamlit what follows from them: before the routes are made.

    Ends the process with exit status 2 and one sentence for each variable that cannot be used.
    """
    try:
        _refuse_rivals()
        _check_folder(settings().data_dir)
    except SettingsError as error:
        print(error, file=sys.stderr, flush=True)
        raise SystemExit(WRONG_SETTINGS) from None
    _tell_streamlit(streamlit_options(settings()))


def _tell_streamlit(options: dict[str, object]) -> None:
    for name, value in options.items():
        streamlit.config.set_option(name, value)


def _refuse_rivals() -> None:
    wrong = [
        f"{rival} is set; LR Lab takes it as {variable(ours)}."
        for rival, ours in _RIVALS.items()
        if os.environ.get(rival)
    ]
    if wrong:
        raise SettingsError("\n".join(wrong))


def _check_folder(folder: Path | None) -> None:
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        raise SettingsError(
            f"{variable('data_dir')} is {str(folder)!r}; allowed is a folder that the app may write into."
        )


def serve(app: st.App) -> None:
    """Serve until SIGTERM or Ctrl-C; `prepare` was called before the app was made."""
    # From the first moment on: the kernel gives process 1 of a container no default for SIGTERM, and
    # uvicorn's handler comes a second later. When uvicorn has shut down it raises the signal again, for this.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    of = settings()
    _tell_streamlit({"server.port": of.port, "server.address": of.host})
    listen(app, of)


def _leave(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second one would end the interpreter while it tidies up
    raise SystemExit(0)


@contextmanager
def stopping_first(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` when SIGTERM or SIGINT comes, before the server closes its connections: so that who watches
    a job hears that it was interrupted. A signal that comes again changes nothing.

    Without effect where signals are not this thread's, as in a server that was started by a test.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    servers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def first(number: int, frame: FrameType | None) -> None:
        for each in servers:
            signal.signal(each, signal.SIG_IGN)
        stop()
        then = servers[signal.Signals(number)]
        if callable(then):
            then(number, frame)

    for number in servers:
        signal.signal(number, first)
    yield
