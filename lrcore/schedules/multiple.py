"""A schedule of which every rate is a multiple of another's."""

from __future__ import annotations

from lrcore.schedules.schedule import Schedule


def multiple(schedule: Schedule, factor: float) -> Schedule:
    """The schedule that from `factor` times a base lr gives `factor` times the rates, at every step: the
    rates that it names beside base lr, and those of its parts, are multiplied. What follows a metric does so
    as long as it hears the same metrics.

    PlanError for a formula on which base lr has no say.

    >>> from lrcore.schedules.one_cycle import OneCycleLR
    >>> multiple(OneCycleLR(max_lr=0.5, total_steps=40), 2.0).max_lr
    1.0
    """
    parts = tuple(multiple(part, factor) for part in schedule.parts())
    return schedule.with_rates_times(factor).with_parts(parts)
