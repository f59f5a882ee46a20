"""The final loss of each plan over its base rates: a bowl with its best, and how that is judged, marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lrcore.figures.curves import label
from lrcore.figures.theme import Figure, color, layout, legend_below, line, shade
from lrcore.plan import Plan
from lrcore.results.events import Floats
from lrcore.tuning import Bowl

_ABOVE = 1.6  # times the highest loss: the line on which the rates stand at which most seeds diverge


def bowls_figure(plans: Sequence[Plan], bowls: Sequence[Bowl], y_title: str) -> Figure:
    """Over the highest rate of the run: of each plan the median over the seeds for picking with a 10-90 %
    band, a ring around its best, a diamond at the loss that the other seeds have there, and crosses where
    most seeds diverge."""
    ceiling = _ABOVE * max((_highest(bowl) for bowl in bowls), default=1.0)
    traces = [
        trace for index, bowl in enumerate(bowls) for trace in _traces(index, plans[index], bowl, ceiling)
    ]
    whole = layout(x_title="highest rate of the run", y_title=y_title, log_x=True, log_y=True, whole_x=False)
    whole["hovermode"] = "closest"
    whole["xaxis"] |= _ticks([bowl.rate(power) for bowl in bowls for power in bowl.powers])
    return {"data": traces, "layout": legend_below(whole)}


def _traces(index: int, plan: Plan, bowl: Bowl, ceiling: float) -> list[dict[str, Any]]:
    low, median, high = np.array(
        [_quantiles(bowl.losses[power], ceiling) for power in bowl.powers]
    ).T.reshape(3, -1)
    rates = [bowl.rate(power) for power in bowl.powers]
    lost = [rate for rate, power in zip(rates, bowl.powers, strict=True) if math.isinf(bowl.median(power))]
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    at_best = [] if not bowl.losses or math.isinf(bowl.median(bowl.best)) else [bowl.best]
    judged = [power for power in at_best if math.isfinite(bowl.fresh_median)]
    seen = [value if value < ceiling else None for value in median.tolist()]
    parts: dict[str, dict[str, Any]] = {
        "low": {**edge, "x": rates, "y": low.tolist()},
        "high": {**edge, "x": rates, "y": high.tolist(), "fill": "tonexty", "fillcolor": shade(index, 0.1)},
        "median": {
            "mode": "lines+markers",
            "line": line(index),
            "marker": {"color": color(index), "size": 5},
            "x": rates,
            "y": seen,
            "hovertemplate": "rate %{x:.3g}: %{y:.3g}",
            "name": label(index, plan),
        },
        "best": {
            "mode": "markers",
            "marker": {"symbol": "circle-open", "size": 13, "color": color(index), "line": {"width": 2.5}},
            "x": [bowl.rate(power) for power in at_best],
            "y": [bowl.median(power) for power in at_best],
            "hovertemplate": "best rate %{x:.3g}: %{y:.3g}",
            "showlegend": False,
        },
        "judged": {
            "mode": "markers",
            "marker": {"symbol": "diamond", "size": 9, "color": color(index)},
            "x": [bowl.rate(power) for power in judged],
            "y": [bowl.fresh_median for _ in judged],
            "hovertemplate": "on the other seeds, at %{x:.3g}: %{y:.3g}",
            "showlegend": False,
        },
        "diverged": {
            "mode": "markers",
            "marker": {"symbol": "x", "size": 9, "color": color(index)},
            "x": lost,
            "y": [ceiling] * len(lost),
            "hovertemplate": "rate %{x:.3g}: most seeds diverge",
            "showlegend": False,
        },
    }
    return [
        {
            "type": "scatter",
            "uid": f"bowl-{index}-{part}",
            "legendgroup": str(index),
            "name": f"{label(index, plan)} {part}",
            **trace,
        }
        for part, trace in parts.items()
    ]


def _ticks(rates: Sequence[float]) -> dict[str, Any]:
    """1, 2 and 5 of each decade; over more than two decades 1 and 3, over more than four 1: a phone has room
    for these."""
    seen = [rate for rate in rates if rate > 0] or [1.0]
    low, high = min(seen), max(seen)
    digits = (1,) if high > 1e4 * low else (1, 3) if high > 100 * low else (1, 2, 5)
    decades = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    values = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
    return {"tickvals": values, "ticktext": [f"{value:g}" for value in values]}


def _quantiles(losses: Floats, ceiling: float) -> list[float]:
    """10, 50 and 90 % over the seeds, cut at the ceiling: infinities would turn into NaN between them."""
    return [float(value) for value in np.quantile(np.minimum(losses, ceiling), (0.1, 0.5, 0.9))]


def _highest(bowl: Bowl) -> float:
    finite = [float(losses[np.isfinite(losses)].max(initial=0.0)) for losses in bowl.losses.values()]
    return max(finite, default=0.0) or 1.0
