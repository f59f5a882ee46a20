"""A loss as a function of the budget alone, read off a plan that was trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, final

import numpy as np

from lrcore.results.events import Floats, Ints

# Evaluations to each side. On eight tasks with 5 seeds 227 of 233 pairs came out in the right order, and 221
# without any.
_AROUND = 2


@final
@dataclass(frozen=True, eq=False)
class BudgetCurve:
    r"""Straight lines over log tau through what a plan showed at its evaluations.

    From tau = 0, which has no logarithm, to the first evaluation they are straight in tau. Beyond the last
    one a line goes on that fits the second half of the budget best: for log L, a power law. Each point is the
    mean of its evaluation and of neighbours, in budget and in value.
    """

    kept: Ints  # evaluations before which something was spent, and the first
    end: float  # the budget at the last of them
    _first: float
    _u: Floats  # budgets of its points, on the curve's own scale

    @classmethod
    def over(cls, tau: Floats) -> Self | None:
        """The curve of a plan whose evaluations are at budgets `tau` (E,), ascending from 0; None if it spent
        something before fewer than three."""
        kept = np.flatnonzero(np.append(True, np.diff(tau) > 1e-9 * tau[-1]))
        if len(kept) < 4:
            return None
        first = float(tau[kept[1]])
        return cls(kept, float(tau[kept[-1]]), first, _smoothed(_scale(tau[kept], first)))

    def read(self, values: Floats, tau: Floats) -> Floats:
        """`values` (..., E), one for each evaluation, at budgets `tau` (n,) of any size: (..., n). It is
        linear in the values."""
        points, u = _smoothed(values[..., self.kept]), _scale(tau, self._first)
        at = np.clip(np.searchsorted(self._u, u, side="right") - 1, 0, len(self._u) - 2)
        share = (u - self._u[at]) / (self._u[at + 1] - self._u[at])
        inside = points[..., at] * (1 - share) + points[..., at + 1] * share
        late = self._u >= _scale(np.array(self.end / 2), self._first)
        middle = self._u[late].mean()
        x = self._u[late] - middle
        slope = points[..., late] @ x / max(float(x @ x), np.finfo(np.float64).tiny)
        beyond = points[..., late].mean(axis=-1)[..., None] + slope[..., None] * (u - middle)
        return np.asarray(np.where(tau <= self.end, inside, beyond), dtype=np.float64)


def _scale(tau: Floats, first: float) -> Floats:
    """log tau, and below the first evaluation tau itself, so that the two meet in one line."""
    return np.where(tau < first, tau / first, 1.0 + np.log(np.maximum(tau, first) / first))


def _smoothed(values: Floats) -> Floats:
    """The mean of each with as many neighbours to the left as to the right; the value before the first update
    stays by itself."""
    count = values.shape[-1]
    at = np.arange(1, count)
    around = np.minimum(_AROUND, np.minimum(at - 1, count - 1 - at))
    sums = np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(values, axis=-1)], axis=-1)
    means = (sums[..., at + around + 1] - sums[..., at - around]) / (2 * around + 1)
    return np.concatenate([values[..., :1], means], axis=-1)
