"""The examples to begin from, each with all that it claims: a menu would cut that off."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lrcore.gallery.examples import EXAMPLES
from ui.session.session import session
from ui.text import plain


def examples_button() -> None:
    if st.button("Examples", icon=":material/menu_book:", key="examples"):
        _dialog()


@st.dialog("Examples", width="medium", icon=":material/menu_book:")
def _dialog() -> None:
    seeds = next(iter(EXAMPLES.values())).measured.seeds
    st.caption(
        f"Experiments that were measured over {seeds} seeds. One takes the place of yours; Undo brings yours"
        " back."
    )
    with st.container(key="examples_list", gap="xsmall"):
        for key, example in EXAMPLES.items():
            text = f"**{plain(example.title)}** {plain(example.claim)}"
            if st.button(text, key=f"example_{key}", width="stretch", on_click=_choose, args=(key,)):
                st.rerun()


def _choose(key: str) -> None:
    bench = replace(session().workbench, experiment=EXAMPLES[key].experiment)
    session().put(bench)
    session().opened = None
