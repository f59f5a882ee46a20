"""The paste box: code of any dialect, or plans as text, become plans here."""

from __future__ import annotations

import streamlit as st

from lrcore.errors import LRLabError
from lrcore.plan import Plan
from ui.curves import plan_list
from ui.server import offload
from ui.server.guard.rates import count
from ui.session.session import session
from ui.session.widgets import held, initially, show_error
from ui.session.workbench import Workbench
from ui.text import plain

# Widgets with a memory of their own: what was typed is nobody's value before it is read.
_TEXT, _BASE = "paste_text", "paste_base"


def paste_box(_: Workbench) -> None:
    """A text area, a number for each value that the paste lacks, and two buttons. What could not be read
    stays to be corrected."""
    text = st.text_area(
        "paste code or a plan",
        key=_TEXT,
        height=150,
        placeholder="scheduler = StepLR(optimizer, step_size=30, gamma=0.1)",
        help=(
            "torch, transformers, keras, optax, timm, a function that writes param_groups, or plans as text."
            " It is read, never run."
        ),
    )
    for name in session().paste_missing:
        if name == "base_lr":
            st.number_input(
                "base lr for pasted code",
                key=initially(_BASE, 0.1),
                value=None,
                format="%g",
                step=None,
                help="The code names no optimizer lr.",
            )
        else:
            st.number_input(
                f"{name} for pasted code",
                key=_key(name),
                value=None,
                format="%g",
                step=None,
                help=f"The code gives no {name}.",
            )
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add to the plans",
            icon=":material/add:",
            key="paste_add",
            on_click=_read,
            args=(False,),
            disabled=not text,
        )
        st.button(
            "Replace the plans",
            icon=":material/swap_horiz:",
            key="paste_replace",
            on_click=_read,
            args=(True,),
            disabled=not text,
        )
    show_error("paste")
    if said := session().paste_message:
        session().paste_message = ""
        st.success(plain(said), icon=":material/check:")


def _read(instead: bool) -> None:
    text = str(held(_TEXT) or "")
    try:
        count("paste")
        plans = _plans(text)
        bench = session().workbench
        if plans:
            change = plan_list.replaced if instead else plan_list.added
            session().put(change(bench, plans), undoable=True)
            session().paste_message = (
                f"Read {len(plans)} plan{'s' if len(plans) > 1 else ''}:"
                f" {'; '.join(p.text for p in plans)[:300]}"
            )
            session().paste_missing = ()
    except LRLabError as error:
        session().refuse("paste", str(error))


def _plans(text: str) -> list[Plan]:
    """The plans of the text with the values that were filled in; none, and a sentence, while there are empty
    fields."""
    asked = session().paste_missing
    values = {name: held(_key(name)) for name in asked}
    given = {name: float(value) for name, value in values.items() if value is not None}
    missing, plans = offload.paste(text, given, session().owner)
    session().paste_missing = missing
    if empty := [name for name in missing if name not in given]:
        named = " and ".join("its base lr" if name == "base_lr" else name for name in empty)
        session().refuse(
            "paste",
            f"This code does not say {named}. Give {'it' if len(empty) == 1 else 'them'} here, then press the"
            " button again.",
        )
        return []
    return plans


def _key(name: str) -> str:
    return _BASE if name == "base_lr" else f"paste_value_{name}"
