"""The dialogs: match one plan to another, and put a plan on the other clock."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lrcore.analysis import By, updates_per_epoch
from lrcore.analysis.matching.rules import matchable
from lrcore.analysis.run import Run
from lrcore.errors import LRLabError
from lrcore.plan import Clock, Plan
from lrcore.schedules import SCHEDULES
from lrcore.schedules.inverse_time import InverseTimeDecay
from ui.curves import plan_list
from ui.server import offload
from ui.session.session import session
from ui.session.widgets import count_box, show_error
from ui.session.workbench import Workbench, with_curves
from ui.text import plain

_BY: dict[By, str] = {
    "final": "the same last rate",
    "budget": "the same budget Σ lr",
    "half_life": "the same half-life",
    "curve_log": "the closest curve, by ratio",
    "curve_linear": "the closest curve, by difference",
}


@st.dialog("Match a plan", icon=":material/compare_arrows:")
def match_dialog() -> None:
    """Solve for the plan of another kind that shares something with a plan, and take it."""
    bench = session().workbench
    plans, shown = bench.experiment.plans, plan_list.names(bench.experiment.plans)
    chosen = st.selectbox(
        "match to",
        range(len(plans)),
        index=plan_list.edited(bench),
        format_func=shown.__getitem__,
        key="match_source",
    )
    source = min(chosen or 0, len(plans) - 1)
    kinds = [kind for kind, schedule in SCHEDULES.items() if matchable(schedule)]
    first = kinds.index(InverseTimeDecay.kind)
    kind = st.selectbox("a plan of the kind", kinds, index=first, key="match_kind") or kinds[0]
    by = st.selectbox("with", list(_BY), format_func=_BY.__getitem__, key="match_by") or "final"
    try:
        with st.spinner("Looking for the plan…"):
            found = offload.match(plans[source], kind, by, bench.horizon, session().owner)
    except LRLabError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.code(found.plan.text, language=None, wrap_lines=True)
    st.markdown(plain(found.sentence))
    if st.button(
        "Add this plan",
        icon=":material/add:",
        type="primary",
        key="match_add",
        on_click=_add,
        args=(found.plan,),
    ):
        st.rerun()
    show_error("match")


def _add(plan: Plan) -> None:
    try:
        session().put(plan_list.added(session().workbench, [plan]))
        session().revealed += 1
    except LRLabError as error:
        session().refuse("match", str(error))


@st.dialog("Epochs and iterations", icon=":material/schedule:")
def convert_dialog() -> None:
    """How many updates make an epoch, and the edited plan on the other clock."""
    bench = session().workbench
    horizon, index = bench.horizon, plan_list.edited(bench)
    plan = bench.experiment.plans[index]
    name = plan_list.names(bench.experiment.plans)[index]
    st.markdown(f"**{name}** with {horizon.steps_per_epoch:,} updates per epoch")
    other: Clock = "epoch" if plan.clock == "iteration" else "iteration"
    try:
        converted = offload.convert(plan, other, horizon.steps_per_epoch, session().owner)
    except LRLabError as error:  # nothing that the visitor has done: the dialog opens with it
        st.info(plain(str(error)), icon=":material/info:")
    else:
        st.code(converted.text, language=None, wrap_lines=True)
        take = partial(_take, index, converted)
        if st.button(
            f"Count per {other}",
            key="convert_take",
            type="primary",
            on_click=take,
            disabled=converted == plan,
        ):
            st.rerun()
    st.divider()
    _calculator(bench)


def _calculator(bench: Workbench) -> None:
    """Updates per epoch from the data: points, batch, accumulation and GPUs."""
    first, second = st.columns(2)
    with first:
        points = count_box("points in the data", "convert_points", 1_281_167)
        gpus = count_box("GPUs", "convert_gpus", 1)
    with second:
        batch = count_box("batch size per GPU", "convert_batch", 256)
        accumulation = count_box("batches per update", "convert_accumulation", 1)
    epochs = count_box("epochs", "convert_epochs", 90)
    drop = st.toggle("leave out the last, smaller batch", key="convert_drop")
    try:
        per_epoch = updates_per_epoch(points, batch, accumulation, gpus, drop)
        horizon = Run(steps=per_epoch * epochs, steps_per_epoch=per_epoch)
    except LRLabError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.markdown(f"{per_epoch:,} updates per epoch, {horizon.steps:,} in all")
    if st.button(
        "Look that far",
        key="convert_use",
        on_click=partial(_look, horizon),
        disabled=horizon == bench.horizon,
    ):
        st.rerun()


def _take(index: int, plan: Plan) -> None:
    session().put(plan_list.changed(session().workbench, index, plan))


def _look(horizon: Run) -> None:
    session().put(with_curves(session().workbench, horizon=horizon))
