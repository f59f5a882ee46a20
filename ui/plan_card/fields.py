"""What a plan's card shows, as values: every parameter that can be moved or typed, its name on the card, and
the plan it makes.

The pure half of the card: `actions` puts what these functions return into the session, `editor` draws it. It
knows no Streamlit and yet stays in `ui`, because what it says is the card's: the names there ("gamma of part
2"), what a text field accepts, which number survives another choice of schedule. What a schedule is, and
which parameters it has, it asks the schedule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrcore.errors import PlanError
from lrcore.plan import Clock, Path, Plan, parse_plan
from lrcore.schedules import FeedbackSchedule, Schedule, schedule_class
from lrcore.schedules.formula.schedule import Formula
from lrcore.schedules.text import schedule_text, value_text
from lrcore.text.literals import literal, parse_expression
from lrcore.values.parameter import TICKS, Parameter, parameters


def counted(plan: Plan) -> Clock:
    """What the schedule counts: one that listens hears one metric in each epoch, whatever the plan's clock
    says."""
    return "epoch" if isinstance(plan.schedule, FeedbackSchedule) else plan.clock


@dataclass(frozen=True)
class Control:
    """A parameter on a card. `name` is what the card calls it: "gamma", or "gamma of part 2" inside a
    composition."""

    name: str
    path: Path
    item: Parameter
    value: Any
    own: bool = False  # a formula's own name: its slider's range follows from its value

    @property
    def key(self) -> str:
        """Its identity on the card, whatever it is called: `schedule.schedulers.1.gamma`."""
        return ".".join(map(str, self.path))

    @property
    def slides(self) -> bool:
        return (
            self.item.slider is not None
            and isinstance(self.value, (int, float))
            and not isinstance(self.value, bool)
        )

    @property
    def rare(self) -> bool:
        """Whether most leave it alone, and it was left alone here: then it is folded away."""
        return self.item.quiet and self.value == self.item.default

    @property
    def text(self) -> str:
        """What a text field shows: a list without its brackets, an expression without quotes, nothing for a
        None that is the default."""
        if isinstance(self.value, str) or (self.value is None and self.item.default is None):
            return self.value or ""
        shown = value_text(self.value)
        return shown[1:-1] if isinstance(self.value, tuple) else shown


def controls(plan: Plan) -> list[Control]:
    """All controls of a plan's card, the base lr first, the parts of a composition last."""
    return [
        Control("base_lr", ("base_lr",), parameters(Plan)["base_lr"], plan.base_lr),
        *_controls(plan.schedule, ("schedule",), ""),
    ]


def _controls(schedule: Schedule, path: Path, suffix: str) -> Iterator[Control]:
    declared = type(schedule).model_fields
    for name, item in schedule.controls().items():
        value = getattr(schedule, name) if name in declared else item.default
        if isinstance(value, dict) or (name in declared and _parts_of(value)):
            continue  # a formula's names are controls themselves; parts follow below
        if suffix and item.quiet and value == item.default:
            continue  # a part shows what it says; the rest can be typed
        # CyclicLR has a base_lr of its own beside the plan's.
        shown = "floor base_lr" if name == "base_lr" and not suffix else name
        yield Control(shown + suffix, (*path, name), item, value, own=name not in declared)
    for number, (place, part) in enumerate(parts(schedule), 1):
        yield from _controls(part, (*path, *place), f" of part {number}{suffix}")


def parts(schedule: Schedule) -> list[tuple[Path, Schedule]]:
    """The schedules inside a composition, each with the way to it; none in any other schedule."""
    return [
        ((name, *place), part)
        for name in type(schedule).model_fields
        for place, part in _parts_of(getattr(schedule, name))
    ]


def _parts_of(value: object) -> list[tuple[Path, Schedule]]:
    if isinstance(value, Schedule):
        return [((), value)]
    return (
        [((place,), part) for place, part in enumerate(value) if isinstance(part, Schedule)]
        if isinstance(value, tuple)
        else []
    )


def with_schedule(plan: Plan, schedule: Schedule) -> Plan:
    """The plan with another schedule."""
    return Plan(base_lr=plan.base_lr, schedule=schedule, clock=plan.clock)


