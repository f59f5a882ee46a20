"""The pictures of the convex bound: against the length of the cooldown, and the ways to go on with a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lrcore.analysis.bound.continuing import Way
from lrcore.analysis.bound.cooldown import FRACTIONS
from lrcore.analysis.bound.told import NAMES
from lrcore.analysis.run import Run
from lrcore.figures.theme import Figure, color, epochs_above, layout, legend_below, line
from lrcore.figures.whole_run import Points, curve_trace
from lrcore.plan import Plan


def cooldown_figure(linear: Sequence[float], root: Sequence[float], plans: dict[int, float]) -> Figure:
    """The bounds of both shapes at each of `FRACTIONS`, as multiples of that of a straight line to 0, with a
    level for each plan, by its number from 0."""
    best = linear[-1]
    share = [100 * fraction for fraction in FRACTIONS]
    traces = [
        _trace(
            "linear cooldown",
            "linear",
            share,
            [value / best for value in linear],
            {**line(7, 2.5), "dash": "solid"},
        ),
        _trace(
            "1-sqrt cooldown", "root", share, [value / best for value in root], {**line(7), "dash": "dot"}
        ),
    ]
    for number, value in plans.items():
        level = [value / best] * 2
        traces.append(_trace(f"plan {number + 1}", f"level-{number}", [0.0, 100.0], level, line(number, 1.5)))
    whole = layout(x_title="cooldown, % of the run", y_title="bound, straight line to 0 = 1", whole_x=False)
    whole["xaxis"]["range"] = [0, 100]
    return {"data": traces, "layout": legend_below(whole)}


def ways_figure(ways: Sequence[Way], points: Sequence[Points], ended: int, longer: Run) -> Figure:
    """The rates of each way over all updates, and where the shorter run ended."""
    traces = [
        _trace(NAMES[way.kind], way.kind, x, y, line(number))
        for number, (way, (x, y)) in enumerate(zip(ways, points, strict=True))
    ]
    whole = layout(x_title="updates", y_title="learning rate")
    whole["xaxis"]["range"] = [0, longer.steps]
    whole["yaxis"]["rangemode"] = "tozero"
    mark = {"type": "line", "x0": ended, "x1": ended, "yref": "paper", "y0": 0, "y1": 1}
    whole["shapes"] = [{**mark, "line": {"color": color(7), "width": 1, "dash": "dot"}}]
    below = epochs_above if longer.steps_per_epoch > 1 else legend_below
    return {"data": traces, "layout": below(whole)}


def sharing_figure(index: int, plan: Plan, made: Points, gets: Points, batches: float) -> Figure:
    """A plan over the batches that it was made for, and what is left of it where so many of them, on
    average, make an update: the points `gets` of the shorter run, each update as wide as its batches."""
    ghost = {
        **curve_trace(index, plan, gets, log_y=False),
        "x": [step * batches for step in gets[0]],
        "name": "shared: a step per update",
        "uid": "shared",
        "opacity": 0.8,
        "line": {"color": color(index), "dash": "4px,4px", "width": 2},
    }
    whole = layout(x_title=f"batches of one device ({batches:.4g} to an update)", y_title="learning rate")
    whole["yaxis"]["rangemode"] = "tozero"
    planned = {**curve_trace(index, plan, made, log_y=False), "name": "as planned: a step per batch"}
    return {"data": [planned, ghost], "layout": legend_below(whole)}


def _trace(
    name: str, uid: str, x: Sequence[float], y: Sequence[float], style: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "uid": uid,
        "x": list(x),
        "y": list(y),
        "line": style,
        "hovertemplate": "%{y:.4g}",
    }
