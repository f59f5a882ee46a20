"""A predicted loss over the loss chart: a dashed line, fainter where it goes beyond what was run."""

from __future__ import annotations

from typing import Any

from lrcore.experiment import Experiment
from lrcore.figures.curves import label
from lrcore.figures.theme import color
from lrcore.prediction import Prediction
from lrcore.results.axes import AxisName, loss_axis

_DASH = "6px,4px"  # none of the plans' own


def predicted_traces(
    experiment: Experiment, prediction: Prediction, axis: AxisName = "updates"
) -> list[dict[str, Any]]:
    """Two lines, which meet: as far as the budget was run, and beyond it (empty if it goes no further).

    `experiment` is that in which the plan was moved.
    """
    if axis == "budget":  # known without the other plans'
        x: list[float] = prediction.budget.tolist()
    else:
        x = loss_axis(experiment, axis).at(prediction.plan, prediction.step)
    y = prediction.loss.tolist()
    last = int(prediction.known.sum())  # what was spent only grows
    parts = (("known", slice(0, last), 1.0), ("beyond", slice(max(0, last - 1), None), 0.45))
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "uid": f"predicted-{prediction.plan}-{part}",
            "name": f"{label(prediction.plan, experiment.plans[prediction.plan])} predicted",
            "meta": {"label": f"{prediction.plan + 1} predicted"},
            "legendgroup": str(prediction.plan),
            "showlegend": False,
            "x": x[where] if last < len(x) or part == "known" else [],
            "y": y[where] if last < len(y) or part == "known" else [],
            "line": {"color": color(prediction.plan), "dash": _DASH, "width": 3},
            "opacity": opacity,
            "hovertemplate": "%{y:.4g} predicted",
        }
        for part, where, opacity in parts
    ]
