"""Devices and accumulation: the steps that a scheduler gets of the horizon, and the plan that is left, as a
ghost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from lrcore.analysis.clock.sharing import Sharing, sharing_sentence
from lrcore.analysis.run import Run
from lrcore.analysis.vertices import Axes
from lrcore.analysis.work import work
from lrcore.errors import LRLabError
from lrcore.figures.theory import sharing_figure
from lrcore.figures.whole_run import points_each
from lrcore.plan import Plan
from ui.components.chart import chart
from ui.curves import plan_list
from ui.server import offload
from ui.server.work_share import HERE_MS, CurvePoints
from ui.session.session import session
from ui.session.widgets import number_box, picked, show_error, synced, whole
from ui.session.workbench import Workbench, with_curves
from ui.text import plain


def sharing(bench: Workbench) -> None:
    """Two fields, and what becomes of the edited plan if its horizon was counted in batches of one device."""
    st.markdown("**Devices and gradient accumulation**")
    shared = bench.curves.sharing
    with st.container(horizontal=True, gap="small"):
        _field("devices", "devices", shared.devices, "How many devices share the batches of an epoch.")
        _field(
            "accumulation",
            "batches per update",
            shared.accumulation,
            "Gradient accumulation: how many batches each device adds up before the weights change.",
        )
    for name in ("devices", "accumulation"):
        show_error(name)
    if shared.batches == 1:
        return
    index = plan_list.edited(bench)
    try:
        _ghost(index, bench.experiment.plans[index], bench.horizon, shared)
    except LRLabError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _field(name: str, title: str, count: int, help: str) -> None:
    key = synced(name, float(count))
    number_box(title, key, on_change=_set, args=(name,), help=help, width=170)


def _set(name: str) -> None:
    value = picked(name)
    if value is None:
        return

    def change(bench: Workbench) -> Workbench:
        said: dict[str, Any] = {name: whole(value)}
        return with_curves(bench, sharing=replace(bench.curves.sharing, **said))

    session().edit(name, change, said=value)


def _ghost(index: int, plan: Plan, run: Run, shared: Sharing) -> None:
    left = shared.run(run)
    made, gets = (
        CurvePoints([plan], each, session().owner)(plan, each, Axes(), points_each(2), ())
        for each in (run, left)
    )
    chart(
        sharing_figure(index, plan, made, gets, run.steps / left.steps),
        key="theory_sharing_chart",
        height=300,
        alt=f"The plan over {run.steps:,} batches, and over the {left.steps:,} updates that they make",
        config={"save": "devices-and-accumulation"},
    )
    st.caption(plain(consequence(plan, run, shared, session().owner)))


def consequence(plan: Plan, run: Run, shared: Sharing, owner: str) -> str:
    """`sharing_sentence`, calculated outside where the plan's rates are much work."""
    if work(plan, run).points_ms <= HERE_MS:
        return sharing_sentence(plan, run, shared)
    return offload.sharing_sentence(plan, run, shared, owner)
