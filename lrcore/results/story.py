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
        if pairs[index].better and math.isfinite(pairs[index].ratio) and math.isfinite(finals[index])
    ]
    lost = [
        f"plan {index + 1} diverged in {rows[index].diverged} of {rows[index].seeds} seeds"
        for index in range(len(rows))
        if rows[index].diverged
    ]
    text = f"Plan {best + 1} ends lowest, at a {split_name(split)} loss of {finals[best]:.3g}"
    text += ": " + ", ".join(gaps) if gaps else ""
    text += "; " + ", ".join(lost) if lost else ""
    return text + "."


def _why(experiment: Experiment, history: History, best: int, pairs: dict[int, Pair], split: Split) -> str:
    """One sentence, from what was measured: intervals first, then which rates the plans really used."""
    losses = history.train_loss if split == "train" else history.val_loss
    start, end = np.median(history.train_loss[0], axis=1), np.median(history.train_loss[-1], axis=1)
    if bool((end > start).all()):
        return "No plan ends below where it began."
    if experiment.seeds == 1:
        return "One seed alone cannot tell skill from luck; raise seeds to compare within pairs."
    if all(pair.wins == pair.losses == 0 for pair in pairs.values()):
        return "Equal rates give equal losses: within a seed the plans share weights and minibatches."
    beaten = [index for index, pair in pairs.items() if pair.better]
    if not beaten:
        needed = next(iter(pairs.values())).needed
        if experiment.seeds < needed:
            return (
                f"{experiment.seeds} seeds are too few to tell {len(pairs) + 1} plans apart: at least"
                f" {needed} are needed, if one plan is lower in all of them."
            )
        return f"These {experiment.seeds} seeds show no plan below another: each difference may be chance."
    floor = [
        index
        for index in beaten
        if _keeps(experiment.plans[index])
        and _peak(history, best) <= _peak(history, index) * (1 + 1e-9)
        and _flat(losses[:, index])
    ]
    lowered = _end(history, best) < _LOWERED * _peak(history, best)
    if lowered and floor and experiment.batch_size < experiment.data.n_train:
        return (
            f"Plan {floor[0] + 1} keeps the same rate to the end, and its loss has stopped falling, held up"
            " by the noise of the minibatches; the winner starts no higher and lowers its rate."
        )
    return f"All {experiment.seeds} seeds together show it; the run does not show why."


def _flat(losses: Floats) -> bool:
    """Whether the median of a plan's losses (E, S) fell at first and changed by less than a fifth over the
    last third of the evaluations, each side taken as a median of three or more."""
    middle = np.median(losses, axis=1)
    third = len(middle) // 3
    if third < 6:
        return False
    early, late = np.median(middle[-third : -third // 2]), np.median(middle[-third // 2 :])
    return bool(late < middle[0] and abs(late - early) < 0.2 * early)


def _keeps(plan: Plan) -> bool:
    """Whether the rate is the same from the first update to the last."""
    return plan.schedule.tail(plan.base_lr) == Stays(plan.base_lr)


def _end(history: History, plan: int) -> float:
    return _level(history.lr[-1, plan])


def _peak(history: History, plan: int) -> float:
    return max(_level(lr) for lr in history.lr[:, plan])


def _level(lr: Floats) -> float:
    """The rate over the seeds that are still training; a diverged one has none."""
    alive = lr[np.isfinite(lr)]
    return float(np.median(alive)) if len(alive) else 0.0
