"""Plans as a table of exact rates: one row per update, or per every n-th."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lrcore.analysis.run import Run
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import FeedbackSchedule

_ROWS = 20_000  # at a time


def curve_csv(
    plans: Sequence[Plan], horizon: Run, every: int = 1, metric: Sequence[float] = ()
) -> Iterator[str]:
    """A header of plan texts, then `step,epoch,lr...` for the updates 0, every, 2 every, ... and the last
    one, in blocks of text.

    The digits are the shortest that give the float64 back. A schedule with feedback follows `metric`, one
    number for each epoch, and its cells are empty behind the end of it.

    >>> from lrcore.plan import parse_plan
    >>> print("".join(curve_csv([parse_plan("lr=0.1 StepLR(step_size=2, gamma=0.5)")], Run(steps=4),
    ...     every=2)))
    step,epoch,"lr=0.1 StepLR(step_size=2, gamma=0.5)"
    0,0.0,0.1
    2,2.0,0.05
    3,3.0,0.05
    <BLANKLINE>
    """
    if every < 1:
        raise PlanError(f"Every n-th update is written, with n of at least 1, but {every!r} arrived.")
    columns_of = [_column(plan, horizon, metric) for plan in plans]
    yield ",".join(["step", "epoch", *('"' + plan.text.replace('"', '""') + '"' for plan in plans)]) + "\n"
    last = horizon.steps - 1
    chosen = -(-horizon.steps // every)
    for first in range(0, chosen, _ROWS):
        steps = np.arange(first, min(first + _ROWS, chosen), dtype=np.int64) * every
        if first + _ROWS >= chosen and steps[-1] != last:
            steps = np.append(steps, last)
        columns = [
            list(map(repr, steps.tolist())),
            list(map(repr, (steps / horizon.steps_per_epoch).tolist())),
        ]
        columns += [column(steps) for column in columns_of]
        yield "".join(",".join(row) + "\n" for row in zip(*columns, strict=True))


def _column(plan: Plan, horizon: Run, metric: Sequence[float]) -> Callable[[NDArray[np.int64]], list[str]]:
    """The cells of one plan by update. PlanError for a plan without a curve."""
    if not isinstance(plan.schedule, FeedbackSchedule):
        plan.lr(0, horizon.steps_per_epoch)
        return lambda steps: list(map(repr, plan.lr(steps, horizon.steps_per_epoch).tolist()))
    if not metric:
        raise PlanError(f"{plan.schedule.kind} follows a metric, and there is none to follow.")
    rates = list(map(repr, plan.schedule.replay(metric, plan.base_lr).tolist()))
    return lambda steps: [
        rates[epoch] if epoch < len(rates) else "" for epoch in (steps // horizon.steps_per_epoch).tolist()
    ]
