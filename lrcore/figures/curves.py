"""The learning-rate chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lrcore.figures.style import Figure, layout, line
from lrcore.plan import Plan
from lrcore.sampling import Axes, sample


def label(index: int, plan: Plan) -> str:
    """`1 · StepLR`: how a plan is named in legends and tables."""
    kind = plan.schedule.kind
    return f"{index + 1} · {'constant' if kind == 'Constant' else kind}"


def lr_figure(plans: Sequence[Plan], steps: int, steps_per_epoch: int, *, log_y: bool, show_legend: bool = True) -> Figure:
    """Every plan's rate over the updates 0 .. steps - 1, each vertex exactly what trains."""
    traces: list[dict[str, Any]] = []
    for index, plan in enumerate(plans):
        x, y = sample(plan, steps, steps_per_epoch, axes=Axes(log_y=log_y))
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": label(index, plan),
                "x": x.tolist(),
                "y": [value if value > 0 or not log_y else None for value in y.tolist()],
                "line": line(index),
                "hovertemplate": "%{y:.4g}",
            }
        )
    return {
        "data": traces,
        "layout": layout(x_title="", y_title="learning rate", log_y=log_y, showlegend=show_legend, height=280)
        | {"xaxis": {"range": [0, steps], "title": {"text": ""}}},
    }
