"""Every schedule as one Python expression of its rate, in t: what is exported where a library has no such
schedule."""

from __future__ import annotations

from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.schedule import TABLE

TABLE_NOTE = (
    f"# a table of the first {TABLE:,} steps only: this schedule has no formula that can be written here, and"
    " after them the table's last rate is held"
)
_LENGTH_MAX = 60_000


def rate(schedule: Schedule, base_lr: float, t: str = "t") -> str:
    """An expression of the rate in the language of a `Rate`: what `schedule.formula` says, in one piece."""
    text = schedule.formula(base_lr, t).expression()
    if len(text) > _LENGTH_MAX:
        raise PlanError(
            f"The formula of this {schedule.kind} is too long to be written out; export it in parts."
        )
    return text


def is_table(text: str) -> bool:
    """Whether a part of the expression is a table, which ends."""
    return "at([" in text
