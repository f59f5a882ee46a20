"""Plans as a table of exact rates: one row per update, or per every n-th."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lrcore.errors import PlanError
from lrcore.horizon import Horizon
from lrcore.plan import Plan

_ROWS = 20_000  # at a time


def curve_csv(plans: Sequence[Plan], horizon: Horizon, every: int = 1) -> Iterator[str]:
    """A header of plan texts, then `step,epoch,lr...` for the updates 0, every, 2 every, ... and the last one, in blocks of text.

    The digits are the shortest that give the float64 back.

    >>> from lrcore.plan import parse_plan
    >>> print("".join(curve_csv([parse_plan("lr=0.1 StepLR(step_size=2, gamma=0.5)")], Horizon(steps=4), every=2)))
    step,epoch,"lr=0.1 StepLR(step_size=2, gamma=0.5)"
    0,0.0,0.1
    2,2.0,0.05
    3,3.0,0.05
    <BLANKLINE>
    """
    if every < 1:
        raise PlanError(f"Every n-th update is written, with n of at least 1, but {every!r} arrived.")
    for plan in plans:
        plan.lr(0, horizon.steps_per_epoch)  # a plan without a curve says so before the first line
    yield ",".join(["step", "epoch", *('"' + plan.text.replace('"', '""') + '"' for plan in plans)]) + "\n"
    last = horizon.steps - 1
    chosen = -(-horizon.steps // every)
    for first in range(0, chosen, _ROWS):
        steps = np.arange(first, min(first + _ROWS, chosen), dtype=np.int64) * every
        if first + _ROWS >= chosen and steps[-1] != last:
            steps = np.append(steps, last)
        columns = [steps.tolist(), (steps / horizon.steps_per_epoch).tolist()]
        columns += [plan.lr(steps, horizon.steps_per_epoch).tolist() for plan in plans]
        yield "".join(",".join(map(repr, row)) + "\n" for row in zip(*columns, strict=True))
