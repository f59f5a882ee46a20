"""Plans over real horizons: read-outs, matching, code in and out, and the question that started it all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from lrcore.gallery.presets import PRESETS
from ui.curves import plan_list
from ui.curves.code import code_box
from ui.curves.decay_question import question_panel
from ui.curves.export import export_box
from ui.curves.match import convert_dialog, match_dialog
from ui.curves.metric import metric_editor
from ui.curves.paste import paste_box
from ui.curves.points import points_editor
from ui.curves.stage import CONTROLS, PAGE, controls, stage
from ui.curves.table import read_outs
from ui.curves.to_playground import race_buttons, switch_page_if_asked
from ui.plan_card.actions import charts_key
from ui.session.link import write_link
from ui.session.parts import fragment, whole_page_if_stale
from ui.session.session import session
from ui.session.widgets import show_error, taken
from ui.session.workbench import Workbench
from ui.text import plain


def _title() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="header"):
        st.markdown("#### Learning rates over a whole run")
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
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo_curves",
            on_click=session().undo,
            disabled=session().before is None,
        )
    for problem in session().link_problems:
        st.warning(plain(problem), icon=":material/link_off:")


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
        session().put(replace(bench, curves=curves), undoable=True)


def _preset_note(bench: Workbench) -> None:
    for preset in PRESETS.values():
        if preset.plans == bench.experiment.plans:
            st.caption(f"**{preset.title}.** {preset.note} {preset.source}")


def _actions(bench: Workbench) -> None:
    with st.container(horizontal=True, gap="small", key="curves_actions"):
        race_buttons(bench)
        st.space("stretch")
        if st.button("Match…", icon=":material/compare_arrows:", key="open_match"):
            match_dialog()
        if st.button("Convert…", icon=":material/schedule:", key="open_convert"):
            convert_dialog()
    show_error("race")


def _tools() -> None:
    paste, code, points, metric, export = st.tabs(["Paste", "Code", "Points", "Metric", "Export"])
    with paste:
        _part("paste", lambda _: paste_box())
    with code:
        _part("code", code_box)
    with points:
        _part("points", points_editor)
    with metric:
        _part("metric", metric_editor)
    with export:
        _part("export", export_box)


def _part(name: str, content: Callable[[Workbench], None]) -> None:
    """A part of the page that is drawn alone when something in it is pressed, or when it follows a plan."""

    def drawn() -> None:
        whole_page_if_stale()
        switch_page_if_asked()
        content(session().workbench)

    fragment(f"curves_{name}")(drawn)()


def _plans(bench: Workbench) -> None:
    _preset_note(bench)
    _actions(bench)
    read_outs(bench)
    write_link()


_FOLLOWERS = ("curves_plans", "curves_code", "curves_points", "curves_export")

switch_page_if_asked()
session().page_begins(charts_key(PAGE), CONTROLS, *_FOLLOWERS)
_title()
controls()
stage()
_part("plans", _plans)
_tools()
st.divider()
question_panel()
