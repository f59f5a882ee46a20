"""Who is still there: a session owns the jobs that it asked for; the board is told when its tab closes."""

from __future__ import annotations

import streamlit as st

from ui.server import engine
from ui.server.visitors import visitors
from ui.session.session import session


def hold() -> None:
    """Call in every run, a fragment's too: this session's tab is open.

    A lost connection looks like a closed tab, and after it the browser runs no script until somebody presses
    something; the board waits a while, and goes on as long as the chart's own connection is there.
    """
    _held(session().owner)


def _left(owner: str) -> None:
    visitors.closed(owner)
    engine.leave(owner)


@st.cache_resource(scope="session", on_release=_left, show_spinner=False)
def _held(owner: str) -> str:
    visitors.opened(owner)
    engine.board().enter(owner)
    return owner
