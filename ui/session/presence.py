"""Who is still there: a session owns the jobs that it asked for, and lets go of them some time after its tab
has closed."""

from __future__ import annotations

import threading
import uuid

import streamlit as st

from ui.server import engine

GRACE_S = 30.0  # a network blip looks like a closed tab; the browser is back within a second or two
_leaving: dict[str, threading.Timer] = {}
_lock = threading.Lock()


def owner() -> str:
    """This session's name on the job board."""
    return str(st.session_state.setdefault("owner", uuid.uuid4().hex))


def hold() -> None:
    """Call once in every run: keeps the session's jobs while its tab is open."""
    _handle(owner())


def _gone(name: str) -> None:
    def let_go() -> None:
        with _lock:
            _leaving.pop(name, None)
        engine.board().release_all(name)

    timer = threading.Timer(GRACE_S, let_go)
    timer.daemon = True
    with _lock:
        _leaving[name] = timer
    timer.start()


@st.cache_resource(scope="session", on_release=_gone, show_spinner=False)
def _handle(name: str) -> str:
    with _lock:
        timer = _leaving.pop(name, None)
    if timer is not None:  # back after a blip, or a page that was reopened in time
        timer.cancel()
    return name
