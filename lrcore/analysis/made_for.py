"""The length of the run that a plan is made for, as far as its parameters say."""

from __future__ import annotations

import math

from lrcore.analysis.pitfalls.parts import acting
from lrcore.analysis.run import STEPS_MAX
from lrcore.plan import Plan
from lrcore.schedules.shapes.tails import Rests

_BEYOND = 1.25  # a staircase with a last drop is seen to its end when the tread after that is


def made_for(plan: Plan, steps_per_epoch: int = 1) -> int | None:
    """Updates until the plan has come to its end, at most 10 million; None for one without an end.

    A schedule that is made for a number of steps ends with them; one that rests after its last drop, a
    quarter later.

    >>> from lrcore.plan import parse_plan
    >>> made_for(parse_plan("lr=0.1 SequentialLR([LinearLR(total_iters=5), CosineAnnealingLR(T_max=85)],"
    ...     " milestones=[5])"), steps_per_epoch=100)
    9000
    >>> made_for(parse_plan("lr=0.1 OneCycleLR(max_lr=0.1, total_steps=500)"), steps_per_epoch=32)
    16000
    >>> made_for(parse_plan("lr=0.1 StepLR(step_size=30)")) is None
    True
    """
    if plan.schedule.listens:
        return None
    last: float = 0
    for one in acting(plan.schedule, plan.base_lr):
        tail = one.schedule.tail(one.base_lr)
        if (end := one.schedule.made_for(one.base_lr)) is not None:
            last = max(last, one.zero + end.start)
        elif isinstance(tail, Rests):
            last = max(last, one.zero + _BEYOND * tail.start)
        elif one.end == math.inf:
            return None  # it goes on
    stride = steps_per_epoch if plan.clock == "epoch" else 1
    return min(math.ceil(last) * stride, STEPS_MAX) if 0 < last < math.inf else None
