"""What a tuning says of each plan: a picture of its losses over its rates, and a table of its best."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from lrcore.figures.curves import label
from lrcore.figures.tuning import bowls_figure
from lrcore.results.comparison import sentence
from lrcore.results.events import Split
from lrcore.results.story import split_name
from lrcore.tuning import REACH, STEP, Bowl, Tuned, pair_at_best
from ui.components.chart import chart


def show_bowls(tuned: Tuned, split: Split) -> None:
    """The losses so far, on the seeds for picking."""
    chart(
        bowls_figure(tuned.experiment.plans, tuned.bowls, f"final {split_name(split)} loss"),
        key="bowls",
        height=300,
        alt=(
            f"Final {split_name(split)} loss of {len(tuned.bowls)} plans over the highest rate of the run,"
            f" median and 10-90 % band over {_seeds(tuned)} seeds, the best rate of each ringed"
        ),
        config={"save": "tuned-plans"},
    )


def show_best_rates(tuned: Tuned, split: Split) -> None:
    """What was picked, and how the plans compare at that; what lies at an edge is told."""
    bowls, plans = tuned.bowls, tuned.experiment.plans
    table = pd.DataFrame(
        {
            "plan": [label(index, plan) for index, plan in enumerate(plans)],
            "highest rate as set": [f"{bowl.peak:.3g}" for bowl in bowls],
            "best rate": [f"{bowl.rate(bowl.best):.3g}" for bowl in bowls],
            "factor": [f"{STEP**bowl.best:.3g}" for bowl in bowls],
            f"final {split_name(split)} loss": [_loss(bowl.fresh_median) for bowl in bowls],
        }
    )
    if len(bowls) > 1:
        other = min(range(len(bowls)), key=lambda index: bowls[index].fresh_median)
        table[f"at their best, against plan {other + 1}"] = [
            "" if index == other else sentence(pair_at_best(bowls, index, other), other)
            for index in range(len(bowls))
        ]
    st.table(table.set_index("plan"))
    for index, bowl in enumerate(bowls):
        if said := _at_the_edge(bowl):
            st.caption(f"Plan {index + 1}: {said}")
    count = _seeds(tuned)
    st.caption(
        f"Best rates are picked on seeds 1 to {count}; the losses of the table and the comparisons are those"
        f" of seeds {count + 1} to {2 * count}, which had no say in that. A plan is said to beat another only"
        " if, at its best rate, it beats it at every rate that the other was tried at."
    )


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


def _loss(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "diverged"
