"""A pad on which a series is drawn with the mouse, a finger or the arrow keys: one number for each of 1, 2,
..., length.

The line follows the hand in the browser; what was drawn reaches Python when the hand lets go, as one list of
numbers. A stroke replaces the numbers that it passes over. One that begins behind the end of the series fills
the gap with a straight line, and one on an empty pad begins at 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import streamlit as st

from ui.components.state import as_sent, state_value
from ui.server.assets import inline_loader

_mount = st.components.v2.component(
    "lrlab_series_pad", js=inline_loader("series_pad/frontend/main.js"), isolate_styles=False
)


def series_pad(
    values: Sequence[float],
    *,
    key: str,
    length: int,
    label: str,
    unit: str,
    height: int = 180,
    on_draw: Callable[[tuple[float, ...]], None] | None = None,
) -> None:
    """Show a series and let it be drawn.

    Args:
        values: the numbers, at most `length` of them.
        key: identity of the element; it stays mounted, and keeps focus, for as long as the key is rendered.
        length: how far the pad reaches.
        label: what the numbers are, as the pad's accessible name.
        unit: what is counted along the pad, such as "epoch".
        height: in pixels.
        on_draw: called with all numbers after a stroke, before the script (or the fragment) runs.
    """

    def report() -> None:
        drawn = _read(state_value(key, "drawn"), length)
        if on_draw is not None and drawn:
            on_draw(drawn)

    data = {"values": list(values), "length": length, "label": label, "unit": unit, "height": height}
    _mount(key=key, data=as_sent(data), on_drawn_change=report)


def _read(sent: object, length: int) -> tuple[float, ...]:
    """The numbers that a browser sent, which is not trusted to have sent any; () for anything else."""
    if not isinstance(sent, list | tuple) or len(sent) > length:
        return ()
    numbers = [
        float(value)
        for value in sent
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    ]
    return tuple(numbers) if len(numbers) == len(sent) else ()
