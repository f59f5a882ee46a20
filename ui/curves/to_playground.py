"""From the Curves page to the Playground: the same plans there, as they are or scaled to its length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st

from lrcore.analysis.clock.rescale import rescale
from lrcore.analysis.run import Run
from lrcore.errors import LRLabError, PlanError
from lrcore.experiment import Experiment
from lrcore.plan import Plan
from ui.curves import plan_list
from ui.session.session import session
from ui.session.workbench import Workbench, with_curves

_PLAYGROUND = Path(__file__).resolve().parents[2] / "pages" / "playground.py"


def race_buttons(bench: Workbench) -> None:
    """To the Playground. Where its run has another length, the plans can be scaled to it first."""
    steps = bench.experiment.steps
    if st.button(
        "Race these",
        icon=":material/science:",
        key="race",
        type="primary",
        help=f"On the Playground, with their numbers as they are, over its {steps:,} updates.",
    ):
        st.switch_page(_PLAYGROUND)
    if bench.horizon.steps != steps:
        st.button(
            f"Race these, scaled to {steps:,} updates",
            icon=":material/compress:",
            key="race_scaled",
            help=(
                "The same shapes in the time that the Playground trains: every count of epochs or updates is"
                " scaled."
            ),
            on_click=_race_scaled,
        )


def _race_scaled() -> None:
    bench = session().workbench
    put_scaled("race", bench.experiment.plans, bench.horizon)


def put_scaled(field: str, plans: Sequence[Plan], horizon: Run, task: Experiment | None = None) -> None:
    """Put scaled plans into the workbench, to be raced on its own experiment or on another `task`, and look
    as far as that trains. A refusal says which plan."""
    try:
        bench = session().workbench
        bench = replace(bench, experiment=task or bench.experiment)
        new = Run(steps=bench.experiment.steps, steps_per_epoch=bench.experiment.steps_per_epoch)
        scaled = [_scaled(index, plan, horizon, new) for index, plan in enumerate(plans)]
        changed = plan_list.replaced(bench, scaled)
        session().put(with_curves(changed, horizon=None, read_at=None))
        session().switch_to_playground = True
    except LRLabError as error:
        session().refuse(field, str(error))


def _scaled(index: int, plan: Plan, old: Run, new: Run) -> Plan:
    try:
        return rescale(plan, old, new)
    except LRLabError as error:
        raise PlanError(f"Plan {index + 1} cannot be scaled: {error}") from None


def switch_page_if_asked() -> None:
    """At the top of the page: go to the Playground if a button has just scaled the plans for it."""
    if session().switch_to_playground:
        session().switch_to_playground = False
        st.switch_page(_PLAYGROUND)
