"""The one number: how much of the loss goes away with the rate, by least squares in the logarithm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from lrcore.prediction.course import Course
from lrcore.prediction.curve import BudgetCurve
from lrcore.results.comparison import final_count
from lrcore.results.events import Floats

# Candidates; 1 would leave no loss at all at a rate of 0.
_NOISE = np.linspace(0.0, 0.995, 200)
_APART = 0.1  # of the highest rate: plans that differ by less at one budget tell too little of the noise


@final
@dataclass(frozen=True, eq=False)
class Trained:
    """A plan that was trained to the end in every seed: number, course, log of the median loss (E,), and the
    final loss that the page's table has."""

    plan: int
    course: Course
    log_loss: Floats
    final: float

    @property
    def curve(self) -> BudgetCurve | None:
        """Over its budgets; None if it spent too little to be read."""
        return BudgetCurve.over(self.course.tau)


def log_loss(read: Trained, curve: BudgetCurve, noise: float | Floats, course: Course) -> Floats:
    r"""$\log L(t) = \log g(\tau_t) + \log(1 - c (1 - \eta_t / \eta_0))$ of a course (E,), with c = `noise`
    and $\eta_0$ the highest rate of the plan that is `read`.

    g is the loss of a constant rate $\eta_0$ at the same budget: the loss of the plan that is read, over its
    own factor, which for a constant rate is 1. Several c (C, 1) give (C, E).

    Source: Qiu et al., Scaling Collapse, arXiv 2507.02119, with a noise that is proportional to the loss.
    """
    rate = read.course.peak
    constant = read.log_loss - np.log1p(-noise * read.course.lowered(rate))
    return curve.read(constant, course.tau) + np.log1p(-noise * course.lowered(rate))


def tells(read: Trained, other: Trained) -> bool:
    """Whether the two used clearly different rates at the same budget somewhere, so that what their losses
    differ by is the noise."""
    rate = read.course.peak
    there = np.interp(other.course.tau, read.course.tau, read.course.lowered(rate))
    return bool(np.max(np.abs(other.course.lowered(rate) - there)) > _APART)


def misfit(read: Trained, curve: BudgetCurve, other: Trained) -> Floats:
    """The squares of the error of the other's log loss, summed over its evaluations within the budget that
    was read: (C,), one for each candidate of c."""
    error = log_loss(read, curve, _NOISE[:, None], other.course) - other.log_loss
    seen = (other.course.tau > 0) & (other.course.tau <= curve.end)
    return np.asarray((error[:, seen] ** 2).sum(axis=1), dtype=np.float64)


def best(squares: Floats) -> float:
    """The c with the least sum of squares (C,), from a parabola through the best three candidates."""
    at = int(np.argmin(squares))
    if not 0 < at < len(squares) - 1:
        return float(_NOISE[at])
    before, here, after = squares[at - 1 : at + 2]
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend > 0 else 0.0
    return float(_NOISE[at] + shift * (_NOISE[1] - _NOISE[0]))


def at_the_end(loss: Floats) -> float:
    """The mean over the last evaluations that `results.comparison` takes for a final loss."""
    return float(np.mean(loss[-final_count(len(loss)) :]))
