"""Where Streamlit leaves what the browser sent to a component."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st


def state_value(key: str, name: str) -> Any:
    """The state value `name` of the component with this key; None before its first event.

    Only `ui/session` and this function know Streamlit's session state. Streamlit calls a component's callback
    without a value: at that moment what the browser sent lies in the session state, under the component's
    key, and nowhere else. A component must not ask `ui/session` for it, which is the app's and not its own.
    """
    state = st.session_state.get(key)
    return state.get(name) if isinstance(state, Mapping) else None
