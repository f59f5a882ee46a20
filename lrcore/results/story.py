"""Two sentences under the charts: what is seen, and why, as far as the run itself can tell."""

from __future__ import annotations

import math

import numpy as np

from lrcore.experiment import Experiment
from lrcore.plan import Plan
from lrcore.results.comparison import Pair, PlanResult, compare, factor, results
from lrcore.results.events import Floats, History, Split
from lrcore.schedules.shapes.tails import Stays

_LOWERED = 0.5  # a plan "lowered its rate" if it ends below half of its highest


def story(experiment: Experiment, history: History, split: Split) -> str:
    """What is seen, then the reason that the comparison supports; no reason where it supports none."""
    rows = results(history)
    finals = [final_loss(row, split) for row in rows]
    best = min(range(len(finals)), key=finals.__getitem__)
    if not math.isfinite(finals[best]):
        return (
            "Every plan diverged in at least half of its seeds. "
            "The rates are above the edge of stability for this model and optimiser: lower base_lr."
        )
    if len(finals) == 1:
        return (
            f"The plan ends at a {split_name(split)} loss of {finals[0]:.3g}. Add a second plan to race it"
            " against."
        )
    pairs = {index: compare(history, best, index, split) for index in range(len(finals)) if index != best}
    return f"{_seen(best, finals, pairs, rows, split)} {_why(experiment, history, best, pairs, split)}"


def split_name(split: Split) -> str:
    return "training" if split == "train" else "validation"


def final_loss(row: PlanResult, split: Split) -> float:
    return row.final_train if split == "train" else row.final_val


def _seen(
    best: int, finals: list[float], pairs: dict[int, Pair], rows: list[PlanResult], split: Split
) -> str:
    others = sorted(pairs, key=lambda index: finals[index])
    equal = [index for index in others if pairs[index].wins == pairs[index].losses == 0]
    if len(equal) == len(others):
        return f"All plans end at the same {split_name(split)} loss, {finals[best]:.3g}."
    gaps = [
        f"{factor(pairs[index].ratio)} times below plan {index + 1}"
        for index in others
        if index not in equal and math.isfinite(finals[index]) and pairs[index].ratio > 1
    ]
    level = [
        f"plan {index + 1}" for index in others if math.isfinite(finals[index]) and pairs[index].ratio <= 1
    ]
    lost = [
        f"plan {index + 1} diverged in {rows[index].diverged} of {rows[index].seeds} seeds"
        for index in others
        if rows[index].diverged
    ]
    text = f"Plan {best + 1} ends lowest, at a {split_name(split)} loss of {finals[best]:.3g}"
    text += ": " + ", ".join(gaps) if gaps else ""
    text += f", level with {' and '.join(level)}" if level else ""
    text += "; " + ", ".join(lost) if lost else ""
    return text + "."


def _why(experiment: Experiment, history: History, best: int, pairs: dict[int, Pair], split: Split) -> str:
    """One sentence, from what was measured: intervals first, then which rates the plans really used."""
    losses = history.train_loss if split == "train" else history.val_loss
    if float(np.median(losses[-1, best])) > float(np.median(losses[0, best])):
        return "No plan ends below where it began: these rates are too high for this task."
    if experiment.seeds == 1:
        return "One seed alone cannot tell skill from luck; raise seeds to compare within pairs."
    if all(pair.wins == pair.losses == 0 for pair in pairs.values()):
        return "Equal rates give equal losses: within a seed the plans share weights and minibatches."
    beaten = [index for index, pair in pairs.items() if pair.wins and (pair.low > 1 or not pair.losses)]
    if not beaten:
        return f"These {experiment.seeds} seeds cannot tell the plans apart: each difference may be chance."
    lowered = _end(history, best) < _LOWERED * _peak(history, best)
    plans = experiment.plans
    steady = [i for i in beaten if _keeps(plans[i]) and plans[i].base_lr == plans[best].base_lr]
    if lowered and steady and experiment.batch_size < experiment.data.n_train:
        return (
            f"Plan {steady[0] + 1} keeps the same rate to the end, and the noise of the minibatches holds its"
            " loss on a floor about as high as that rate allows; where the winner's schedule lowers the"
            " rate, the floor falls away and the loss drops with it."
        )
    if all(_mean(history, best) > _mean(history, index) for index in beaten):
        return (
            "It kept a higher rate for longer than the plans that it beats: they slowed down before they had"
            " finished learning."
        )
    if lowered:
        return (
            "It learnt at a high rate first and then lowered it; the plans that it beats had less of one or"
            " of the other."
        )
    return (
        "Its rate suits this task better than theirs: too high a rate keeps the loss noisy, too low a rate"
        " learns slowly."
    )


def _keeps(plan: Plan) -> bool:
    """Whether the rate is the same from the first update to the last."""
    return plan.schedule.tail(plan.base_lr) == Stays(plan.base_lr)


def _end(history: History, plan: int) -> float:
    return _level(history.lr[-1, plan])


def _peak(history: History, plan: int) -> float:
    return max(_level(lr) for lr in history.lr[:, plan])


def _mean(history: History, plan: int) -> float:
    """The plan's mean rate over the evaluations, weighted with the updates between them."""
    spans = np.diff(history.step, prepend=0).astype(np.float64)
    return float(
        np.average([_level(lr) for lr in history.lr[:, plan]], weights=spans if spans.sum() else None)
    )


def _level(lr: Floats) -> float:
    """The rate over the seeds that are still training; a diverged one has none."""
    alive = lr[np.isfinite(lr)]
    return float(np.median(alive)) if len(alive) else 0.0
