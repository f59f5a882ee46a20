"""The points of a piecewise plan as a table, and the metric that a plan with feedback listens to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from lrcore.errors import PlanError
from lrcore.horizon import METRIC_MAX, metric_text, read_metric
from lrcore.plan import Plan
from lrcore.schedules import FEEDBACK
from lrcore.schedules.piecewise import Piecewise, Point
from ui import engine, workbench
from ui.curves import plans as many
from ui.workbench import Workbench, edit_curves, picked, synced

_POINTS = 9  # of a plan that becomes a table


def points_editor(bench: Workbench) -> None:
    """The edited plan's points, or the offer to make it a table of points."""
    index = many.edited(bench)
    plan = bench.experiment.plans[index]
    if not isinstance(plan.schedule, Piecewise):
        st.caption(f"{many.names(bench.experiment.plans)[index]} is a formula. As a table of points it can be drawn by hand.")
        st.button(
            f"Make plan {index + 1} a table of points",
            icon=":material/table_rows:",
            key="points_make",
            on_click=_make,
            args=(index,),
            disabled=plan.schedule.kind in FEEDBACK,
        )
        workbench.show_error("points")
        return
    table = pd.DataFrame(list(plan.schedule.points), columns=[plan.clock, "lr"])
    key = workbench.key(f"points_{index}_{st.session_state.get('points_turn', 0)}")
    st.data_editor(
        table,
        key=key,
        num_rows="dynamic",
        hide_index=True,
        height=300,
        column_config={
            plan.clock: st.column_config.NumberColumn(f"{plan.clock}", min_value=0.0, format="%g"),
            "lr": st.column_config.NumberColumn("lr", min_value=0.0, format="%g"),
        },
        on_change=_edited_points,
        args=(index, key, plan.clock),
    )
    workbench.show_error("points")


def changed_points(points: tuple[Point, ...], change: Mapping[str, Any], clock: str) -> tuple[Point, ...]:
    """Points after what a data editor says was edited, added and deleted; sorted by step, rows that are not complete left out."""
    rows: list[list[Any]] = [list(point) for point in points]
    for row, cells in change.get("edited_rows", {}).items():
        for place, name in enumerate((clock, "lr")):
            if name in cells:
                rows[int(row)][place] = cells[name]
    gone = {int(row) for row in change.get("deleted_rows", ())}
    kept = [row for number, row in enumerate(rows) if number not in gone]
    kept += [[cells.get(clock), cells.get("lr")] for cells in change.get("added_rows", ())]
    whole = [(float(step), float(rate)) for step, rate in kept if step is not None and rate is not None]
    return tuple(sorted(whole, key=lambda point: point[0]))


def _edited_points(index: int, key: str, clock: str) -> None:
    change = st.session_state.get(key)
    if not isinstance(change, Mapping):
        return

    def use(bench: Workbench) -> Workbench:
        plan = bench.experiment.plans[index]
        if not isinstance(plan.schedule, Piecewise):
            raise PlanError(f"Plan {index + 1} is no table of points any more.")
        schedule = plan.schedule.replace("points", changed_points(plan.schedule.points, change, clock))
        return many.with_plan(bench, index, Plan(base_lr=plan.base_lr, schedule=schedule, clock=plan.clock))

    workbench.edit("points", use)
    half_done = any(len([cell for cell in row.values() if cell is not None]) < 2 for row in change.get("added_rows", ()))
    if not workbench.error("points") and not half_done:  # a new editor: the old one would apply its changes again
        st.session_state["points_turn"] = st.session_state.get("points_turn", 0) + 1


