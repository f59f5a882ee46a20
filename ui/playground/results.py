"""What a run says, as a table; `lrcore/results/story.py` says it in two sentences."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from lrcore.experiment import Experiment
from lrcore.figures.curves import label
from lrcore.gallery.examples import Example
from lrcore.results.comparison import PlanResult, compare, results, sentence
from lrcore.results.events import History, Split
from lrcore.results.story import split_name


def show_results(experiment: Experiment, history: History, split: Split) -> None:
    """The table, and the choice of the plan that all others are held against."""
    rows = results(history)
    names = [label(index, plan) for index, plan in enumerate(experiment.plans)]
    other = 0
    if len(names) > 1:
        other = (
            st.selectbox(
                "compare with",
                range(len(names)),
                format_func=names.__getitem__,
                key="compare_with",
                width=260,
            )
            or 0
        )
        other = min(other, len(names) - 1)
    metric = "accuracy" if experiment.data.task == "classification" else "R²"
    table = pd.DataFrame(
        {
            "plan": names,
            f"final {split_name(split)} loss": [
                _loss(row.final_train if split == "train" else row.final_val) for row in rows
            ],
            "best": [_loss(row.best_train if split == "train" else row.best_val) for row in rows],
            f"validation {metric}": ["" if math.isnan(row.metric) else f"{row.metric:.3f}" for row in rows],
            "diverged": [_diverged(row) for row in rows],
            f"against plan {other + 1}": [
                "" if index == other else sentence(compare(history, index, other, split), other)
                for index in range(len(names))
            ],
        }
    ).set_index("plan")
    st.table(table)


def show_measured(example: Example) -> None:
    """The example's claim and its numbers over 20 seeds, to compare one's own run with."""
    st.caption(example.caption)


def _loss(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "diverged"


def _diverged(row: PlanResult) -> str:
    return (
        f"{row.diverged} of {row.seeds}, first at update {row.first_divergence:,}"
        if row.diverged
        else f"0 of {row.seeds}"
    )
