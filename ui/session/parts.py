"""Which part of a page is drawn again: its fragments, by their keys."""

from __future__ import annotations

import streamlit as st
from streamlit.errors import StreamlitAPIException


def redraw(*fragments: str) -> None:
    """For callbacks, as their last word: draw these fragments, and not what surrounds the widget.

    Where one of them is not on the page (a widget's last event may come after its page was left), what
    surrounds the widget is drawn.
    """
    try:
        st.rerun(fragments)
    except StreamlitAPIException:
        return
