"""The landing page: plans, their curves, and the losses they give, retrained when a slider is let go."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import streamlit as st

from lrcore.jobs import Race
from lrcore.results.axes import AXES, axis_named
from lrcore.results.events import Split
from ui.plan_card.actions import charts_key
from ui.plan_card.folding import folding_cards
from ui.playground import PAGE
from ui.playground.examples import examples_button
from ui.playground.experiment_editor import experiment_editor
from ui.playground.job import job_buttons, race_for, show_outcome
from ui.playground.losses import key_of_run, show_losses
from ui.playground.rates import show_rates
from ui.playground.tuning import tuning
from ui.session.link import link_problems, link_words, write_link
from ui.session.parts import fragment
from ui.session.session import session
from ui.session.undo import undo_button
from ui.session.widgets import picked, synced
from ui.session.workbench import View
from ui.style import unseen_heading


@fragment(PAGE)
def playground() -> None:
    """The whole page, with fragments in it for each card, the experiment and the charts: a slider that is let
    go draws its own and the charts."""
    _header()
    with st.container(key="playground"):
        _cards()
        _charts()


@fragment(f"{PAGE}_cards")
def _cards() -> None:
    """All that folds: to open a card draws no chart."""
    with st.container(key="cards", gap="xxsmall"):
        unseen_heading("Plans")
        folding_cards(PAGE)
        experiment_editor()


def _header() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="header"):
        st.title("What does a learning-rate schedule do?", anchor=False)
        st.space("stretch")
        examples_button()
        undo_button("undo_button")


@fragment(charts_key(PAGE))
def _charts() -> None:
    bench = session().workbench
    experiment, view = bench.experiment, bench.view
    with st.container(key="charts", gap="xxsmall"):
        unseen_heading("Charts")
        race = race_for(experiment)
        _switches(view, race)
        shown = race.shown if race else None
        words, run = link_words(bench), key_of_run(race)
        show_rates(experiment, shown, view, words=words, run=run)
        show_losses(race, experiment, view)
    with st.container(key="outcome"):
        unseen_heading("Results")
        with st.container():  # in one place, whatever there is: the fragment after it keeps its own
            show_outcome(race, view)
        tuning()
    write_link()


def _switches(view: View, race: Race | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="switches"):
        st.toggle("log lr axis", key=synced("log_lr", view.log_lr), on_change=_set_view)
        st.segmented_control(
            "loss",
            ["train", "val"],
            key=synced("split", view.split),
            format_func={"train": "training", "val": "validation"}.__getitem__,
            on_change=_set_view,
            label_visibility="collapsed",
            required=True,
        )
        st.selectbox(
            "loss axis",
            AXES,
            key=synced("loss_axis", view.loss_axis),
            on_change=_set_view,
            label_visibility="collapsed",
            width=120,
        )
        st.space("stretch")
        job_buttons(race)


def _set_view() -> None:
    view = View(
        log_lr=bool(picked("log_lr")),
        split=cast(Split, picked("split") or "train"),
        loss_axis=axis_named(picked("loss_axis") or ""),
    )
    session().edit("view", lambda bench: replace(bench, view=view))


link_problems()
session().page_begins(charts_key(PAGE))
playground()
