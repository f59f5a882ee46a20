"""What the prediction needs of a plan: its budget and its rate at each evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from lrcore.analysis.sums.updates import rates
from lrcore.plan import Plan
from lrcore.results.events import Floats, Ints


@final
@dataclass(frozen=True, eq=False)
class Course:
    """A plan at the evaluations after n updates: `tau` (E,), the sum of the rates of these updates, and
    `rate` (E,), that of the last of them (NaN for n = 0: none was used). `peak` is the highest rate of the
    run."""

    tau: Floats
    rate: Floats
    peak: float

    @property
    def constant(self) -> bool:
        """Whether the rate is the same at all evaluations."""
        return bool(np.nanmin(self.rate) == self.peak)

    def lowered(self, rate: float) -> Floats:
        r"""$1 - \eta_t / \eta_0$ (E,), $\eta_0$ = `rate`; 0 before the first update, when there is no noise
        to speak of."""
        return np.where(np.isnan(self.rate), 0.0, 1.0 - self.rate / rate)


def course(plan: Plan, done: Ints, steps_per_epoch: int) -> Course:
    """The course of a plan at `done` (E,), ascending numbers of updates of which the last is at least 1.
    PlanError for a plan without a curve."""
    each = rates(plan, int(done[-1]), steps_per_epoch)
    sums, last = np.append(0.0, np.cumsum(each)), np.append(np.nan, each)
    return Course(sums[done], last[done], float(each.max()))
