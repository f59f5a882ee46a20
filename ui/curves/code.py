"""A plan as code of a library, to copy."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from lrcore.analysis.work import work
from lrcore.dialects import DIALECTS, plan_to_code
from lrcore.errors import LRLabError
from ui.curves import plan_list
from ui.server import offload
from ui.server.work_share import outside
from ui.session.session import session
from ui.session.widgets import initially, widget_key
from ui.session.workbench import Workbench
from ui.text import plain

_ALL = -1


def code_box(bench: Workbench) -> None:
    """Which plan, in which library, and the snippet that runs as it stands."""
    plans = bench.experiment.plans
    shown = plan_list.names(plans)
    left, right = st.columns(2)
    with left:
        dialect = st.selectbox("library", list(DIALECTS), key=initially("code_dialect", "torch"))
    with right:
        choices = [*range(len(plans)), _ALL]
        which = st.selectbox(
            "plan",
            choices,
            key=initially(widget_key("code_plan"), plan_list.edited(bench), choices),
            format_func=lambda index: "all plans" if index == _ALL else shown[index],
        )
    wanted = plans if which == _ALL else [plans[which or 0]]
    library = dialect or "torch"
    elsewhere = {id(plan) for plan in outside(wanted, lambda plan: work(plan, bench.horizon).written_ms)}
    snippets = []
    for plan in wanted:
        try:
            snippets.append(
                offload.code(plan, library, session().owner)
                if id(plan) in elsewhere
                else plan_to_code(plan, library)
            )
        except LRLabError as error:
            st.info(plain(str(error)), icon=":material/info:")
    if snippets:
        height: int | Literal["content"] = 480 if which == _ALL else "content"
        st.code("\n\n".join(snippets), language="python", height=height, wrap_lines=True)
