"""Every schedule as one Python expression of its rate, in t: what is exported where a library has no such
schedule."""

from __future__ import annotations

from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.formula.rate import LENGTH_MAX, parsed
from lrcore.schedules.schedule import TABLE

TABLE_NOTE = (
    f"# a table of the first {TABLE:,} steps only: this schedule has no formula that can be written here, and"
    " after them the table's last rate is held"
)


def rate(schedule: Schedule, base_lr: float, t: str = "t") -> str:
    """An expression of the rate in the language of a `Rate`: what `schedule.formula` says, in one piece."""
    found = schedule.formula(base_lr, t)
    text = found.text if len(found.text) > LENGTH_MAX else found.expression()
    if len(text) > LENGTH_MAX:
        raise PlanError(
            f"The formula of this {schedule.kind} is too long to be written out; export it in parts."
        )
    parsed(text)  # so that what is nested too deeply for Python is refused here too
    return text


def is_table(text: str) -> bool:
    """Whether a part of the expression is a table, which ends."""
    return "at([" in text
