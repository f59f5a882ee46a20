"""Why a plan ends above the best one: a table of causes, each a condition on the run and a sentence.

A cause is looked for only where the seeds show that the plan is beaten, by a tenth or more. Its condition is
about what the two plans did and when their losses parted, so that it fails where something else made the
difference; `tests/results/test_causes.py` plants each cause in simulated runs, and takes it away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from lrcore.results.comparison import CLOSE
from lrcore.results.facts import Facts

# at the loss of guessing; that of a regression is known from other points than those it is trained on
_GUESSING = {"classification": (0.98, 1.05), "regression": (0.9, 1.1)}
_EXPLAINS = 0.05  # the R^2 from which on a model is not one that guesses
_MOST = 0.75  # of the seeds
_STANDS = 0.18  # a logarithm: a loss that fell by less over the last third, and by less than ...
_OF_GAP = 0.25  # ... this share of what parts the plans, stands still
_HALF = 0.5  # of the final gap: what parted the plans before one of them lowered its rate is less


@final
@dataclass(frozen=True)
class Cause:
    """`holds(facts, plan)` says whether it is why that plan ends above the best; `one` and `many` say so of
    one plan and of several: `{plans}` ("plans 2 and 4") and `{best}` ("plan 3") are put in."""

    name: str
    holds: Callable[[Facts, int], bool]
    one: str
    many: str
    of_training: bool = True  # whether the losses that it speaks of are the training losses alone


@final
@dataclass(frozen=True)
class Reason:
    """A cause, and the plans that it holds for, the lowest first."""

    cause: Cause
    plans: tuple[int, ...]


def reasons(facts: Facts) -> list[Reason]:
    """For each beaten plan the first of the `CAUSES` that holds, together with the others that share it.

    None where a plan drives the momentum too, which the causes know nothing of, or where another plan beats
    the best one seed by seed.
    """
    if any(pair.worse for pair in facts.pairs.values()) or facts.drives_momentum(facts.best):
        return []
    found: dict[str, list[int]] = {}
    for plan, pair in facts.pairs.items():
        if pair.better and pair.ratio >= CLOSE and not facts.drives_momentum(plan):
            cause = next((cause for cause in CAUSES if cause.holds(facts, plan)), None)
            if cause is not None:
                found.setdefault(cause.name, []).append(plan)
    return [Reason(cause, tuple(found[cause.name])) for cause in CAUSES if cause.name in found]


def _guesses(facts: Facts, plan: int) -> bool:
    """Its training losses end at that of guessing in most seeds, and the best plan's below."""
    task = facts.experiment.data.task
    low, high = (share * facts.chance() for share in _GUESSING[task])
    ends = facts.ends(plan)
    return (
        not (task == "regression" and facts.rows[plan].metric > _EXPLAINS)
        and float(np.mean((low <= ends) & (ends <= high))) >= _MOST
        and facts.rows[facts.best].final_train < low / CLOSE
        and facts.in_training[plan].better
    )


def _too_high(facts: Facts, plan: int) -> bool:
    """Its training loss ends above its start (a diverged seed's does), the best plan's does not; and it used
    higher rates."""
    return (
        facts.unlearnt(plan)
        and not facts.unlearnt(facts.best)
        and (facts.peak(plan) > facts.peak(facts.best) or facts.budget(plan) > facts.budget(facts.best))
    )


def _learnt_more(facts: Facts, plan: int) -> bool:
    """It is beaten on the validation points and beats the best plan on the training points."""
    return facts.split == "val" and facts.in_training[plan].worse


def _over_fits(facts: Facts, plan: int) -> bool:
    """Its validation loss rose while its training loss fell; the best plan's did not."""
    over_fits = facts.over_fits(plan) and not facts.over_fits(facts.best)
    return facts.split == "val" and facts.learnt(plan) and over_fits


