"""What a run says, as a table, and how many seeds would say more; `lrcore/results/story.py` says it in
sentences."""

from __future__ import annotations

import math

import streamlit as st

from lrcore.errors import LRLabError
from lrcore.figures.curves import label
from lrcore.gallery.examples import Example
from lrcore.results.comparison import PlanResult, compare, sentence
from lrcore.results.events import split_name
from lrcore.results.facts import Facts
from lrcore.results.power import more_seeds
from ui.playground import PAGE
from ui.playground.table import loss_text, results_table
from ui.session.parts import redraw
from ui.session.session import session
from ui.session.workbench import with_experiment

_HELP = (
    "A final loss is the mean over the last 5 % of the evaluations; the table has its median over the seeds."
    " Plans are compared seed by seed: how many times lower is the median of the seeds' own ratios, which is"
    " not the ratio of the medians. In brackets is where it lies: for all pairs of plans together with a"
    " confidence of 95 %."
)


def offer_more_seeds(facts: Facts) -> None:
    """How many seeds would show the difference that these do not, and a button that races them where one
    job may take as long."""
    more = more_seeds(facts)
    if more is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if more.sentence:
            st.caption(more.sentence, width="content")
        if more.offered is None:
            return
        if _allowed(more.offered):
            st.button(f"Race {more.offered} seeds", key="more_seeds", on_click=_race, args=(more.offered,))
        else:
            st.caption(f"A race of {more.offered} seeds would take too long here.", width="content")


def _allowed(seeds: int) -> bool:
    try:
        with_experiment(session().workbench, seeds=seeds)
    except LRLabError:
        return False
    return True


def _race(seeds: int) -> None:
    session().edit("seeds", lambda bench: with_experiment(bench, seeds=seeds))
    redraw(PAGE)


def show_results(facts: Facts) -> None:
    """The table, and the choice of the plan that all others are held against."""
    experiment, history, split, rows = facts.experiment, facts.history, facts.split, facts.rows
    names = [label(index, plan) for index, plan in enumerate(experiment.plans)]
    other = 0
    if len(names) > 1:
        other = (
            st.selectbox(
                "compare with",
                range(len(names)),
                format_func=names.__getitem__,
                key="compare_with",
                help=_HELP,
                width=260,
            )
            or 0
        )
        other = min(other, len(names) - 1)
    metric = "accuracy" if experiment.data.task == "classification" else "R²"
    heads = ["plan", f"final {split_name(split)} loss", "best", f"validation {metric}", "diverged"]
    lines = [
        [
            name,
            loss_text(row.final(split)),
            loss_text(row.best(split)),
            "" if math.isnan(row.metric) else f"{row.metric:.3f}",
            _diverged(row),
        ]
        for name, row in zip(names, rows, strict=True)
    ]
    if len(names) > 1:
        heads.append(f"against plan {other + 1}")
        for index, line in enumerate(lines):
            line.append("" if index == other else sentence(compare(history, index, other, split), other))
    results_table(heads, lines)


def show_measured(example: Example) -> None:
    """The example's claim and its numbers over 20 seeds, to compare one's own run with."""
    st.caption(example.caption)


def _diverged(row: PlanResult) -> str:
    return (
        f"{row.diverged} of {row.seeds}, first at update {row.first_divergence:,}"
        if row.diverged
        else f"0 of {row.seeds}"
    )
