"""Devices and accumulation: the steps that a scheduler gets of the horizon, and the plan that is left, as a
ghost."""

from __future__ import annotations

import streamlit as st

from lrcore.analysis.clock.sharing import Sharing, sharing_sentence
from lrcore.analysis.run import Run
from lrcore.analysis.vertices import Axes
from lrcore.errors import LRLabError
from lrcore.figures.theory import sharing_figure
from lrcore.figures.whole_run import points_each
from lrcore.plan import Plan
from ui.components.chart import chart
from ui.curves import plan_list
from ui.server.work_share import CurvePoints
from ui.session.session import session
from ui.session.widgets import count_box
from ui.session.workbench import Workbench
from ui.text import plain


def sharing(bench: Workbench) -> None:
    """Two fields, and what becomes of the edited plan if its horizon was counted in batches of one device."""
    st.markdown("**Devices and gradient accumulation**")
    with st.container(horizontal=True, gap="small"):
        devices = count_box("devices", "theory_devices", 1, width=170)
        accumulation = count_box(
            "batches per update", "theory_accumulation", 1, help="Gradient accumulation.", width=170
        )
    index = plan_list.edited(bench)
    plan = bench.experiment.plans[index]
    try:
        shared = Sharing(devices=devices, accumulation=accumulation)
        if shared.batches > 1:
            _ghost(index, plan, bench.horizon, shared)
    except LRLabError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _ghost(index: int, plan: Plan, run: Run, shared: Sharing) -> None:
    left = shared.run(run)
    made, gets = (
        CurvePoints([plan], each, session().owner)(plan, each, Axes(), points_each(2), ())
        for each in (run, left)
    )
    chart(
        sharing_figure(index, plan, made, gets, shared.batches),
        key="theory_sharing_chart",
        height=300,
        alt=f"The plan over {run.steps:,} batches, and over the {left.steps:,} updates that they make",
        config={"save": "devices-and-accumulation"},
    )
    st.caption(plain(sharing_sentence(plan, run, shared)))