def _floor(facts: Facts, plan: int) -> bool:
    """It held its rate while its loss stood still; the best plan, which began no higher and spent no more,
    lowered its rate, and the two parted after that. A full batch has no noise."""
    best, gap = facts.best, facts.gap(plan, len(facts.history.step))
    fell, (fall, _) = facts.fell(best, plan), facts.last_fall(plan)
    return (
        facts.experiment.batch_size < facts.experiment.data.n_train
        and facts.in_training[plan].better
        and facts.holds_its_rate(plan)
        and facts.peak(best) <= facts.peak(plan) * (1 + 1e-9)
        and facts.budget(best) <= facts.budget(plan)
        and facts.learnt(plan)
        and abs(fall) < min(_STANDS, _OF_GAP * gap)
        and fell is not None
        and abs(facts.gap(plan, fell)) < _HALF * gap
    )


def _slowed(facts: Facts, plan: int) -> bool:
    """It lowered its rate while the best plan did not, the two parted after that, and it did as well as the
    best plan had with the same budget. It had as high a peak, and ends no higher, so it has no more noise."""
    best, gap = facts.best, facts.gap(plan, len(facts.history.step))
    fell = facts.fell(plan, best)
    return (
        facts.in_training[plan].better
        and facts.peak(plan) >= 0.9 * facts.peak(best)
        and facts.last_rate(plan) <= 1.25 * facts.last_rate(best)
        and facts.budget(plan) <= 0.7 * facts.budget(best)
        and facts.learnt(plan)
        and fell is not None
        and abs(facts.gap(plan, fell)) < _HALF * gap
        and facts.rows[plan].final_train <= CLOSE * facts.at_equal_budget(plan)
    )


def _slower(facts: Facts, plan: int) -> bool:
    """Its rate is never above the best plan's, its loss fell over the last third and falls to the very end,
    and it did as well as the best plan had with the same budget."""
    ours, theirs = facts.rates[facts.best], facts.rates[plan]
    fall, shown = facts.last_fall(plan)
    return (
        facts.in_training[plan].better
        and bool((theirs <= ours * (1 + 1e-9)).all())
        and facts.budget(plan) <= 0.5 * facts.budget(facts.best)
        and facts.learnt(plan)
        and shown
        and fall > 0.02
        and facts.still_falls(plan)
        and facts.rows[plan].final_train <= CLOSE * facts.at_equal_budget(plan)
    )


CAUSES = (
    Cause(
        "guessing",
        _guesses,
        "{plans} has learnt next to nothing: its training loss is that of guessing.",
        "{plans} have learnt next to nothing: their training losses are that of guessing.",
    ),
    Cause(
        "too high a rate",
        _too_high,
        "The rate of {plans} is too high for this task: its training loss ends above where it began.",
        "The rates of {plans} are too high for this task: their training losses end above where they began.",
    ),
    Cause(
        "learnt more, of the noise too",
        _learnt_more,
        "{plans} over-fits: it ends below {best} on the training points, above it on the validation points.",
        "{plans} over-fit: they end below {best} on the training points, above it on the validation points.",
        of_training=False,
    ),
    Cause(
        "over-fitting",
        _over_fits,
        "{plans} over-fits: its validation loss rose while its training loss fell.",
        "{plans} over-fit: their validation losses rose while their training losses fell.",
        of_training=False,
    ),
    Cause(
        "noise floor",
        _floor,
        "{plans} holds its rate to the end, where the noise of the minibatches keeps its training loss from"
        " falling on; most of the gap opened after {best} had lowered its rate.",
        "{plans} hold their rates to the end, where the noise of the minibatches keeps their training losses"
        " from falling on; most of the gap opened after {best} had lowered its rate.",
    ),
    Cause(
        "slowed down",
        _slowed,
        "The rate of {plans} fell too early: most of the gap to {best} opened after it had fallen.",
        "The rates of {plans} fell too early: most of the gap to {best} opened after they had fallen.",
    ),
    Cause(
        "lower rates",
        _slower,
        "{plans} never has a higher rate than {best}, and its training loss is still falling: it has not got"
        " as far.",
        "{plans} never have a higher rate than {best}, and their training losses are still falling: they have"
        " not got as far.",
    ),
)
