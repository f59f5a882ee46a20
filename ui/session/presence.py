"""Who is still there: a session owns the jobs that it asked for, and releases them some time after its tab
has closed."""

from __future__ import annotations

import threading

import streamlit as st

from ui.server import engine
from ui.server.visitors import visitors
from ui.session.session import session

GRACE_S = 30.0  # a network blip looks like a closed tab; the browser is back within a second or two
_releases: dict[str, threading.Timer] = {}  # of the owners whose tab has closed
_lock = threading.Lock()


def hold() -> None:
    """Call once in every run: keeps the session's jobs while its tab is open."""
    visitors.ran()
    _held(session().owner)


def _release_later(owner: str) -> None:
    visitors.closed(owner)

    def release() -> None:
        with _lock:
            if _releases.get(owner) is not timer:  # the tab came back while this one went off
                return
            del _releases[owner]
        engine.board().release_all(owner)

    timer = threading.Timer(GRACE_S, release)
    timer.daemon = True
    with _lock:
        _releases[owner] = timer
    timer.start()


@st.cache_resource(scope="session", on_release=_release_later, show_spinner=False)
def _held(owner: str) -> str:
    visitors.opened(owner)
    with _lock:
        timer = _releases.pop(owner, None)
    if timer is not None:  # back after a blip, or a page that was reopened in time
        timer.cancel()
    return owner
