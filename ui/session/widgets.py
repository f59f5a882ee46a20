"""Widgets that show the workbench and do not own it: their keys, what they hold, and the sentences beside
them.

A field is a name such as "batch_size". Its widget's key also counts the workbenches that were replaced as a
whole: after an undo every widget is a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from ui.session.session import session
from ui.text import plain


def widget_key(field: str) -> str:
    """The key of a field's widget: another one after the workbench was replaced as a whole."""
    return f"{field}@{session().revision}"


def synced(field: str, value: object, *, order: bool = False) -> str:
    """The key of a field's widget, which is made to show `value`; what was refused stays in it, to be
    corrected.

    A widget that holds the value already is left alone. To assign is to send: on a busy server the browser
    would take what this run shows for an order, put it in the place of what the visitor has picked since, and
    report that as the visitor's next change. `order` sends it all the same.
    """
    key = widget_key(field)
    if session().error(field):
        if key not in st.session_state and (said := session().refused.get(field)) is not None:
            st.session_state[key] = said
        return key
    if order or key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key


def initially(widget: str, value: object, among: Sequence[object] | None = None) -> str:
    """The key of a widget that owns what was chosen in it: it begins with `value`, and begins again when it
    holds none of `among`."""
    if widget not in st.session_state or (among is not None and st.session_state[widget] not in among):
        st.session_state[widget] = value
    return widget


def keep(*beginnings: str) -> None:
    """Let widgets that are not drawn now remember what they hold, which Streamlit would forget: those whose
    keys begin so."""
    for widget in st.session_state:
        if isinstance(widget, str) and widget.startswith(beginnings):
            st.session_state[widget] = st.session_state[widget]


def forget(*beginnings: str) -> None:
    """The widgets whose keys begin so are not drawn now. Streamlit may go on holding what they hold while the
    browser forgets it, and would then take their empty selves for the visitor's next change."""
    for widget in list(st.session_state):
        if isinstance(widget, str) and widget.startswith(beginnings):
            del st.session_state[widget]


def picked(field: str) -> Any:
    """For callbacks: what the field's widget holds now; None if it is empty, or belongs to a workbench that
    was replaced."""
    return held(widget_key(field))


def held(widget: str) -> Any:
    """What the widget with this key holds, for widgets that own what was typed into them; None before it is
    drawn."""
    return st.session_state.get(widget)


def taken(widget: str) -> Any:
    """For callbacks: what the widget with this key holds, and empty it: a menu that does something."""
    value = held(widget)
    st.session_state[widget] = None
    return value


def table_key(field: str) -> str:
    """The key of a table that is edited in place; another one after `renew_table`."""
    return widget_key(f"{field}_{session().table_revisions.get(field, 0)}")


def table_change(field: str) -> Mapping[str, Any]:
    """For callbacks: what was edited, added and deleted in the table, as Streamlit's data editor says it."""
    change = held(table_key(field))
    return change if isinstance(change, Mapping) else {}


def renew_table(field: str) -> None:
    """Make the table a new one after its changes were applied: the old one would apply them again."""
    revisions = session().table_revisions
    revisions[field] = revisions.get(field, 0) + 1


def number_box(
    label: str,
    key: str,
    *,
    step: float | None = 1.0,
    on_change: Callable[..., None] | None = None,
    args: tuple[object, ...] = (),
    help: str | None = None,
    width: int | Literal["stretch"] = "stretch",
) -> float | None:
    """`st.number_input` for every number that is typed, also for counts: one of Streamlit's whole numbers
    reads 1e5 as 1. What it holds is a float, None while it is empty; `whole` makes it a count.

    The arguments are those of `st.number_input`; a count is stepped by 1.
    """
    return st.number_input(
        label, value=None, step=step, format="%g", key=key, help=help, on_change=on_change, args=args,
        width=width,
    )  # fmt: skip


def count_box(label: str, widget: str, begins: int, **options: Any) -> Any:
    """A `number_box` that owns its count, and has `begins` again where it is emptied."""
    value = number_box(label, initially(widget, float(begins)), **options)
    return begins if value is None else whole(value)


def whole(value: float) -> float:
    """A count as a count; a number that is none stays, to be refused in the words of what it is for."""
    return int(value) if value.is_integer() else value


def show_said(field: str) -> None:
    """Draw once what the field's last change did, if it said so."""
    if text := session().said.pop(field, ""):
        st.success(plain(text), icon=":material/check:")


def show_error(field: str) -> None:
    """Draw the sentence beside a field, if there is one."""
    if text := session().error(field):
        st.error(plain(text), icon=":material/error:")
