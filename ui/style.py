"""The rules of `layout.css`, and the stroke that stands for a plan."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lrcore.figures.theme import color
from lrcore.values.limits import PLANS_MAX

_STROKES = "".join(f".st-key-open_{plan} {{ --stroke: {color(plan)}; }}\n" for plan in range(PLANS_MAX))
# They come with the page, before the first element: a script would send them when all stands already, and
# everything would move.
PAGE_CSS = (Path(__file__).parent / "layout.css").read_text(encoding="utf-8") + _STROKES


def unseen_heading(text: str) -> None:
    """A heading of the page's outline, for screen readers, where sighted people need none."""
    with st.container(
        key=f"unseen_{text.lower().replace(' ', '_')}"
    ):  # which needs no room before it is drawn
        st.html(f"<h2>{text}</h2>")


def swatch(plan: int, text: str) -> None:
    """A plan's name behind a stroke of its colour."""
    st.html(
        '<div style="display:flex;align-items:center;gap:.5rem;font-weight:600">'
        "<span"
        f' style="display:inline-block;width:1.6rem;height:.3rem;border-radius:.2rem;'
        f'background:{color(plan)}"></span>{text}</div>'
    )
