"""Many plans over a whole run, however long it is: the chart of the Curves page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from lrcore.analysis import wrong_clock
from lrcore.analysis.run import Run
from lrcore.analysis.vertices import Axes, sample, ticks_apart
from lrcore.errors import PlanError
from lrcore.figures.curves import Curves, label
from lrcore.figures.theme import color, epochs_above, layout, line
from lrcore.plan import Plan
from lrcore.schedules import FeedbackSchedule

_POINTS_IN_ALL = 12_000  # over all plans: what a browser redraws ten times a second
_POINTS_MAX = 2000
# a log axis shows this much below the highest rate; a cosine's last rates would else leave no room for the
# rest
_DECADES = 6

Points = tuple[list[int], list[float]]
PointsOf = Callable[[Plan, Run, Axes, int, tuple[float, ...]], Points]


def curves_figure(
    plans: Sequence[Plan],
    horizon: Run,
    *,
    log_x: bool = False,
    log_y: bool = False,
    ghost: int | None = None,
    metric: tuple[float, ...] = (),
    points_of: PointsOf | None = None,
) -> Curves:
    """Every plan's rate over the updates of the horizon; each vertex is exactly what trains.

    `ghost` is the number of a plan that is drawn on the wrong clock too. A schedule with feedback follows
    `metric`, one number for each epoch, and is drawn as far as the metric goes. `points_of` computes the
    points of a plan in the place of `plan_points`.
    """
    points_of = points_of or plan_points
    axes = Axes(log_x=log_x, log_y=log_y)
    points = points_each(len(plans))
    traces: list[dict[str, Any]] = []
    missing: dict[int, str] = {}
    for index, plan in enumerate(plans):
        vertices: Points = ([], [])
        try:
            vertices = points_of(plan, horizon, axes, points, metric)
        except PlanError as error:
            missing[index] = str(error)
        traces.append(curve_trace(index, plan, vertices, log_y))
    if ghost is not None and ghost < len(plans) and ghost not in missing:
        with suppress(PlanError):  # a formula may have no rates there: then there is nothing to draw
            vertices = points_of(wrong_clock(plans[ghost]), horizon, axes, points, metric)
            traces.append(ghost_trace(ghost, plans[ghost], vertices, log_y))
    whole = layout(
        x_title="updates", y_title="learning rate", log_x=log_x, log_y=log_y, showlegend=len(plans) <= 8
    )
    whole["xaxis"] |= {"range": [0, math.log10(max(horizon.steps, 2))] if log_x else [0, horizon.steps]}
    whole["yaxis"] |= y_range(traces[: len(plans)], log_y)
    if horizon.steps_per_epoch > 1:
        epochs_above(whole)
    drawn = (index for index in range(len(plans)) if index not in missing)
    unseen = {index: note for index in drawn if (note := _unseen(plans[index], horizon))}
    return Curves({"data": traces, "layout": whole}, missing, unseen)


def _unseen(plan: Plan, horizon: Run) -> str:
    """What the curve of a rule may lack that is too long to be computed at each step; "" for all others."""
    ticks = horizon.ticks(plan.clock)
    if (apart := ticks_apart(plan.schedule, ticks)) <= 1:
        return ""
    noun = {"epoch": "epochs", "iteration": "updates"}[plan.clock]
    return (
        f"Its rule is long and so is the run: one in {apart} of {ticks:,} {noun} is computed, and what"
        " happens only between them is not drawn."
    )


def points_each(plans: int) -> int:
    """How many points each of so many curves may have."""
    return max(200, min(_POINTS_MAX, _POINTS_IN_ALL // max(1, plans)))


def plan_points(plan: Plan, horizon: Run, axes: Axes, points: int, metric: tuple[float, ...]) -> Points:
    """The vertices of one plan's curve. PlanError for a schedule with feedback and no metric."""
    if isinstance(plan.schedule, FeedbackSchedule):
        return _replayed(plan, plan.schedule, horizon, metric)
    steps, rates = sample(plan, horizon.steps, horizon.steps_per_epoch, max_points=points, axes=axes)
    return steps.tolist(), rates.tolist()


def _replayed(plan: Plan, schedule: FeedbackSchedule, horizon: Run, metric: tuple[float, ...]) -> Points:
    if not metric:
        raise PlanError(
            f"{plan.schedule.kind} follows a metric: give it a series of one number per epoch (Metric,"
            " below)."
        )
    stride = horizon.steps_per_epoch  # a metric comes once an epoch, whatever the plan's clock says
    rates = schedule.replay(metric, plan.base_lr)[: horizon.ticks("epoch")]
    starts = np.arange(len(rates)) * stride
    ends = np.minimum(starts + stride - 1, horizon.steps - 1)
    # Both ends of each tread; a tread of one update is a single point twice, which draws the same line.
    return np.column_stack([starts, ends]).ravel().tolist(), np.repeat(rates, 2).tolist()


def curve_trace(index: int, plan: Plan, points: Points, log_y: bool) -> dict[str, Any]:
    """The line of a plan through its points."""
    x, y = points
    return {
        "type": "scatter",
        "mode": "lines",
        "uid": f"plan-{index}",  # becomes part of a CSS selector when Plotly saves a picture: no blanks
        "name": label(index, plan),
        "x": x,
        "y": [value if value > 0 else None for value in y] if log_y else y,
        "line": line(index),
        "hovertemplate": "%{y:.4g}",
    }


def ghost_trace(index: int, plan: Plan, points: Points, log_y: bool) -> dict[str, Any]:
    """The line of a plan on the wrong clock, through the points that it has there."""
    return {
        **curve_trace(index, plan, points, log_y),
        "name": f"{label(index, plan)} per {wrong_clock(plan).clock}",
        "uid": "ghost",
        "opacity": 0.55,
        "line": {"color": color(index), "dash": "1px,3px", "width": 2},
    }


def y_range(traces: Sequence[dict[str, Any]], log_y: bool) -> dict[str, Any]:
    """What the vertical axis shows of these curves."""
    if not log_y:
        return {"rangemode": "tozero"}
    values = [value for trace in traces for value in trace["y"] if value]
    if not values:
        return {}
    top = math.log10(max(values))
    low = max(math.log10(min(values)), top - _DECADES)
    room = max(0.05 * (top - low), 0.05)
    return {"range": [low - room, top + room]}
