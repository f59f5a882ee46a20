"""What a schedule counts in ticks of its clock, and the same schedule with other counts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from lrcore.schedules import Schedule
from lrcore.values.parameter import TICKS, Parameter, parameters

_PER_TICK: dict[tuple[str, str], Callable[[float, float], float]] = {
    ("ExponentialLR", "gamma"): lambda value, ratio: value ** (1.0 / ratio),
    ("CyclicLR", "gamma"): lambda value, ratio: value ** (1.0 / ratio),
    ("InverseTimeDecay", "lr_decay"): lambda value, ratio: value / ratio,
    ("Noam", "factor"): lambda value, ratio: value * math.sqrt(ratio),
}
"""Parameters that are counted per tick although they are no counts of ticks."""


def counts_ticks(schedule: Schedule) -> bool:
    """Whether a parameter of the schedule itself, parts aside, is a count of ticks or a rate per tick."""
    return any(
        item.unit == TICKS or (schedule.kind, item.name) in _PER_TICK
        for item in parameters(type(schedule)).values()
    )


def has_parts(schedule: Schedule) -> bool:
    """Whether the schedule is composed of others."""
    return any(isinstance(value, Schedule) or _are_parts(value) for value in _held(schedule).values())


def with_ticks(
    schedule: Schedule, ratio: float, count: Callable[[str, int], int], part: Callable[[Schedule], Schedule]
) -> Schedule:
    """The schedule with `ratio` times its ticks: whole counts as `count(name, value)` says, parts as `part`
    says, rates accordingly."""

    def number(item: Parameter, value: float) -> float:
        return count(item.name, value) if isinstance(value, int) else value * ratio

    def moved(item: Parameter, value: Any) -> Any:
        if isinstance(value, Schedule):
            return part(value)
        if _are_parts(value):
            return tuple(map(part, value))
        if (rate := _PER_TICK.get((schedule.kind, item.name))) is not None:
            return rate(value, ratio)
        if value is None or item.unit != TICKS:
            return value
        if not isinstance(value, tuple):
            return number(item, value)
        if value and isinstance(value[0], tuple):
            return tuple((step * ratio, lr) for step, lr in value)
        return tuple(number(item, step) for step in value)

    known = parameters(type(schedule))
    return type(schedule)(**{name: moved(known[name], value) for name, value in _held(schedule).items()})


def _held(schedule: Schedule) -> dict[str, Any]:
    return {name: getattr(schedule, name) for name in type(schedule).model_fields}


def _are_parts(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], Schedule)
