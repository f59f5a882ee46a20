"""One palette and one set of dashes: a plan keeps both on every page and in every export."""

from __future__ import annotations

from typing import Any

# Distinct under the common colour-vision deficiencies, and three to one or more against white and near-black;
# also in .streamlit/config.toml.
COLORS = ("#2b7bba", "#d55e00", "#009e73", "#b5539c", "#b98100", "#2a98cf", "#8a6a4f", "#7a7f87")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "5px,2px", "2px,4px")
Figure = dict[str, Any]


def color(plan: int) -> str:
    """The colour of plan number `plan` (from 0); after eight the colours come again with other dashes."""
    return COLORS[plan % len(COLORS)]


def dash(plan: int) -> str:
    return DASHES[(plan + plan // len(COLORS)) % len(DASHES)]


def line(plan: int, width: float = 2.0) -> dict[str, Any]:
    """Colour is never the only carrier: each plan has its dash too."""
    return {"color": color(plan), "dash": dash(plan), "width": width}


def shade(plan: int, alpha: float = 0.16) -> str:
    """The plan's colour, translucent, for a band."""
    value = color(plan).lstrip("#")
    red, green, blue = (int(value[i : i + 2], 16) for i in (0, 2, 4))
    return f"rgba({red},{green},{blue},{alpha})"


def legend_below(whole: Figure) -> Figure:
    """The layout with its legend below, where it can grow."""
    whole["legend"] = {**whole["legend"], "y": 0, "yref": "container", "yanchor": "bottom"}
    return whole


def epochs_above(whole: Figure) -> Figure:
    """The layout with room for the upper axis in epochs that a chart can have."""
    whole["margin"] = {**whole["margin"], "t": 52}
    return legend_below(whole)


_LOG_TICKS = {"tickformat": "~g"}  # without a format, Plotly shortens 0.05 to 5; where, says ticks.js


def layout(
    *,
    x_title: str,
    y_title: str,
    log_x: bool = False,
    log_y: bool = False,
    whole_x: bool = True,
    **extra: Any,
) -> dict[str, Any]:
    """The layout that the charts share. Colours of text, grid and paper come from the page's theme in the
    browser, and so do hover labels: charts with a common cursor have none beside its read-out.

    `whole_x` says that x counts whole things, such as updates: a cursor stops at these.
    """
    return {
        "margin": {"l": 76, "r": 26, "t": 10, "b": 42 if x_title else 24},
        "xaxis": {
            "title": {"text": x_title},
            "type": "log" if log_x else "linear",
            **({"hoverformat": ",d"} if whole_x else {}),
        },
        "yaxis": {
            "title": {"text": y_title},
            "type": "log" if log_y else "linear",
            **(_LOG_TICKS if log_y else {"nticks": 7, "exponentformat": "e"}),
        },
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        "uirevision": "constant",
        **extra,
    }
