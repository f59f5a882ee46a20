"""A table of results, and how a loss stands in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st


def results_table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
    """Draw it as HTML: for `st.table` a browser loads and compiles 0.9 MB of scripts that nothing else needs.
    The first cell of a row is its name."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for name, *cells in rows
    )
    st.html(f'<table class="lr-results"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def loss_text(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "diverged"
