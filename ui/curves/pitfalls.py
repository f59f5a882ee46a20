"""The warnings below the chart: what the plans do that costs people runs."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache

import streamlit as st

from lrcore.analysis.pitfalls.found import pitfalls
from lrcore.analysis.run import Run
from lrcore.analysis.work import work
from lrcore.errors import LRLabError
from lrcore.plan import Plan
from ui.server import offload
from ui.server.work_share import outside
from ui.session.session import session
from ui.session.workbench import Workbench
from ui.text import plain

_SHOWN = 4  # sentences; the others are counted


def show_pitfalls(bench: Workbench, missing: Container[int]) -> None:
    """A line for each, those of the plans with a curve; nothing where there are none."""
    plans, run = bench.experiment.plans, bench.horizon
    drawn = [(number, plan) for number, plan in enumerate(plans) if number not in missing]
    elsewhere = {
        id(plan)
        for plan in outside([plan for _, plan in drawn], lambda plan: work(plan, run).points_ms)
        if not plan.schedule.listens
    }
    lines: list[str] = []
    for number, plan in drawn:
        try:
            found = (
                offload.pitfalls(plan, run, session().owner)
                if id(plan) in elsewhere
                else _sentences(plan, run)
            )
        except LRLabError:  # no curve, or one that takes too long: the chart says so
            continue
        lines += [f"Plan {number + 1}: {sentence}" for sentence in found]
    if not lines:
        return
    more = [f"And {len(lines) - _SHOWN} more."] if len(lines) > _SHOWN else []
    with st.container(key="pitfalls"):
        for text in [*lines[:_SHOWN], *more]:
            st.caption(f":material/warning: {plain(text)}")


@lru_cache(maxsize=256)
def _sentences(plan: Plan, run: Run) -> list[str]:
    """Kept, since of twenty plans only one is moved."""
    return [one.sentence for one in pitfalls(plan, run.steps, run.steps_per_epoch)]
