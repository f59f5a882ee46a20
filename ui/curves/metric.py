"""The metric that a plan with feedback listens to: drawn, pasted, edited as numbers, or taken from the last
run."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from lrcore.results.history import epoch_losses
from lrcore.text.series import METRIC_MAX, metric_text, read_metric
from ui.components import series_pad
from ui.server import engine
from ui.session.session import session
from ui.session.widgets import picked, renew_table, show_error, synced, table_change, table_key
from ui.session.workbench import Workbench, with_curves

_TABLE = "metric_points"


def metric_editor(bench: Workbench) -> None:
    """The series that plans with feedback follow, in every way in which it can be given."""
    metric = bench.curves.metric
    st.caption("Draw what the schedule is to listen to, one number per epoch; arrow keys do it too.")
    length = min(max(len(metric), bench.horizon.ticks("epoch"), 2), METRIC_MAX)
    series_pad(metric, key="metric_pad", length=length, label="metric by epoch", unit="epoch", on_draw=_put)
    st.text_area(
        "metric, one number per epoch",
        key=synced("metric", metric_text(metric)),
        on_change=_set_metric,
        height=110,
        placeholder="2.3, 1.9, 1.7, 1.7, 1.7, 1.6",
        help=f"Up to {METRIC_MAX:,} numbers, for plans such as ReduceLROnPlateau. Press Ctrl+Enter.",
    )
    show_error("metric")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Take the last run's validation loss",
            key="metric_run",
            on_click=_take_run,
            help="From the Playground.",
        )
        st.button("A loss that stalls twice", key="metric_example", on_click=_take_example)
        st.button("Clear", key="metric_clear", on_click=_put, args=((),), disabled=not metric)
    st.data_editor(
        pd.DataFrame({"metric": list(metric)}, dtype=float),
        key=table_key(_TABLE),
        num_rows="dynamic",
        height=220,
        on_change=_edited_metric,
    )


def _put(metric: tuple[float, ...]) -> None:
    """Another series as a whole, which can be undone."""
    session().edit("metric", lambda bench: with_curves(bench, metric=metric), fresh=True)


def _set_metric() -> None:
    text = picked("metric")
    if text is not None:
        session().edit("metric", lambda bench: with_curves(bench, metric=read_metric(text)))
        renew_table(_TABLE)


def _edited_metric() -> None:
    change = table_change(_TABLE)
    if not change:
        return
    values: list[Any] = list(session().workbench.curves.metric)
    for row, cells in change.get("edited_rows", {}).items():
        if cells.get("metric") is not None:  # an emptied cell is no epoch less
            values[int(row)] = cells["metric"]
    gone = {int(row) for row in change.get("deleted_rows", ())}
    values = [value for number, value in enumerate(values) if number not in gone]
    values += [cells.get("metric") for cells in change.get("added_rows", ())]
    metric = tuple(float(value) for value in values if value is not None)
    session().edit_curves("metric", metric=metric[:METRIC_MAX])
    renew_table(_TABLE)


def _take_run() -> None:
    job = engine.board().job(session().shown_job)
    if job is None or job.history is None:
        session().refuse(
            "metric", "There is no finished run yet. Open the Playground, let it train, and come back."
        )
        return
    _put(epoch_losses(job.history, job.experiment.steps_per_epoch, METRIC_MAX))


def _take_example() -> None:
    falls = [round(0.3 + 2.0 * 0.75**epoch, 3) for epoch in range(12)]
    _put((*falls, *[0.36] * 16, *[0.2] * 4, *[0.21] * 16))
