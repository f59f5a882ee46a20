"""The learning-rate chart, and the momentum's below it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lrcore.analysis.vertices import Axes, sample, sample_momentum
from lrcore.errors import PlanError
from lrcore.figures.theme import Figure, layout, line
from lrcore.plan import Plan
from lrcore.results.axes import LossAxis
from lrcore.results.events import Floats, History, Ints
from lrcore.schedules.constant import Constant

SampleOf = Callable[[Plan, int, int, Axes], tuple[Ints, Floats]]
MomentumOf = Callable[[Plan, int, int], tuple[Ints, Floats] | None]


@dataclass(frozen=True)
class Curves:
    """The figure, a sentence for each plan (by number from 0) that has no curve, and one for each whose curve
    may lack something."""

    figure: Figure
    missing: dict[int, str]
    unseen: dict[int, str] = field(default_factory=dict)


def label(index: int, plan: Plan) -> str:
    """`1 · StepLR`, `2 · constant 0.3`: how a plan is named in legends and tables."""
    constant = isinstance(plan.schedule, Constant)
    return f"{index + 1} · {f'constant {plan.base_lr:.4g}' if constant else plan.schedule.kind}"


def lr_figure(
    plans: Sequence[Plan],
    steps: int,
    steps_per_epoch: int,
    *,
    log_y: bool,
    show_legend: bool = True,
    applied: Mapping[int, Floats] | None = None,
    sample_of: SampleOf | None = None,
    axis: LossAxis | None = None,
    x_title: str = "",
) -> Curves:
    """Every plan's rate over the updates 0 .. steps - 1, each vertex exactly what trains.

    They lie over the updates or over `axis`, which stands untitled above that of the losses, or over the
    updates with a title of their own.

    A plan whose schedule listens has no curve of its own: it is drawn from `applied`, the rates of its
    updates by the plan's index (see `median_rate`), and not at all without them. `sample_of` computes in the
    place of `sample`.
    """
    traces: list[dict[str, Any]] = []
    missing: dict[int, str] = {}
    for index, plan in enumerate(plans):
        try:
            if applied and index in applied:
                trace = rate_trace(
                    index, plan, steps, steps_per_epoch, log_y=log_y, applied=applied[index], axis=axis
                )
            else:
                trace = rate_trace(
                    index, plan, steps, steps_per_epoch, log_y=log_y, sample_of=sample_of, axis=axis
                )
        except PlanError as error:  # a formula without a value somewhere
            missing[index] = str(error)
            trace = _trace(index, plan, *_corners(np.empty(0)))
        traces.append(trace)
    whole = layout(
        x_title=x_title,
        y_title="learning rate",
        log_y=log_y,
        whole_x=axis is None or axis.whole,
        showlegend=show_legend,
        height=280,
    )
    whole["xaxis"] |= {"range": [0, axis.end if axis else steps], "automargin": False}
    if not log_y:
        whole["yaxis"]["rangemode"] = "tozero"
    return Curves({"data": traces, "layout": whole}, missing)


def rate_trace(
    index: int,
    plan: Plan,
    steps: int,
    steps_per_epoch: int,
    *,
    log_y: bool,
    applied: Floats | None = None,
    sample_of: SampleOf | None = None,
    axis: LossAxis | None = None,
) -> dict[str, Any]:
    """One plan's curve of `lr_figure`. PlanError for a formula without a value somewhere."""
    if plan.schedule.listens:
        x, y = _corners(np.empty(0) if applied is None else applied)
    else:
        x, y = (sample_of or _sample)(plan, steps, steps_per_epoch, Axes(log_y=log_y))
    return _trace(index, plan, x, np.where(y > 0, y, np.nan) if log_y else y, axis)


def momentum_figure(
    plans: Sequence[Plan],
    steps: int,
    steps_per_epoch: int,
    *,
    sample_of: MomentumOf = sample_momentum,
    axis: LossAxis | None = None,
) -> Figure | None:
    """The momentum (beta1 for Adam) that plans set, over the same axis; None if none of them drives it.

    `sample_of` computes in the place of `sample_momentum`.
    """
    made = [
        momentum_trace(index, plan, steps, steps_per_epoch, sample_of, axis)
        for index, plan in enumerate(plans)
    ]
    traces = [trace for trace in made if trace is not None]
    if not traces:
        return None
    whole_x = axis is None or axis.whole
    whole = layout(x_title="", y_title="momentum", whole_x=whole_x, showlegend=False, height=150)
    whole["xaxis"]["range"] = [0, axis.end if axis else steps]
    return {"data": traces, "layout": whole}


def momentum_trace(
    index: int,
    plan: Plan,
    steps: int,
    steps_per_epoch: int,
    sample_of: MomentumOf = sample_momentum,
    axis: LossAxis | None = None,
) -> dict[str, Any] | None:
    """One plan's curve of `momentum_figure`; None if it leaves the momentum alone."""
    points = sample_of(plan, steps, steps_per_epoch)
    return None if points is None else _trace(index, plan, *points, axis)


def median_rate(history: History, plan: int) -> Floats:
    """The rate of each update of a plan that was run, (N,): the median over the seeds that had not diverged,
    up to the last of them."""
    rates = history.applied_lr[:, plan]
    rates = rates[np.isfinite(rates).any(axis=1)]
    return np.asarray(np.nanmedian(rates, axis=1)) if len(rates) else np.empty(0)


def _sample(plan: Plan, steps: int, steps_per_epoch: int, axes: Axes) -> tuple[Ints, Floats]:
    return sample(plan, steps, steps_per_epoch, axes=axes)


def _corners(rates: Floats) -> tuple[Ints, Floats]:
    """A staircase by the first and the last update of each tread."""
    if not len(rates):
        return np.empty(0, np.int64), rates
    jumps = np.flatnonzero(np.diff(rates)) + 1
    x = np.unique(np.concatenate([[0, len(rates) - 1], jumps - 1, jumps])).astype(np.int64)
    return x, rates[x]


def _trace(index: int, plan: Plan, x: Ints, y: Floats, axis: LossAxis | None = None) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "uid": f"plan-{index}",
        "name": label(index, plan),
        "legendgroup": str(index),
        "x": axis.at(index, x) if axis else x.tolist(),
        "y": [value if math.isfinite(value) else None for value in y.tolist()],
        "line": line(index),
        "hovertemplate": "%{y:.4g}",
    }