def _make(index: int) -> None:
    def change(bench: Workbench) -> Workbench:
        plan, horizon = bench.experiment.plans[index], bench.horizon
        stride = horizon.steps_per_epoch if plan.clock == "epoch" else 1
        ticks = np.unique(np.linspace(0, horizon.ticks(plan.clock) - 1, _POINTS).astype(np.int64))
        rates = plan.lr(ticks * stride, horizon.steps_per_epoch)
        points = tuple((float(tick), float(f"{rate:.6g}")) for tick, rate in zip(ticks, rates, strict=True))
        return many.with_plan(bench, index, Plan(base_lr=plan.base_lr, schedule=Piecewise(points=points), clock=plan.clock))

    before = workbench.current()
    workbench.edit("points", change)
    if not workbench.error("points"):
        after = workbench.current()
        st.session_state["workbench"] = before
        workbench.put(after, undoable=True)


def metric_editor(bench: Workbench) -> None:
    """The series that plans with feedback follow: pasted, edited as points, or taken from the Playground's last run."""
    metric = bench.curves.metric
    st.text_area(
        "metric, one number per epoch",
        key=synced("metric", metric_text(metric)),
        on_change=_set_metric,
        height=110,
        placeholder="2.3, 1.9, 1.7, 1.7, 1.7, 1.6",
        help=f"Up to {METRIC_MAX:,} numbers, for plans such as ReduceLROnPlateau. Press Ctrl+Enter.",
    )
    workbench.show_error("metric")
    with st.container(horizontal=True, gap="small"):
        st.button("Take the last run's validation loss", key="metric_run", on_click=_take_run, help="From the Playground.")
        st.button("A loss that stalls twice", key="metric_example", on_click=_take_example)
    key = workbench.key(f"metric_points_{st.session_state.get('points_turn', 0)}")
    table = pd.DataFrame({"metric": list(metric)}, dtype=float)
    st.data_editor(table, key=key, num_rows="dynamic", height=220, on_change=_edited_metric, args=(key,))


def run_losses(history: Any, steps_per_epoch: int) -> tuple[float, ...]:
    """The mean validation loss over all members that have one, at the end of each epoch of a run."""
    losses = np.nanmean(np.where(np.isfinite(history.val_loss), history.val_loss, np.nan).reshape(len(history.step), -1), axis=1)
    known = np.isfinite(losses)
    ends = np.arange(steps_per_epoch, int(history.step[-1]) + 1, steps_per_epoch)[:METRIC_MAX]
    return tuple(float(f"{value:.6g}") for value in np.interp(ends, np.asarray(history.step)[known], losses[known]))


def _set_metric() -> None:
    text = picked("metric")
    if text is not None:
        workbench.edit("metric", lambda bench: workbench.with_curves(bench, metric=read_metric(text)))
        st.session_state["points_turn"] = st.session_state.get("points_turn", 0) + 1


def _edited_metric(key: str) -> None:
    change = st.session_state.get(key)
    if not isinstance(change, Mapping):
        return
    values: list[Any] = list(workbench.current().curves.metric)
    for row, cells in change.get("edited_rows", {}).items():
        values[int(row)] = cells.get("metric")
    gone = {int(row) for row in change.get("deleted_rows", ())}
    values = [value for number, value in enumerate(values) if number not in gone]
    values += [cells.get("metric") for cells in change.get("added_rows", ())]
    edit_curves("metric", metric=tuple(float(value) for value in values if value is not None)[:METRIC_MAX])
    st.session_state["points_turn"] = st.session_state.get("points_turn", 0) + 1


def _take_run() -> None:
    job = engine.board().job(st.session_state.get("job", ""))
    if job is None or job.history is None:
        workbench.refuse("metric", "There is no finished run yet. Open the Playground, let it train, and come back.")
        return
    edit_curves("metric", metric=run_losses(job.history, job.experiment.steps_per_epoch))
    workbench.renew()


def _take_example() -> None:
    falls = [round(0.3 + 2.0 * 0.75**epoch, 3) for epoch in range(12)]
    edit_curves("metric", metric=(*falls, *[0.36] * 16, *[0.2] * 4, *[0.21] * 16))
    workbench.renew()
