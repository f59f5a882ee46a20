"""The metric that a plan with feedback listens to: drawn, pasted, edited as numbers, or taken from the last
run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from lrcore.results.history import epoch_losses
from lrcore.text.series import METRIC_MAX, metric_text, read_metric
from ui.components import series_pad
from ui.server import engine
from ui.session import workbench
from ui.session.workbench import Workbench, edit_curves, picked, synced


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
    workbench.show_error("metric")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Take the last run's validation loss",
            key="metric_run",
            on_click=_take_run,
            help="From the Playground.",
        )
        st.button("A loss that stalls twice", key="metric_example", on_click=_take_example)
        st.button("Clear", key="metric_clear", on_click=_put, args=((),), disabled=not metric)
    key = workbench.key(f"metric_points_{st.session_state.get('metric_turn', 0)}")
    table = pd.DataFrame({"metric": list(metric)}, dtype=float)
    st.data_editor(table, key=key, num_rows="dynamic", height=220, on_change=_edited_metric, args=(key,))


def _put(metric: tuple[float, ...]) -> None:
    """Another series as a whole, which can be undone."""
    workbench.edit("metric", lambda bench: workbench.with_curves(bench, metric=metric), undoable=True)


def _new_table() -> None:
    """A new editor of the numbers: the old one would apply its changes again."""
    st.session_state["metric_turn"] = st.session_state.get("metric_turn", 0) + 1


def _set_metric() -> None:
    text = picked("metric")
    if text is not None:
        workbench.edit("metric", lambda bench: workbench.with_curves(bench, metric=read_metric(text)))
        _new_table()


def _edited_metric(key: str) -> None:
    change = st.session_state.get(key)
    if not isinstance(change, Mapping):
        return
    values: list[Any] = list(workbench.current().curves.metric)
    for row, cells in change.get("edited_rows", {}).items():
        values[int(row)] = (
            values[int(row)] if cells.get("metric") is None else cells["metric"]
        )  # an emptied cell is no epoch less
    gone = {int(row) for row in change.get("deleted_rows", ())}
    values = [value for number, value in enumerate(values) if number not in gone]
    values += [cells.get("metric") for cells in change.get("added_rows", ())]
    edit_curves("metric", metric=tuple(float(value) for value in values if value is not None)[:METRIC_MAX])
    _new_table()


def _take_run() -> None:
    job = engine.board().job(st.session_state.get("job", ""))
    if job is None or job.history is None:
        workbench.refuse(
            "metric", "There is no finished run yet. Open the Playground, let it train, and come back."
        )
        return
    _put(epoch_losses(job.history, job.experiment.steps_per_epoch, METRIC_MAX))


def _take_example() -> None:
    falls = [round(0.3 + 2.0 * 0.75**epoch, 3) for epoch in range(12)]
    _put((*falls, *[0.36] * 16, *[0.2] * 4, *[0.21] * 16))
