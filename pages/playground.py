"""The landing page: plans, their curves, and the losses they give, retrained when a slider is let go."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import streamlit as st

from lrcore.figures.losses import loss_figure
from lrcore.gallery.examples import EXAMPLES
from lrcore.jobs import Race
from lrcore.results.events import Split
from ui.components.chart import chart
from ui.plan_card.actions import charts_key
from ui.plan_card.folding import folding_cards
from ui.playground import PAGE
from ui.playground.experiment_editor import experiment_editor
from ui.playground.job import job_buttons, live_chart, race_for, show_outcome
from ui.playground.rates import show_rates
from ui.session.link import link_words, write_link
from ui.session.parts import fragment
from ui.session.session import session
from ui.session.widgets import picked, synced, taken
from ui.session.workbench import View
from ui.text import plain


@fragment(PAGE)
def playground() -> None:
    """The whole page, with fragments in it for each card, the experiment and the charts: a slider that is let
    go draws its own and the charts. The charts are sent first, since drawing them takes longest."""
    header = st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="header")
    with st.container(key="playground"):
        cards = st.container(key="cards", gap="xxsmall")
        _charts()
    with header:
        _header()
    with cards:
        _cards()


@fragment(f"{PAGE}_cards")
def _cards() -> None:
    """All that folds: to open a card draws no chart."""
    folding_cards(PAGE)
    experiment_editor()


def _header() -> None:
    st.markdown("#### What does a learning-rate schedule do?")
    st.space("stretch")
    st.selectbox(
        "Examples",
        list(EXAMPLES),
        index=None,
        key="example",
        placeholder="Examples",
        format_func=lambda key: f"{EXAMPLES[key].title}: {EXAMPLES[key].claim}",
        on_change=_choose_example,
        label_visibility="collapsed",
        width=320,
    )
    st.button(
        "Undo",
        icon=":material/undo:",
        key="undo_button",
        on_click=session().undo,
        disabled=session().before is None,
    )


@fragment(charts_key(PAGE))
def _charts() -> None:
    bench = session().workbench
    experiment, view = bench.experiment, bench.view
    with st.container(key="charts", gap="xxsmall"):
        race = race_for(experiment)
        _switches(view, race)
        shown = race.shown if race else None
        show_rates(experiment, shown, log_y=view.log_lr, words=link_words(bench))
        raced = race.job.experiment if race else experiment
        chart(
            loss_figure(raced.plans, raced.steps, [], view.split),
            key="loss",
            height="var(--loss-height)",
            live=live_chart(race, view.split),
            alt=(
                f"Loss of {len(raced.plans)} plans over {raced.steps} updates, median and 10-90 % band over"
                f" {raced.seeds} seeds"
            ),
            config={"cursor_group": "steps"},
        )
    with st.container(key="outcome"):
        show_outcome(race, view)
    write_link()


def _switches(view: View, race: Race | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="switches"):
        st.toggle("log lr axis", key=synced("log_lr", view.log_lr), on_change=_set_view)
        st.segmented_control(
            "loss",
            ["train", "val"],
            key=synced("split", view.split),
            format_func={"train": "training loss", "val": "validation loss"}.__getitem__,
            on_change=_set_view,
            label_visibility="collapsed",
            required=True,
        )
        st.space("stretch")
        job_buttons(race)


def _set_view() -> None:
    log_lr, split = bool(picked("log_lr")), cast(Split, picked("split") or "train")
    session().edit("view", lambda bench: replace(bench, view=replace(bench.view, log_lr=log_lr, split=split)))


def _choose_example() -> None:
    if (key := taken("example")) in EXAMPLES:
        session().put(replace(session().workbench, experiment=EXAMPLES[key].experiment), undoable=True)
        session().opened = None


for problem in session().link_problems:
    st.warning(plain(problem), icon=":material/link_off:")
session().page_begins(charts_key(PAGE))
playground()
