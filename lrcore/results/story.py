"""The sentences under the charts: what is seen, and why, as far as the run itself can tell."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lrcore.experiment import Experiment
from lrcore.results.causes import reasons
from lrcore.results.comparison import CLOSE, Pair, factor, size
from lrcore.results.events import History, Split
from lrcore.results.facts import Facts

_NAMED = 3  # plans in a sentence; the table has all
_REASONS = 2  # sentences that say why


def story(experiment: Experiment, history: History, split: Split) -> str:
    """What is seen, then the reasons that the comparison supports; no reason where it supports none."""
    return told(Facts(experiment, history, split))


def told(facts: Facts) -> str:
    """The story of a run whose facts are known."""
    final = facts.finals[facts.best]
    if not math.isfinite(final):
        return (
            "Every plan diverged in at least half of its seeds. "
            "The rates are above the edge of stability for this model and optimiser: lower base_lr."
        )
    if len(facts.finals) == 1:
        ends = _when(facts, "The plan ends at", "the plan is at")
        return f"{ends} {_loss(facts)} of {final:.3g}{_lost(facts)}. Add a second plan to race it against."
    return f"{_seen(facts)} {_why(facts)}"


def split_name(split: Split) -> str:
    return "training" if split == "train" else "validation"


def _seen(facts: Facts) -> str:
    final = f"{facts.finals[facts.best]:.3g}"
    if all(_equal(pair) for pair in facts.pairs.values()):
        ends = _when(facts, "All plans end at", "all plans are at")
        return f"{ends} the same {split_name(facts.split)} loss, {final}{_lost(facts)}."
    beside = [p for p, pair in facts.pairs.items() if not pair.better and f"{facts.finals[p]:.3g}" == final]
    lowest = [facts.best, *beside]
    one = len(lowest) == 1
    names = _plans(lowest)
    head = _when(
        facts,
        f"{_capital(names)} {'ends' if one else 'end'} lowest, at",
        f"{names} {'is' if one else 'are'} lowest, at",
    )
    text = f"{head} {_loss(facts)} of {final}"
    shown = [p for p, pair in facts.pairs.items() if pair.better and math.isfinite(pair.ratio)]
    if shown:
        of_which = "" if one else f"plan {facts.best + 1} "
        text += f": {of_which}seed by seed {_list([_below(facts.pairs[p], p) for p in shown[:_NAMED]])}"
        text += f", and below {_more(len(shown) - _NAMED)}" if len(shown) > _NAMED else ""
    under = [p for p, pair in facts.pairs.items() if pair.worse]
    if under:
        count = f"{facts.pairs[under[0]].losses} of {facts.experiment.seeds} seeds"
        text += f"; yet plan {under[0] + 1} is below {'it' if one else f'plan {facts.best + 1}'} in {count}"
    return f"{text}{_lost(facts)}."


def _why(facts: Facts) -> str:
    """From what was measured: intervals first, then the causes."""
    if all(
        row.final_train > start
        for row, start in zip(facts.rows, np.median(facts.train[0], axis=1), strict=True)
    ):
        return "No plan's training loss ends below where it began."
    if facts.experiment.seeds == 1:
        return "One seed alone cannot tell skill from luck; raise seeds to compare within pairs."
    pairs = facts.pairs
    if all(_equal(pair) for pair in pairs.values()):
        if any(not np.array_equal(facts.rates[facts.best], facts.rates[other]) for other in facts.others):
            return "The rates differ and the losses do not."
        return "Equal rates give equal losses: within a seed the plans share weights and minibatches."
    beaten = [index for index, pair in pairs.items() if pair.better]
    if not beaten:
        return _not_told(facts)
    found = sorted(reasons(facts), key=lambda reason: -len(reason.plans))[:_REASONS]
    why = " ".join(
        _capital(
            (reason.cause.one if len(reason.plans) == 1 else reason.cause.many).format(
                plans=_plans(reason.plans), best=f"plan {facts.best + 1}"
            )
        )
        for reason in found
    )
    if facts.split == "val" and any(reason.cause.of_training for reason in found):
        why = f"The training losses show why. {why}"
    if not found:
        why = f"All {facts.experiment.seeds} seeds together show it; the run does not show why."
        if any(facts.drives_momentum(plan) for plan in (facts.best, *beaten)):
            why = "Why, the rates do not tell: a plan moves the momentum too."
    open_ = [index for index in facts.others if not (pairs[index].better or pairs[index].worse)]
    if open_:
        names = _plans(open_)
        why += f" {facts.experiment.seeds} seeds do not show whether plan {facts.best + 1} is below {names}."
    return why


def _not_told(facts: Facts) -> str:
    seeds, plans = facts.experiment.seeds, len(facts.finals)
    needed = next(iter(facts.pairs.values())).needed
    if seeds < needed:
        return (
            f"{seeds} seeds are too few to tell {plans} plans apart: at least {needed} are needed, if one"
            " plan is lower in all of them."
        )
    if any(pair.worse for pair in facts.pairs.values()):
        return "The seeds and their medians disagree, so neither is called the better one."
    return f"These {seeds} seeds show no plan below another: each difference may be chance."


def _below(pair: Pair, plan: int) -> str:
    """`7.4 times below plan 4`, or `2 % below plan 4`."""
    ratio = size(pair.ratio, below=True) if pair.ratio < CLOSE else f"{factor(pair.ratio)} times"
    return f"{ratio} below plan {plan + 1}"


def _lost(facts: Facts) -> str:
    """Which plans diverged, the lowest one first: that it is the lowest is said of the other seeds alone."""
    lost = [p for p in (facts.best, *facts.others) if facts.rows[p].diverged]
    rows = facts.rows
    counts = [f"plan {p + 1} diverged in {rows[p].diverged} of {rows[p].seeds} seeds" for p in lost[:_NAMED]]
    if len(lost) > _NAMED:
        counts.append(f"{_more(len(lost) - _NAMED)} diverged in some")
    return f"; {_list(counts)}" if counts else ""


def _when(facts: Facts, at_the_end: str, so_far: str) -> str:
    """A run that was stopped has no end to speak of."""
    if not facts.stopped:
        return at_the_end
    return f"At update {int(facts.history.step[-1]):,} of {facts.experiment.steps:,} {so_far}"


def _loss(facts: Facts) -> str:
    return f"a {split_name(facts.split)} loss"


def _equal(pair: Pair) -> bool:
    return pair.wins == pair.losses == 0


def _plans(indices: Sequence[int]) -> str:
    """`plan 2`, `plans 2 and 4`, `plans 2, 4, 5 and 3 more`."""
    numbers = [str(index + 1) for index in indices[:_NAMED]]
    if len(indices) > _NAMED:
        numbers.append(f"{len(indices) - _NAMED} more")
    return f"{'plan' if len(indices) == 1 else 'plans'} {_list(numbers)}"


def _more(count: int) -> str:
    return "one more plan" if count == 1 else f"{count} more plans"


def _list(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
