"""The points of a piecewise plan as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import FEEDBACK
from lrcore.schedules.piecewise import Piecewise, Point
from ui.curves import plans as many
from ui.session import workbench
from ui.session.workbench import Workbench

_POINTS = 9  # of a plan that becomes a table


def points_editor(bench: Workbench) -> None:
    """The edited plan's points, or the offer to make it a table of points."""
    index = many.edited(bench)
    plan = bench.experiment.plans[index]
    if not isinstance(plan.schedule, Piecewise):
        st.caption(
            f"{many.names(bench.experiment.plans)[index]} is a formula. As a table of points each of its"
            " rates can be set by hand."
        )
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
    """Points after what a data editor says was edited, added and deleted; sorted by step, rows that are not
    complete left out."""
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
    half_done = any(
        len([cell for cell in row.values() if cell is not None]) < 2 for row in change.get("added_rows", ())
    )
    if (
        not workbench.error("points") and not half_done
    ):  # a new editor: the old one would apply its changes again
        st.session_state["points_turn"] = st.session_state.get("points_turn", 0) + 1


def _make(index: int) -> None:
    def change(bench: Workbench) -> Workbench:
        plan, horizon = bench.experiment.plans[index], bench.horizon
        ticks = np.unique(np.linspace(0, horizon.ticks(plan.clock) - 1, _POINTS).astype(np.int64))
        rates = plan.lr(ticks * horizon.stride(plan.clock), horizon.steps_per_epoch)
        points = tuple((float(tick), float(f"{rate:.6g}")) for tick, rate in zip(ticks, rates, strict=True))
        return many.with_plan(
            bench, index, Plan(base_lr=plan.base_lr, schedule=Piecewise(points=points), clock=plan.clock)
        )

    before = workbench.current()
    workbench.edit("points", change)
    if not workbench.error("points"):
        after = workbench.current()
        st.session_state["workbench"] = before
        workbench.put(after, undoable=True)
