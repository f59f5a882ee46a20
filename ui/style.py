"""The rules of `layout.css` on the page, and the stroke that stands for a plan."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lrcore.figures.theme import color
from lrcore.values.limits import PLANS_MAX

_LAYOUT = (Path(__file__).parent / "layout.css").read_text(encoding="utf-8")
_STROKES = "".join(f".st-key-open_{plan} {{ --stroke: {color(plan)}; }}\n" for plan in range(PLANS_MAX))


def page_style() -> None:
    """Add the rules to the page."""
    st.html(f"<style>\n{_LAYOUT}{_STROKES}</style>")


def swatch(plan: int, text: str) -> None:
    """A plan's name behind a stroke of its colour."""
    st.html(
        '<div style="display:flex;align-items:center;gap:.5rem;font-weight:600">'
        "<span"
        f' style="display:inline-block;width:1.6rem;height:.3rem;border-radius:.2rem;'
        f'background:{color(plan)}"></span>{text}</div>'
    )
