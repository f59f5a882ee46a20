"""The loss chart: for each plan the median over seeds, a 10-90 % band, and a mark where seeds diverged.

At each update the lines are where a run that ended there would be said to end (the mean over the last 5 % of
the evaluations, `lrcore/results/comparison.py`), so chart, table and sentence say the same number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lrcore.figures.curves import label
from lrcore.figures.theme import Figure, color, layout, line, shade
from lrcore.plan import Plan
from lrcore.results.axes import LossAxis
from lrcore.results.comparison import final_count
from lrcore.results.events import NOT_DIVERGED, Floats, Ints, Progress, Split, split_name

TRACES_PER_PLAN = 4  # lower edge, upper edge, median, divergence marks
_INFINITE = 1e200  # stands for an infinite loss in quantiles, where infinity itself would turn into NaN
_CLIP = 1000.0  # times the first loss: beyond it a curve says only "diverged"


def loss_figure(
    plans: Sequence[Plan],
    steps: int,
    progress: Sequence[Progress],
    split: Split,
    axis: LossAxis | None = None,
) -> Figure:
    """The chart of the evaluations so far, over updates or another axis of the same experiment; with none,
    the empty axes that wait for them."""
    traces: list[dict[str, Any]] = []
    where = f"{axis.title} %{{x:.4g}}" if axis else "update %{x}"
    for index, plan in enumerate(plans):
        edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        marks = {
            "mode": "markers",
            "marker": {"symbol": "x", "size": 9, "color": color(index)},
            "showlegend": False,
        }
        own: list[dict[str, Any]] = [
            {"name": f"{index + 1} low", **edge},
            {"name": f"{index + 1} high", **edge, "fill": "tonexty", "fillcolor": shade(index)},
            {"name": label(index, plan), "mode": "lines", "line": line(index), "hovertemplate": "%{y:.4g}"},
            {"name": f"{index + 1} diverged", **marks, "hovertemplate": f"diverged at {where}"},
        ]
        traces += [{"type": "scatter", "legendgroup": str(index), "x": [], "y": [], **trace} for trace in own]
    for number, event in enumerate(progress):
        for part in extend(event, split, progress[:number], axis):
            traces[part["i"]]["x"] += part["x"]
            traces[part["i"]]["y"] += part["y"]
    whole = layout(
        x_title=axis.title if axis else "updates",
        y_title=f"{split_name(split)} loss",
        log_y=True,
        whole_x=axis is None or axis.whole,
        showlegend=False,
        height=360,
    )
    whole["xaxis"]["range"] = [0, axis.end if axis else steps]
    return {"data": traces, "layout": whole}


def extend(
    event: Progress, split: Split, told: Sequence[Progress], axis: LossAxis | None = None
) -> list[dict[str, Any]]:
    """One evaluation as points to append: `{"i": trace, "x": [...], "y": [...]}`; what is not finite is a
    gap.

    `told` are all evaluations before it: the first gives the scale at which a curve is clipped, and seeds
    that diverged since the last get a mark. Without `axis` the points lie over updates.
    """
    first, previous = (told[0], told[-1]) if told else (event, None)
    so_far = (*told, event)
    latest = [_losses(each, split) for each in so_far[-final_count(len(so_far)) :]]
    with np.errstate(invalid="ignore"):
        losses = np.mean(latest, axis=0)
    begin = _losses(first, split)
    ceiling = _CLIP * float(np.max(begin, where=np.isfinite(begin), initial=0.0)) or _INFINITE
    low, median, high = band(losses, event.diverged_at)
    parts = []
    for plan in range(len(median)):
        x = axis.at(plan, event.step, so_far) if axis else [event.step]
        for offset, value in enumerate((low[plan], high[plan], median[plan])):
            y = min(float(value), ceiling) if 0 < value < _INFINITE else None
            parts.append({"i": plan * TRACES_PER_PLAN + offset, "x": x, "y": [y]})
        known = set(previous.diverged_at[plan].tolist()) if previous else set()
        new = sorted(set(event.diverged_at[plan].tolist()) - known - {NOT_DIVERGED})
        if new:
            finite = begin[plan][np.isfinite(begin[plan])]
            # without a finite loss at the start the mark has no height of its own: 1 is in the picture
            top = float(finite.mean()) if len(finite) else 1.0
            marks = axis.at(plan, new, so_far) if axis else new
            parts.append({"i": plan * TRACES_PER_PLAN + 3, "x": marks, "y": [top] * len(new)})
    return parts


def _losses(event: Progress, split: Split) -> Floats:
    return event.train_loss if split == "train" else event.val_loss


def band(losses: Floats, diverged_at: Ints) -> tuple[Floats, Floats, Floats]:
    """(P, S) -> the 10 %, 50 % and 90 % quantiles (P,) over seeds, a diverged seed counting as infinitely
    bad."""
    values = np.where((diverged_at == NOT_DIVERGED) & np.isfinite(losses), losses, 1e6 * _INFINITE)
    low, median, high = np.quantile(values, (0.1, 0.5, 0.9), axis=1)
    return low, median, high
