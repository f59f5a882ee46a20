"""Plans over real horizons: read-outs, matching, code in and out, and the question that started it all."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lrcore.gallery.presets import PRESETS
from ui.curves import plan_list
from ui.curves.decay_question import question_panel
from ui.curves.match import convert_dialog, match_dialog
from ui.curves.stage import PAGE, controls, stage
from ui.curves.table import answers, questions, readings
from ui.curves.to_playground import race_buttons, switch_page_if_asked
from ui.curves.tools import tools
from ui.plan_card.actions import charts_key
from ui.session.link import link_problems, write_link
from ui.session.parts import fragment, whole_page_if_stale
from ui.session.session import session
from ui.session.undo import undo_button
from ui.session.widgets import show_error, taken
from ui.session.workbench import Workbench
from ui.style import unseen_heading

_TABLE = "curves_table"  # a fragment


def _title() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="header"):
        st.title("Learning rates over a whole run", anchor=False)
        st.space("stretch")
        st.selectbox(
            "Presets",
            list(PRESETS),
            index=None,
            key="preset",
            placeholder="Presets",
            format_func=lambda key: PRESETS[key].title,
            on_change=_choose_preset,
            label_visibility="collapsed",
            width=280,
        )
        undo_button("undo_curves")
    link_problems()


def _choose_preset() -> None:
    if (key := taken("preset")) in PRESETS:
        preset = PRESETS[key]
        bench = plan_list.replaced(session().workbench, preset.plans)
        curves = replace(
            bench.curves,
            horizon=preset.horizon,
            log_y=preset.log_y,
            log_x=False,
            ghost=False,
            read_at=None,
            read_below=None,
        )
        session().put(replace(bench, curves=curves))


def _preset_note(bench: Workbench) -> str:
    for preset in PRESETS.values():
        if preset.plans == bench.experiment.plans:
            return f"**{preset.title}.** {preset.note} {preset.source}"
    return ""


def _actions(bench: Workbench) -> None:
    with st.container(horizontal=True, gap="small", key="curves_actions"):
        race_buttons(bench)
        st.space("stretch")
        if st.button("Match…", icon=":material/compare_arrows:", key="match_open"):
            match_dialog()
        if st.button("Convert…", icon=":material/schedule:", key="convert_open"):
            convert_dialog()
    show_error("race")


@fragment("curves_plans")
def _plans() -> None:
    """What is said of the plans. A slider changes little of it but the table, which is a fragment."""
    whole_page_if_stale()
    switch_page_if_asked()
    bench = session().workbench
    session().around_table = _around_table(bench)
    with st.container():  # in one place, whatever there is: the fragment after it keeps its own
        if note := _preset_note(bench):
            st.caption(note)
        _actions(bench)
        questions(bench)
    _table()


@fragment(_TABLE)
def _table() -> None:
    whole_page_if_stale()
    bench = session().workbench
    if session().around_table != _around_table(bench):
        st.rerun()  # from here Streamlit draws all or this, and nothing between
    answers(bench)
    write_link()


def _around_table(bench: Workbench) -> tuple[object, ...]:
    """What stands above the table and may change with a slider."""
    return _preset_note(bench), readings(bench)


switch_page_if_asked()
session().page_begins(charts_key(PAGE), _TABLE)
_title()
unseen_heading("Plans and chart")
controls()
stage()
_plans()
unseen_heading("Tools")
tools()
st.divider()
question_panel()
