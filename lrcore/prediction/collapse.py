"""What a finished run says of the loss of plans that it did not train."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from lrcore.experiment import Experiment
from lrcore.prediction.course import course
from lrcore.prediction.curve import BudgetCurve
from lrcore.prediction.error import TaskError
from lrcore.prediction.fit import Trained, at_the_end, best, log_loss, misfit, tells
from lrcore.prediction.limits import (
    EVALUATIONS,
    NO_FIT,
    NO_REFERENCE,
    TOO_SHORT,
    NotPredicted,
    all_without_a_curve,
    too_far,
    unstable,
    without_a_curve,
)
from lrcore.results.comparison import results
from lrcore.results.events import NOT_DIVERGED, Floats, History, Ints, Split

# Rates within this factor are read off one reference: twenty plans at rates of their own would otherwise take
# three times as long to fit, to no effect beside the errors of a prediction.
_ALIKE = 1.1


@final
@dataclass(frozen=True, eq=False)
class Reference:
    """A plan of the run that others are read off, the number c that was fitted on the plans `fitted_on` near
    it, the least and the greatest c that one of these gives by itself, the error of predicting each of them
    from the rest (None if there is one only), and the least budget that one of all these spent."""

    read: Trained
    curve: BudgetCurve
    noise: float
    fitted_on: tuple[int, ...]
    between: tuple[float, float]
    error: TaskError | None
    least_budget: float

    @property
    def plan(self) -> int:
        return self.read.plan

    @property
    def rate(self) -> float:
        """The highest of the plan: that at which c is the share of noise in the loss."""
        return self.read.course.peak


@final
@dataclass(frozen=True, eq=False)
class Collapse:
    """The references of a run for one of its two losses, one for each highest rate among its plans, but rates
    that are alike have one. `step` (E,) are the numbers of updates at which the run was evaluated."""

    experiment: Experiment
    split: Split
    step: Ints
    references: tuple[Reference, ...]

    def nearest(self, peak: float) -> Reference:
        """The reference whose rate is nearest, in ratio, to the highest of a plan."""
        return min(self.references, key=lambda reference: abs(np.log(reference.rate / peak)))


def collapse_of(experiment: Experiment, history: History, split: Split) -> Collapse | NotPredicted:
    r"""Fit the budget-time collapse to a run, finished or stopped.

    With $\tau_t = \sum_{s \le t} \eta_s$: $L(t) \approx g(\tau_t)\,(1 - c\,(1 - \eta_t/\eta_0))$, where L is
    the median over seeds, g the loss of the constant rate $\eta_0$, and c is fitted by least squares in log
    loss. g is read off the plan that keeps $\eta_0$, or without one off the plan with that highest rate that
    spends most. No lag is fitted: the loss at the end of a short cooldown comes out some 4 to 18 % too low.

    Source: Qiu et al., Scaling Collapse, arXiv 2507.02119.
    """
    if (reason := all_without_a_curve(experiment.plans)) is not None:
        return reason
    if len(history.step) < EVALUATIONS:
        return TOO_SHORT
    lost = (history.diverged_at != NOT_DIVERGED).sum(axis=1)
    drawn = [index for index, plan in enumerate(experiment.plans) if without_a_curve(plan) is None]
    if lost[drawn].all():
        return unstable(int(lost[drawn].min()), experiment.seeds)
    losses = medians(history, split)
    finals = [row.final(split) for row in results(history)]
    trained = [
        Trained(
            index,
            course(experiment.plans[index], history.step, experiment.steps_per_epoch),
            log,
            finals[index],
        )
        for index in drawn
        if not lost[index] and np.isfinite(log := _log(losses[index])).all()
    ]
    trained = [one for one in trained if one.course.peak > 0]
    trained.sort(key=lambda one: (not one.course.constant, -one.course.tau[-1]))
    references: dict[float, Reference] = {}
    for one in trained:
        peak = one.course.peak
        if any(max(peak / known, known / peak) < _ALIKE for known in references):
            continue
        if (found := _reference(one, trained)) is not None:
            references[peak] = found
    if not references:
        return NO_FIT if trained else NO_REFERENCE
    return Collapse(experiment, split, history.step, tuple(references.values()))


def medians(history: History, split: Split) -> Floats:
    """The medians over seeds (P, E), in which a diverged seed counts as infinite."""
    losses = history.train_loss if split == "train" else history.val_loss
    return np.median(np.where(history.diverged_at == NOT_DIVERGED, losses, np.inf), axis=2).T


def _reference(read: Trained, trained: Sequence[Trained]) -> Reference | None:
    """`read` as a reference, fitted on the others; None if none of them is near it and tells of the noise."""
    if (curve := read.curve) is None:
        return None
    near = [
        other
        for other in trained
        if too_far(other.course.peak, read.course.peak) is None and tells(read, other)
    ]
    if not near:
        return None
    squares = np.stack([misfit(read, curve, other) for other in near])
    whole = squares.sum(axis=0)
    errors = [
        _off(read, curve, best(whole - own), other)
        for own, other in zip(squares, near, strict=True)
        if len(near) > 1
    ]
    alone = [best(own) for own in squares]
    return Reference(
        read=read,
        curve=curve,
        noise=best(whole),
        fitted_on=tuple(sorted(other.plan for other in near)),
        between=(min(alone), max(alone)),
        error=TaskError.of(np.array(errors)),
        least_budget=min(float(one.course.tau[-1]) for one in (read, *near)),
    )


def _off(read: Trained, curve: BudgetCurve, noise: float, other: Trained) -> float:
    said = np.exp(log_loss(read, curve, noise, other.course))
    return abs(at_the_end(said) / other.final - 1)


def _log(losses: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(losses)
