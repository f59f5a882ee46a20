"""A predicted loss over the loss chart: a dashed line, fainter where it goes beyond what was run."""

from __future__ import annotations

from typing import Any

from lrcore.figures.curves import label
from lrcore.figures.theme import color
from lrcore.plan import Plan
from lrcore.prediction import Prediction
from lrcore.results.axes import LossAxis

_DASH = "6px,4px"  # none of the plans' own


def predicted_traces(
    plan: Plan, prediction: Prediction, axis: LossAxis | None = None
) -> list[dict[str, Any]]:
    """Two lines, which meet: as far as the budget was run, and beyond it (empty if it goes no further).

    `axis` is one of the experiment that the plan was moved in; without it the lines lie over updates.
    """
    steps = prediction.step
    x = axis.at(prediction.plan, steps) if axis else steps.tolist()
    y = prediction.loss.tolist()
    last = int(prediction.known.sum())  # what was spent only grows
    parts = (("known", slice(0, last), 1.0), ("beyond", slice(max(0, last - 1), None), 0.45))
    name = f"{label(prediction.plan, plan)} predicted"
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "uid": f"predicted-{prediction.plan}-{part}",
            "name": name,
            "legendgroup": str(prediction.plan),
            "showlegend": False,
            "x": x[where] if last < len(x) or part == "known" else [],
            "y": y[where] if last < len(y) or part == "known" else [],
            "line": {"color": color(prediction.plan), "dash": _DASH, "width": 2},
            "opacity": opacity,
            "hovertemplate": "%{y:.4g} predicted",
        }
        for part, where, opacity in parts
    ]
