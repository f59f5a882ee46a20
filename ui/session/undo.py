"""The button that takes back the last change."""

from __future__ import annotations

import streamlit as st

from ui.session.session import session


def undo_button(key: str) -> None:
    """It is never disabled: it stands outside the fragments that a slider draws, and would not hear of a
    change."""
    st.button(
        "Undo",
        icon=":material/undo:",
        key=key,
        on_click=_undo,
        help="Takes back the last change, and the one before with the next press; the browser's Back brings"
        " it again.",
    )


def _undo() -> None:
    if not session().undo():
        st.toast("There is nothing to undo.")
