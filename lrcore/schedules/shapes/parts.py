"""A part of a composition, as its field declares it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, SerializeAsAny

from lrcore.errors import PlanError
from lrcore.schedules.schedule import Schedule, schedule_class
from lrcore.values.value import short


def _part(value: Any) -> Any:
    """A member of a composition: a schedule, or its JSON form; never a schedule that waits for a metric."""
    if isinstance(value, dict) and isinstance(value.get("kind"), str):
        value = schedule_class(value["kind"])(**value)
    if not isinstance(value, Schedule):
        raise PlanError(
            f"{short(value)} is not a schedule; write a call there, like StepLR(step_size=30, gamma=0.1)."
        )
    if value.listens:
        raise PlanError(
            f"{value.kind} needs a metric and cannot be part of another schedule; torch refuses it too. Use"
            " it alone."
        )
    return value


Part = Annotated[SerializeAsAny[Schedule], BeforeValidator(_part)]
