"""Every schedule, discovered: one file per family, each class named as torch.optim.lr_scheduler names it
where it does."""

from __future__ import annotations

from lrcore._registry import discover, lookup
from lrcore.errors import PlanError
from lrcore.schedules._base import Schedule
from lrcore.schedules._feedback import FeedbackSchedule

_FOUND: dict[str, type[Schedule]] = discover(__name__, __path__, Schedule)  # type: ignore[type-abstract]

FEEDBACK: dict[str, type[FeedbackSchedule]] = {
    kind: cls for kind, cls in _FOUND.items() if issubclass(cls, FeedbackSchedule)
}
"""Those that need a metric: they parse and train like the others, but have no curve of their own."""

SCHEDULES: dict[str, type[Schedule]] = {kind: cls for kind, cls in _FOUND.items() if kind not in FEEDBACK}
"""Those that are a function of the step."""


def schedule_class(kind: str) -> type[Schedule]:
    """The schedule's class by its name; PlanError with the nearest name if there is none."""
    return lookup(_FOUND, kind, "schedule", PlanError)


__all__ = ["FEEDBACK", "SCHEDULES", "FeedbackSchedule", "Schedule", "schedule_class"]
