"""What the race said: the table of results and the two sentences under the charts."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from lrcore.comparison import PlanResult, compare, results, sentence
from lrcore.events import History
from lrcore.examples import Example
from lrcore.experiment import Experiment
from lrcore.figures.curves import label
from lrcore.figures.losses import Split

_NOISE = (
    "While the rate is high, the noise of the minibatches keeps the loss on a floor about as high as the rate allows; "
    "where a schedule lowers the rate, that floor falls away and the loss drops with it."
)
_CLEAN = "These gradients carry little noise, so there is no floor that a lower rate would take away: decay only slows the learning down."
_ALIKE = "The differences between the plans are about as large as those between the seeds: this task hardly cares which of them it gets."


def show_results(experiment: Experiment, history: History, split: Split) -> None:
    """The table, and the choice of the plan that all others are held against."""
    rows = results(history)
    names = [label(index, plan) for index, plan in enumerate(experiment.plans)]
    other = 0
    if len(names) > 1:
        other = st.selectbox("compare with", range(len(names)), format_func=names.__getitem__, key="compare_with", width=260) or 0
        other = min(other, len(names) - 1)
    metric = "accuracy" if experiment.data.task == "classification" else "R²"
    table = pd.DataFrame(
        {
            "plan": names,
            f"final {_name(split)} loss": [_loss(row.final_train if split == "train" else row.final_val) for row in rows],
            "best": [_loss(row.best_train if split == "train" else row.best_val) for row in rows],
            f"validation {metric}": ["" if math.isnan(row.metric) else f"{row.metric:.3f}" for row in rows],
            "diverged": [_diverged(row) for row in rows],
            f"against plan {other + 1}": [
                "" if index == other else sentence(compare(history, index, other, split), other) for index in range(len(names))
            ],
        }
    ).set_index("plan")
    st.table(table)


def story(experiment: Experiment, history: History, split: Split) -> str:
    """Two sentences: what is seen, and why."""
    rows = results(history)
    finals = [row.final_train if split == "train" else row.final_val for row in rows]
    order = sorted(range(len(finals)), key=finals.__getitem__)
    best, rest = order[0], order[1:]
    if not math.isfinite(finals[best]):
        return (
            "Every plan diverged in most of its seeds. The rate is above the edge of stability for this model and optimiser: lower base_lr."
        )
    seen = f"Plan {best + 1} ends lowest, at a {_name(split)} loss of {_loss(finals[best])}"
    gaps = [f"{finals[index] / finals[best]:.3g} times below plan {index + 1}" for index in rest if math.isfinite(finals[index])]
    lost = [f"plan {index + 1}" for index in rest if not math.isfinite(finals[index])]
    if gaps:
        seen += ": " + ", ".join(gaps)
    if lost:
        seen += f"; {' and '.join(lost)} diverged"
    return f"{seen}. {_why(experiment, history, best, rest, split)}"


def show_measured(example: Example) -> None:
    """The example's claim and its numbers over 20 seeds, to compare one's own run with."""
    lines = [f"plan {index + 1} {row.final_train[0]:.3g} ± {row.final_train[1]:.2g}" for index, row in enumerate(example.measured)]
    text = f"**{example.title}.** {example.claim} Measured over 20 seeds, final training loss: {'; '.join(lines)}."
    if example.contrasts:
        text += f" There, {example.contrasts[0].text}."
    st.caption(text)


def _why(experiment: Experiment, history: History, best: int, rest: list[int], split: Split) -> str:
    pairs = [compare(history, best, index, split) for index in rest]
    if pairs and all(not pair.low > 1.0 and pair.wins < pair.seeds for pair in pairs):
        return _ALIKE
    mean_rate = history.applied_lr[:, :, 0].mean(axis=0)
    last = history.lr[-1, :, 0]
    if rest and last[best] > 0.9 * experiment.plans[best].base_lr and mean_rate[best] >= max(mean_rate[index] for index in rest):
        return _CLEAN
    return _NOISE


def _name(split: Split) -> str:
    return "training" if split == "train" else "validation"


def _loss(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "diverged"


def _diverged(row: PlanResult) -> str:
    return f"{row.diverged} of {row.seeds}, first at update {row.first_divergence:,}" if row.diverged else f"0 of {row.seeds}"
