"""The points of a piecewise plan as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from lrcore.analysis.as_points import AsPoints
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules.piecewise import Piecewise, Point
from ui.curves import plan_list
from ui.plan_card.fields import with_schedule
from ui.server import offload
from ui.session.session import session
from ui.session.widgets import renew_table, show_error, show_said, table_change, table_key
from ui.session.workbench import Workbench


def points_editor(bench: Workbench) -> None:
    """The edited plan's points, or the offer to make it a table of points."""
    index = plan_list.edited(bench)
    plan = bench.experiment.plans[index]
    if not isinstance(plan.schedule, Piecewise):
        st.caption(
            f"{plan_list.names(bench.experiment.plans)[index]} is a formula. As a table of points each of its"
            " rates can be set by hand."
        )
        st.button(
            f"Make plan {index + 1} a table of points",
            icon=":material/table_rows:",
            key="points_make",
            on_click=_make,
            args=(index,),
            disabled=plan.schedule.listens,
        )
        show_error("points")
        return
    show_said("points")
    table = pd.DataFrame(list(plan.schedule.points), columns=[plan.clock, "lr"])
    st.data_editor(
        table,
        key=table_key(_field(index)),
        num_rows="dynamic",
        hide_index=True,
        height=300,
        column_config={
            plan.clock: st.column_config.NumberColumn(f"{plan.clock}", min_value=0.0, format="%g"),
            "lr": st.column_config.NumberColumn("lr", min_value=0.0, format="%g"),
        },
        on_change=_edited_points,
        args=(index, plan.clock),
    )
    show_error("points")


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


def _field(index: int) -> str:
    return f"points_{index}"


def _edited_points(index: int, clock: str) -> None:
    change = table_change(_field(index))
    if not change:
        return

    def use(bench: Workbench) -> Workbench:
        plan = bench.experiment.plans[index]
        if not isinstance(plan.schedule, Piecewise):
            raise PlanError(f"Plan {index + 1} is no table of points any more.")
        schedule = plan.schedule.replace("points", changed_points(plan.schedule.points, change, clock))
        return plan_list.changed(bench, index, with_schedule(plan, schedule))

    session().edit("points", use)
    half_done = any(
        len([cell for cell in row.values() if cell is not None]) < 2 for row in change.get("added_rows", ())
    )
    if not session().error("points") and not half_done:
        renew_table(_field(index))


def _make(index: int) -> None:
    said = ""

    def change(bench: Workbench) -> Workbench:
        nonlocal said
        plan = bench.experiment.plans[index]
        made = offload.as_points(plan, bench.horizon, session().owner)
        said = _said(index, plan, made)
        return plan_list.changed(bench, index, made.plan)

    session().edit("points", change, fresh=True)
    if not session().error("points"):
        session().say("points", said)


def _said(index: int, before: Plan, made: AsPoints) -> str:
    """How the table stands to the plan that it was made from."""
    count = len(made.plan.schedule.points) if isinstance(made.plan.schedule, Piecewise) else 0
    same = "on the same curve" if made.off < 1e-9 else (
        f"which leave the curve by at most {100 * made.off:.2g} % of its highest rate"
    )  # fmt: skip
    momentum = " It leaves the momentum alone." if before.schedule.momentum(0) is not None else ""
    return f"Plan {index + 1} is a table of {count} points now, {same}.{momentum}"
