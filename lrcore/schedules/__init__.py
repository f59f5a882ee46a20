"""Every schedule, discovered: one file per family, each class named as torch.optim.lr_scheduler names it where it does."""

from __future__ import annotations

from lrcore._registry import discover, lookup
from lrcore.errors import PlanError
from lrcore.schedules._base import Schedule

SCHEDULES: dict[str, type[Schedule]] = discover(__name__, __path__, Schedule)  # type: ignore[type-abstract]


def schedule_class(kind: str) -> type[Schedule]:
    """The schedule's class by its name; PlanError with the nearest name if there is none."""
    return lookup(SCHEDULES, kind, "schedule", PlanError)


__all__ = ["SCHEDULES", "Schedule", "schedule_class"]
