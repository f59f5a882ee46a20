"""What a schedule counts in ticks of its clock, and the same schedule with other counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lrcore.schedules import Schedule
from lrcore.values.parameter import TICKS, Parameter, parameters


def counts_ticks(schedule: Schedule) -> bool:
    """Whether a parameter of the schedule itself, parts aside, is a count of ticks or a rate per tick."""
    return any(
        item.unit == TICKS or item.per_tick is not None for item in parameters(type(schedule)).values()
    )


def with_ticks(
    schedule: Schedule, ratio: float, count: Callable[[str, int], int], part: Callable[[Schedule], Schedule]
) -> Schedule:
    """The schedule with `ratio` times its ticks: whole counts as `count(name, value)` says, parts as `part`
    says, rates accordingly."""

    def number(item: Parameter, value: float) -> float:
        return count(item.name, value) if isinstance(value, int) else value * ratio

    def moved(item: Parameter, value: Any) -> Any:
        if item.per_tick is not None:
            return item.per_tick(value, ratio)
        if value is None or item.unit != TICKS:
            return value
        if not isinstance(value, tuple):
            return number(item, value)
        if value and isinstance(value[0], tuple):
            return tuple((step * ratio, lr) for step, lr in value)
        return tuple(number(item, step) for step in value)

    parts = tuple(part(held) for held in schedule.parts())
    known = parameters(type(schedule))
    own = {name: moved(item, getattr(schedule, name)) for name, item in known.items()}
    return type(schedule)(**own).with_parts(parts)
