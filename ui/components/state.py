"""Where Streamlit leaves what the browser sent to a component."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st


def as_sent(data: Mapping[str, object]) -> list[object]:
    """What a component is given, as Streamlit sends it soonest: the values of a dict it would first compare
    with all kinds of data frames, which takes as long as the rest of the mounting. In JavaScript:
    `component.data[0]`."""
    return [data]


def state_values(key: str, *names: str) -> tuple[Any, ...]:
    """Several at once: each look into the session state costs."""
    state = st.session_state.get(key)
    return tuple(state.get(name) if isinstance(state, Mapping) else None for name in names)


def state_value(key: str, name: str) -> Any:
    """The state value `name` of the component with this key; None before its first event.

    Only `ui/session` and this function know Streamlit's session state. Streamlit calls a component's callback
    without a value: at that moment what the browser sent lies in the session state, under the component's
    key, and nowhere else. A component must not ask `ui/session` for it, which is the app's and not its own.
    """
    return state_values(key, name)[0]