def another(plan: Plan, ticks: int) -> Plan:
    """What is added beside a plan, with a curve of its own over so many ticks: the same from half the base
    lr, or where that changes nothing (rates of a table) the constant half."""
    half = Plan(base_lr=plan.base_lr / 2, schedule=plan.schedule, clock=plan.clock)
    return Plan(base_lr=half.base_lr) if _alike(half, plan, ticks) else half


def telling(plan: Plan, ticks: int) -> Control | None:
    """The last of the usual sliders that changes the curve over so many ticks when it goes to one of its
    ends; None if none does."""
    sliders = [control for control in controls(plan) if control.slides and not control.item.quiet]
    return next((control for control in reversed(sliders) if _tells(control, plan, ticks)), None)


def _tells(control: Control, plan: Plan, ticks: int) -> bool:
    for end in control.item.slider_range(ticks) or ():
        with suppress(PlanError):  # an end that the other values forbid
            moved = plan.with_value(control.path, round(end) if control.item.type is int else end)
            if not _alike(moved, plan, ticks):
                return True
    return False


def _alike(one: Plan, other: Plan, ticks: int) -> bool:
    """Whether two plans are known to have the same rates, as far as some of the ticks show it."""
    at = np.unique(np.linspace(0, max(ticks - 1, 0), 65).astype(np.int64))
    try:
        return not one.schedule.listens and np.array_equal(one.lr(at), other.lr(at))
    except PlanError:  # a formula without a value somewhere
        return False


def _at(thing: Any, path: Path) -> Any:
    for step in path:
        thing = thing[step] if isinstance(step, int) else getattr(thing, step)
    return thing


def starting_schedule(kind: str, before: Plan, ticks: int) -> Schedule:
    """A schedule of another kind with values that show something; a number of the same name keeps its value
    if it fits."""
    schedule = schedule_class(kind).starting(before.base_lr, ticks)
    said = {name: item for name, item in parameters(type(before.schedule)).items() if not item.quiet}
    for name, item in parameters(type(schedule)).items():
        value: Any = getattr(before.schedule, name) if name in said else None
        if (
            isinstance(value, (int, float))
            and item.slider is not None
            and item.unit != TICKS
            and item.slider[0] <= value <= item.slider[1]
        ):
            schedule = schedule.replace(name, value)
    return schedule


def typed(plan: Plan, control: Control, value: Any, ticks: int) -> Plan:
    """The plan after something was typed or chosen in a field; the names that a formula does not know yet get
    values."""
    way = control.path[1:-1]
    if control.path[-1] == "expression" and isinstance(formula := _at(plan.schedule, way), Formula):
        before = {**formula.parameters, **({"T": formula.T} if formula.T else {})}
        known = Formula.typed(str(value), plan.base_lr, ticks, before)
        return plan.with_value(("schedule", *way), known)
    return plan.with_value(control.path, read_text(control.item, value))


def read_text(item: Parameter, value: object) -> object:
    """What was typed into a text field: numbers separated by commas for a list, nothing for the default, an
    expression as it is."""
    if not isinstance(value, str) or item.choices:
        return value
    if not value.strip():
        if item.required:
            raise PlanError(f"{item.name} is empty; write {item.help}.")
        return item.default
    if item.type is str:
        return value.strip()
    if item.type in (int, float):
        return literal(parse_expression(value, noun="a number", like="0.1"))
    typed = parse_expression(value, noun="numbers between commas", like="10, 20")
    return literal(typed if value.strip().startswith("[") else parse_expression(f"[{value}]"))


def read_schedule(text: str, plan: Plan) -> Plan:
    """A schedule's call as typed, at the plan's base lr and clock; a whole plan, with lr= and per, says its
    own."""
    if not (text := text.strip()):
        raise PlanError("The schedule is empty; write its call, or choose another schedule above.")
    lr = "" if re.match(r"lr\s*=", text) else f"lr={plan.base_lr!r} "
    clock = "" if re.search(r"(^|\s)per\s+\w+$", text) else f" per {plan.clock}"
    return parse_plan(f"{lr}{text}{clock}")


def written(schedule: Schedule) -> str:
    """The text form that `read_schedule` reads."""
    return schedule_text(schedule)
