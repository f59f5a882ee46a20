"""What a plan's card does when something on it is moved, typed or pressed: callbacks that put a changed
workbench in place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lrcore.analysis.run import Run
from lrcore.plan import Plan
from lrcore.schedules import FEEDBACK, SCHEDULES
from ui.components.live_sliders import LiveValues
from ui.plan_card.fields import (
    Control,
    another,
    controls,
    counted,
    read_schedule,
    starting_schedule,
    typed,
    with_schedule,
)
from ui.session.parts import redraw, redraw_plan
from ui.session.session import session
from ui.session.widgets import picked
from ui.session.workbench import Workbench, with_experiment, with_plan

KINDS = {**SCHEDULES, **FEEDBACK}


def field_key(index: int, key: str) -> str:
    """The field of a control, or of the schedule as text, on the card of a plan."""
    return f"field_{index}_{key}"


def card_key(page: str, index: int) -> str:
    """The fragment of what a card's plan says: all of it but its schedule and clock."""
    return f"{page}_plan_{index}"


def charts_key(page: str) -> str:
    """The fragment of what follows a plan's values on the page."""
    return f"{page}_charts"


def slide(page: str, index: int, live: LiveValues) -> None:
    """Take what the sliders of a card hold. All are compared, since one event may stand for several."""
    with session().sliding(dragging=live.dragging, at=live.at):
        plans = session().workbench.experiment.plans
        if index >= len(plans):  # the last event of a card that has just been removed
            return
        known = {control.key: control for control in controls(plans[index])}
        for key, value in live.values.items():
            field = field_key(index, key)
            if key in known and (value != known[key].value or session().error(field)):
                session().edit(field, partial(_set_parameter, index, known[key], value), said=value)
    redraw_plan(card_key(page, index))


def _set_parameter(index: int, control: Control, value: Any, bench: Workbench) -> Workbench:
    return with_plan(bench, index, bench.experiment.plans[index].with_value(control.path, value))


def set_field(page: str, index: int, control: Control, ticks: int) -> None:
    """Take what was typed or chosen in a field that is no slider."""
    field = field_key(index, control.key)
    if (value := picked(field)) is None:
        return

    def change(bench: Workbench) -> Workbench:
        return with_plan(bench, index, typed(bench.experiment.plans[index], control, value, ticks))

    session().edit(field, change, said=value)
    redraw_plan(card_key(page, index))


def set_text(page: str, index: int) -> None:
    """Take a composition as it was typed."""
    field = field_key(index, "text")
    if (text := picked(field)) is None:
        return

    def change(bench: Workbench) -> Workbench:
        return with_plan(bench, index, read_schedule(text, bench.experiment.plans[index]))

    session().edit(field, change, said=text)
    if not session().error(field):
        _clear_errors(index)
    redraw(page)  # a whole plan may have been typed, with another clock


def choose_schedule(page: str, index: int, run: Run) -> None:
    kind = picked(f"schedule_{index}")
    if kind not in KINDS:
        return
    _clear_errors(index)

    def change(bench: Workbench) -> Workbench:
        plan = bench.experiment.plans[index]
        ticks = run.ticks(counted(with_schedule(plan, KINDS[kind].starting(plan.base_lr, 1))))
        return with_plan(bench, index, with_schedule(plan, starting_schedule(kind, plan, ticks)))

    session().edit(f"schedule_{index}", change)
    redraw(page)


def choose_clock(page: str, index: int) -> None:
    clock = picked(f"clock_{index}")
    if clock is None:
        return

    def change(bench: Workbench) -> Workbench:
        plan = bench.experiment.plans[index]
        return with_plan(bench, index, Plan(base_lr=plan.base_lr, schedule=plan.schedule, clock=clock))

    session().edit(f"clock_{index}", change)
    redraw(page)


def duplicate(page: str, index: int) -> None:
    """The same plan once more, behind it."""
    _insert(page, index, lambda plan: plan)


def add(page: str, index: int, run: Run) -> None:
    """A plan behind the last one, like it and with a curve of its own."""
    _insert(page, index, lambda plan: another(plan, run.ticks(counted(plan))))


def _insert(page: str, index: int, made: Callable[[Plan], Plan]) -> None:
    def change(bench: Workbench) -> Workbench:
        plans = bench.experiment.plans
        new = [made(plan) for plan in plans[index : index + 1]]  # none, if the card has just been removed
        return with_experiment(bench, plans=(*plans[: index + 1], *new, *plans[index + 1 :]))

    # Behind the last card no other one moves, so none needs to lose what was typed there.
    last = index == len(session().workbench.experiment.plans) - 1
    session().edit("add_plan", change, fresh=not last)
    if not session().error("add_plan"):
        session().opened = index + 1
    redraw(page)


def remove(page: str, index: int) -> None:
    def change(bench: Workbench) -> Workbench:
        plans = [plan for number, plan in enumerate(bench.experiment.plans) if number != index]
        return with_experiment(bench, plans=tuple(plans))

    session().edit("add_plan", change, fresh=True)
    session().opened = min(index, len(session().workbench.experiment.plans) - 1)
    redraw(page)


def _clear_errors(index: int) -> None:
    """After a schedule is replaced, the errors of its card would be about fields that are gone."""
    session().clear_errors(field_key(index, ""))
