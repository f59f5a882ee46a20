"""The same shape over another length: a plan of 450,000 updates as one of 2,000."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from lrcore._clocks import to_iterations
from lrcore._values import TICKS, Parameter, parameters
from lrcore.errors import PlanError
from lrcore.horizon import Horizon
from lrcore.plan import Plan
from lrcore.schedules import FEEDBACK, Schedule

_PER_TICK: dict[tuple[str, str], Callable[[float, float], float]] = {
    ("ExponentialLR", "gamma"): lambda value, ratio: value ** (1.0 / ratio),
    ("CyclicLR", "gamma"): lambda value, ratio: value ** (1.0 / ratio),
    ("InverseTimeDecay", "lr_decay"): lambda value, ratio: value / ratio,
    ("Noam", "factor"): lambda value, ratio: value * math.sqrt(ratio),
}
"""Parameters that are counted per tick although they are no counts of ticks."""


def rescale(plan: Plan, old: Horizon, new: Horizon) -> Plan:
    """The plan on the clock of updates whose curve over `new` has the shape that this one has over `old`.

    Counts of ticks are multiplied by new.steps / old.steps and rounded to whole updates, at least 1 where they were; rates per
    tick follow. A smooth schedule per epoch, which is a staircase of epochs, becomes the smooth curve through them.

    >>> from lrcore.plan import parse_plan
    >>> imagenet = Horizon(steps=450_360, steps_per_epoch=5004)
    >>> rescale(parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.1)"), imagenet, Horizon(steps=2000)).text
    'lr=0.1 StepLR(step_size=667, gamma=0.1) per iteration'

    PlanError where the kind has no parameters for another length, or where a metric decides.
    """
    if plan.schedule.kind in FEEDBACK:
        raise PlanError(f"{plan.schedule.kind} counts metrics, which come once an epoch in any run; it is not scaled.")
    plan = to_iterations(plan, old.steps_per_epoch)
    ratio = new.steps / old.steps
    return Plan(base_lr=plan.base_lr, schedule=_scaled(plan.schedule, ratio), clock="iteration")


def _scaled(schedule: Schedule, ratio: float) -> Schedule:
    known = parameters(type(schedule))
    held = {name: getattr(schedule, name) for name in type(schedule).model_fields}
    counted = any(item.unit == TICKS or (schedule.kind, item.name) in _PER_TICK for item in known.values())
    composed = any(isinstance(value, Schedule) or _are_parts(value) for value in held.values())
    if held and not (counted or composed):
        raise PlanError(f"{schedule.kind} has no parameter that counts updates, so it cannot be scaled to another length.")
    return type(schedule)(**{name: _moved(schedule.kind, known[name], value, ratio) for name, value in held.items()})


def _are_parts(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], Schedule)


def _moved(kind: str, item: Parameter, value: Any, ratio: float) -> Any:
    if isinstance(value, Schedule):
        return _scaled(value, ratio)
    if _are_parts(value):
        return tuple(_scaled(part, ratio) for part in value)
    if value is None or isinstance(value, (bool, str)):
        return value
    if (rate := _PER_TICK.get((kind, item.name))) is not None:
        return rate(value, ratio)
    if item.unit != TICKS:
        return value
    if isinstance(value, tuple):
        if value and isinstance(value[0], tuple):
            return tuple((step * ratio, rate) for step, rate in value)
        return tuple(_count(step, ratio) for step in value)
    return _count(value, ratio)


def _count(value: float, ratio: float) -> float:
    """A whole number of updates where it was one; what lasted at all still lasts one."""
    if isinstance(value, int):
        return max(1, round(value * ratio)) if value > 0 else value
    return value * ratio
