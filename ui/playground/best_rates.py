"""What a tuning says of each plan: a picture of its losses over its rates, and a table of its best."""

from __future__ import annotations

import math

import streamlit as st

from lrcore.figures.curves import label
from lrcore.figures.tuning import bowls_figure
from lrcore.results.comparison import sentence
from lrcore.results.events import Split
from lrcore.results.story import split_name
from lrcore.tuning import REACH, STEP, Bowl, Tuned, pair_at_best
from ui.components.chart import chart
from ui.playground.table import loss_text, results_table
from ui.session.session import session


def show_bowls(tuned: Tuned, split: Split) -> None:
    """The losses so far, on the seeds that choose; what the others say at the best rate is marked."""
    chart(
        bowls_figure(tuned.experiment.plans, tuned.bowls, f"final {split_name(split)} loss"),
        key="bowls",
        height=300,
        alt=(
            f"Final {split_name(split)} loss of {len(tuned.bowls)} plans over the highest rate of the run,"
            f" median and 10-90 % band over {_seeds(tuned)} seeds, the best rate of each ringed, and a"
            " diamond at its loss on the other seeds"
        ),
        config={"save": "tuned-plans"},
    )


def show_best_rates(tuned: Tuned, split: Split) -> None:
    """What was chosen, and how the plans compare at that; what lies at an edge is told."""
    bowls, plans, loss = tuned.bowls, tuned.experiment.plans, f"{split_name(split)} loss"
    heads = ["plan", "highest rate as set", "best rate", "factor", f"○ {loss}", f"◆ {loss}"]
    rows = [
        [
            label(index, plans[index]),
            f"{bowl.peak:.3g}",
            f"{bowl.rate(bowl.best):.3g}",
            f"{STEP**bowl.best:.3g}",
            loss_text(bowl.median(bowl.best)),
            loss_text(bowl.fresh_median),
        ]
        for index, bowl in enumerate(bowls)
    ]
    if len(bowls) > 1:
        other = min(range(len(bowls)), key=lambda index: bowls[index].fresh_median)
        heads.append(f"◆ against plan {other + 1}")
        for index, row in enumerate(rows):
            row.append("" if index == other else sentence(pair_at_best(bowls, index, other), other))
    results_table(heads, rows)
    for index, bowl in enumerate(bowls):
        if said := _at_the_edge(bowl):
            st.caption(f"Plan {index + 1}: {said}")
    count = _seeds(tuned)
    st.caption(
        f"○ {count} seeds choose each plan's best rate; ◆ {count} other seeds judge it, since the lowest of"
        " several losses is low partly by luck. A plan beats another only if, at its best rate, it ends below"
        " the other at every rate that was tried."
    )


def tuned_note() -> None:
    """Above the results of plans with tuned rates, what these do not say."""
    experiment, note = session().tuned_note or (None, "")
    if experiment == session().workbench.experiment:
        st.caption(note)


def _at_the_edge(bowl: Bowl) -> str:
    if math.isinf(bowl.median(bowl.best)):
        return f"most of its seeds diverge at every rate, down to {bowl.rate(bowl.best):.3g}."
    if not bowl.edge:
        return ""
    way = "higher" if bowl.edge == "high" else "lower"
    return (
        f"its best lies at the edge of what was tried ({STEP**REACH:.0f} times {way}), so a still {way} rate"
        " may be better."
    )


def _seeds(tuned: Tuned) -> int:
    return len(tuned.bowls[0].losses[0])
