"""The paste box: code of any dialect, or plans as text, become plans here."""

from __future__ import annotations

import streamlit as st

from lrcore.errors import LRLabError
from lrcore.paste import needs_base_lr, plans_from_paste
from lrcore.plan import Plan
from ui import workbench
from ui.curves import plans as many

_TEXT, _BASE = "paste_text", "paste_base"  # widgets with a memory of their own: what was typed is nobody's value before it is read


def paste_box() -> None:
    """A text area, the base lr where the paste lacks one, and two buttons. What could not be read stays to be corrected."""
    text = st.text_area(
        "paste code or a plan",
        key=_TEXT,
        height=150,
        placeholder="scheduler = StepLR(optimizer, step_size=30, gamma=0.1)",
        help="torch, transformers, keras, optax, timm, a function that writes param_groups, or plans as text. It is read, never run.",
    )
    if st.session_state.get("paste_asks"):
        st.number_input("base lr for pasted code", key=_BASE, value=0.1, format="%g", step=None, help="The code names no optimizer lr.")
    with st.container(horizontal=True, gap="small"):
        st.button("Add to the plans", icon=":material/add:", key="paste_add", on_click=_read, args=(False,), disabled=not text)
        st.button("Replace the plans", icon=":material/swap_horiz:", key="paste_replace", on_click=_read, args=(True,), disabled=not text)
    workbench.show_error("paste")
    if said := st.session_state.pop("paste_said", ""):
        st.success(said, icon=":material/check:")


def _read(instead: bool) -> None:
    text = str(st.session_state.get(_TEXT, ""))
    try:
        plans = _plans(text)
        bench = workbench.current()
        if plans:
            workbench.put(many.replaced(bench, plans) if instead else many.added(bench, plans), undoable=True)
            st.session_state["paste_said"] = (
                f"Read {len(plans)} plan{'s' if len(plans) > 1 else ''}: {'; '.join(p.text for p in plans)[:300]}"
            )
            st.session_state["paste_asks"] = False
    except LRLabError as error:
        workbench.refuse("paste", str(error))


def _plans(text: str) -> list[Plan]:
    base_lr = st.session_state.get(_BASE) if st.session_state.get("paste_asks") else None
    try:
        return plans_from_paste(text, base_lr)
    except LRLabError:
        if base_lr is None and needs_base_lr(text):
            st.session_state["paste_asks"] = True
            workbench.refuse("paste", "This code does not say its base lr. Give it here, then press the button again.")
            return []
        raise
