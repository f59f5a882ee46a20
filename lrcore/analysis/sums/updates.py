"""The rate of every single update, and what they add up to: for runs that are short enough to be trained."""

from __future__ import annotations

import numpy as np

from lrcore.analysis.run import Run
from lrcore.plan import Plan
from lrcore.schedules.schedule import FloatArray


def rates(plan: Plan, steps: int, steps_per_epoch: int = 1) -> FloatArray:
    """The rates of the updates 0 .. N - 1, (N,), N = `steps`; a plan per epoch is asked once for each epoch.

    PlanError as `Plan.lr`, and for a plan without a curve.

    >>> from lrcore.plan import parse_plan
    >>> rates(parse_plan("lr=1 StepLR(step_size=1, gamma=0.5)"), 5, 2)
    array([1.  , 1.  , 0.5 , 0.5 , 0.25])
    """
    run = Run.of(steps, steps_per_epoch)
    stride = run.stride(plan.clock)
    ticks = np.arange(run.ticks(plan.clock), dtype=np.int64)
    return np.repeat(plan.lr(ticks * stride, steps_per_epoch), stride)[:steps]


def spent(plan: Plan, steps: int, steps_per_epoch: int = 1) -> FloatArray:
    r"""$\tau_n = \sum_{m<n} \eta_m$ for n = 0 .. N, (N + 1,): the budget that n updates have spent, in lr x
    updates.

    Added up one by one, which up to N = 20,000 takes less time than `budget`'s closed forms at 60 places.
    Errors as `rates`.

    >>> from lrcore.plan import parse_plan
    >>> spent(parse_plan("lr=1 StepLR(step_size=1, gamma=0.5)"), 4, 2)
    array([0. , 1. , 2. , 2.5, 3. ])
    """
    return np.append(0.0, np.cumsum(rates(plan, steps, steps_per_epoch)))
