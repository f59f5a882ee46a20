"""Which part of a page is drawn again: its fragments, by their keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st
from streamlit.errors import StreamlitAPIException

from ui.server.turns import turn
from ui.session.session import session

P = ParamSpec("P")


def fragment(key: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """`st.fragment` for a part of a page, run when it is its turn."""

    def made(draw: Callable[P, None]) -> Callable[P, None]:
        @wraps(draw)
        def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
            with turn():
                draw(*args, **kwargs)

        return st.fragment(drawn, key=key)

    return made


def redraw(*fragments: str) -> None:
    """For callbacks, as their last word: draw these fragments, and not what surrounds the widget.

    Where one of them is not on the page (a widget's last event may come after its page was left), what
    surrounds the widget is drawn.
    """
    try:
        st.rerun(fragments)
    except StreamlitAPIException:
        return


def redraw_plan(card: str) -> None:
    """For callbacks, as their last word: draw a plan's card and all that shows the plan; while a slider is
    held only the first of that, the charts."""
    now = session()
    if now.dragging:
        redraw(card, *now.followers[:1])
    else:
        now.page_follows()
        redraw(card, *now.followers)


def whole_page_if_stale() -> None:
    """For fragments, as their first word: draw the whole page if what is around them shows an earlier
    workbench, and would go on doing so."""
    if session().stale() and not session().dragging:
        st.rerun()
