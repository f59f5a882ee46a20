"""A button that copies the page's address, which describes all that is shown."""

from __future__ import annotations

import streamlit as st

from ui.server.assets import inline_loader

_mount = st.components.v2.component(
    "lrlab_copy_link", js=inline_loader("copy_link/frontend/main.js"), isolate_styles=False
)


def copy_link(*, key: str) -> None:
    """Show the button. The address is read in the browser when it is pressed; Python hears of nothing."""
    _mount(key=key)
