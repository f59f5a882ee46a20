"""What of a plan's card is no slider: switches, choices, text, and a composition as text."""

from __future__ import annotations

import streamlit as st

from lrcore.analysis.run import Run
from lrcore.plan import Plan
from ui.plan_card.actions import field_key, set_field, set_text
from ui.plan_card.fields import Control, controls, counted, parts, written
from ui.session.session import session
from ui.session.widgets import show_error, synced


def typed_fields(page: str, index: int, plan: Plan, run: Run) -> None:
    """All of them, in order; what most leave alone, and was left alone here, is folded away."""
    ticks = run.ticks(counted(plan))
    fields = [control for control in controls(plan) if not control.slides]
    rare = [each for each in fields if each.rare and not session().error(field_key(index, each.key))]
    for control in fields:
        if control not in rare:
            _field_of(page, index, control, ticks)
    if rare:
        with st.expander("More settings"):
            for control in rare:
                _field_of(page, index, control, ticks)
    if parts(plan.schedule):
        _as_text(page, index, plan)


def _field_of(page: str, index: int, control: Control, ticks: int) -> None:
    """A parameter that is no number on a slider: a switch, a choice, or text such as a list of milestones."""
    label, key, item = f"{control.name} of plan {index + 1}", field_key(index, control.key), control.item
    if isinstance(control.value, bool):
        st.toggle(
            label,
            key=synced(key, control.value),
            help=item.help,
            on_change=set_field,
            args=(page, index, control, ticks),
        )
    elif item.choices:
        st.selectbox(
            label,
            item.choices,
            key=synced(key, control.value),
            help=item.help,
            on_change=set_field,
            args=(page, index, control, ticks),
        )
    else:
        st.text_input(
            label,
            key=synced(key, control.text),
            help=item.help,
            on_change=set_field,
            args=(page, index, control, ticks),
        )
        show_error(key)


def _as_text(page: str, index: int, plan: Plan) -> None:
    """A composition's parts come and go by typing: its schedule in the text form of plans."""
    key = field_key(index, "text")
    st.text_area(
        f"schedule of plan {index + 1} as text",
        key=synced(key, written(plan.schedule)),
        help="Change, add or remove parts here, then press Ctrl+Enter; every other field follows.",
        on_change=set_text,
        args=(page, index),
        height="content",
    )
    show_error(key)
