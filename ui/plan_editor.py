"""A plan as a card: a schedule's declared parameters become sliders, and what they say becomes a plan again."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from lrcore._calls import literal, parse_expression, value_text
from lrcore._values import TICKS, Parameter, parameters
from lrcore.errors import LRLabError, PlanError
from lrcore.experiment import Experiment
from lrcore.figures.style import color
from lrcore.plan import Clock, Plan
from lrcore.schedules import SCHEDULES, Schedule, schedule_class
from lrcore.schedules.constant import Constant
from ui import workbench
from ui.components.live_sliders import LiveValues, SliderSpec, live_sliders
from ui.style import swatch
from ui.workbench import Workbench, edit, picked, synced, with_experiment

CARDS_MAX = 8


def plan_cards(bench: Workbench) -> None:
    """All plans of the workbench as cards, and the button that adds one."""
    for index, plan in enumerate(bench.experiment.plans):
        with st.container(border=True, key=f"card_{index}"):
            _card(index, plan, bench.experiment)
    full = len(bench.experiment.plans) >= CARDS_MAX
    st.button(
        "Add a plan",
        icon=":material/add:",
        key="add_plan",
        on_click=_insert,
        args=(len(bench.experiment.plans) - 1,),
        disabled=full,
        help=f"At most {CARDS_MAX} plans race at once; remove one first." if full else "Adds a copy of the last plan.",
        width="stretch",
    )


def horizon(experiment: Experiment, clock: Clock) -> int:
    """The length of the run in ticks of a clock."""
    return experiment.steps if clock == "iteration" else max(1, -(-experiment.steps // experiment.steps_per_epoch))


def _card(index: int, plan: Plan, experiment: Experiment) -> None:
    number = index + 1
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        swatch(index, f"Plan {number}")
        st.space("stretch")
        _icon_button("content_copy", f"Duplicate plan {number}", f"duplicate_{index}", _insert, index, len(experiment.plans) >= CARDS_MAX)
        _icon_button("delete", f"Remove plan {number}", f"remove_{index}", _remove, index, len(experiment.plans) == 1)
    with st.container(horizontal=True, gap="small"):
        st.selectbox(
            f"schedule of plan {number}",
            list(SCHEDULES),
            key=synced(f"schedule_{index}", plan.schedule.kind),
            format_func=lambda kind: f"{kind} · {SCHEDULES[kind].title}" if kind != "Constant" else "Constant · no schedule",
            on_change=_choose_schedule,
            args=(index,),
            label_visibility="collapsed",
        )
        if not isinstance(plan.schedule, Constant):  # which counts nothing
            st.selectbox(
                f"clock of plan {number}",
                ["epoch", "iteration"],
                key=synced(f"clock_{index}", plan.clock),
                format_func=lambda clock: f"per {clock}",
                on_change=_choose_clock,
                args=(index,),
                label_visibility="collapsed",
                width=140,
                help="What scheduler.step() counts: passes over the data, or updates.",
            )
    ticks = horizon(experiment, plan.clock)
    others = []
    specs = [_spec(index, parameters(Plan)["base_lr"], plan.base_lr, plan.clock, ticks)]
    for item in parameters(type(plan.schedule)).values():
        value = getattr(plan.schedule, item.name)
        if item.slider is not None and isinstance(value, (int, float)) and not isinstance(value, bool):
            specs.append(_spec(index, item, value, plan.clock, ticks))
        else:
            others.append((item, value))
    live_sliders(specs, key=workbench.key(f"sliders_{index}"), accent=color(index), on_change=lambda live: _slide(index, live))
    for item, value in others:
        _other(index, item, value)


def _spec(index: int, item: Parameter, value: float, clock: Clock, ticks: int) -> SliderSpec:
    low, high = item.slider_range(ticks) or (0.0, 1.0)
    return SliderSpec(
        name=item.name,
        label=f"{item.name} of plan {index + 1}",
        value=value,
        minimum=low,
        maximum=high,
        scale=item.scale,
        integer=item.type is int or item.unit == TICKS,
        help=item.help,
        unit=f"{clock}s" if item.unit == TICKS else item.unit,
        error=workbench.error(_field(index, item.name)),
    )


def _other(index: int, item: Parameter, value: Any) -> None:
    """A parameter that is no number on a slider: a switch, a choice, or text such as a list of milestones."""
    label, key = f"{item.name} of plan {index + 1}", _field(index, item.name)
    if isinstance(value, bool):
        st.toggle(label, key=synced(key, value), help=item.help, on_change=_set_other, args=(index, item.name))
    elif item.choices:
        st.selectbox(label, item.choices, key=synced(key, value), help=item.help, on_change=_set_other, args=(index, item.name))
    else:
        text = "" if value is None else value_text(value).strip("[]")
        st.text_input(label, key=synced(key, text), help=item.help, on_change=_set_other, args=(index, item.name))
        workbench.show_error(key)


def _field(index: int, name: str) -> str:
    return f"field_{index}_{name}"


def _with_plan(bench: Workbench, index: int, plan: Plan) -> Workbench:
    plans = list(bench.experiment.plans)
    plans[index] = plan
    return with_experiment(bench, plans=tuple(plans))


def changed(plan: Plan, name: str, value: Any) -> Plan:
    """The plan with one parameter replaced, validated."""
    if name == "base_lr":
        return Plan(base_lr=value, schedule=plan.schedule, clock=plan.clock)
    fields = {field: getattr(plan.schedule, field) for field in type(plan.schedule).model_fields}
    return Plan(base_lr=plan.base_lr, schedule=type(plan.schedule)(**{**fields, name: value}), clock=plan.clock)


def starting_schedule(kind: str, before: Schedule, ticks: int) -> Schedule:
    """A schedule of another kind with values that show something; a parameter of the same name keeps its value."""
    cls = schedule_class(kind)
    fresh = {name: item.starting_value(ticks) for name, item in parameters(cls).items()}
    kept = {name: getattr(before, name) for name in fresh if name in type(before).model_fields}
    try:
        return cls(**{**fresh, **kept})
    except LRLabError:  # the same name with another range, as total_iters and T_max might have
        return cls(**fresh)


def _slide(index: int, live: LiveValues) -> None:
    st.session_state["dragging"] = live.dragging
    plans = workbench.current().experiment.plans
    if index >= len(plans):  # a last word of a card that has just been removed
        return
    plan = plans[index]
    known = {"base_lr": plan.base_lr, **{name: getattr(plan.schedule, name) for name in type(plan.schedule).model_fields}}
    for name, value in live.values.items():
        if name in known and (value != known[name] or workbench.error(_field(index, name))):
            edit(_field(index, name), partial(_set_parameter, index, name, value))


def _set_parameter(index: int, name: str, value: Any, bench: Workbench) -> Workbench:
    return _with_plan(bench, index, changed(bench.experiment.plans[index], name, value))


def _set_other(index: int, name: str) -> None:
    value = picked(_field(index, name))
    if value is None:
        return

    def change(bench: Workbench) -> Workbench:
        plan = bench.experiment.plans[index]
        return _with_plan(bench, index, changed(plan, name, read_other(parameters(type(plan.schedule))[name], value)))

    edit(_field(index, name), change)


def read_other(item: Parameter, value: Any) -> Any:
    """What was typed into a text field: numbers separated by commas for a list, nothing for None."""
    if not isinstance(value, str) or item.choices:
        return value
    if not value.strip():
        if item.required:
            raise PlanError(f"{item.name} is empty; write {item.help}, such as 500, 1000.")
        return item.default
    if item.type in (int, float):
        return literal(parse_expression(value))
    return literal(parse_expression(f"[{value}]"))


def _choose_schedule(index: int) -> None:
    kind = picked(f"schedule_{index}")
    if kind is None:
        return
    _clear_errors(index)

    def change(bench: Workbench) -> Workbench:
        plan = bench.experiment.plans[index]
        schedule = starting_schedule(kind, plan.schedule, horizon(bench.experiment, plan.clock))
        return _with_plan(bench, index, Plan(base_lr=plan.base_lr, schedule=schedule, clock=plan.clock))

    edit(f"schedule_{index}", change)


def _choose_clock(index: int) -> None:
    clock = picked(f"clock_{index}")
    if clock is None:
        return

    def change(bench: Workbench) -> Workbench:
        plan = bench.experiment.plans[index]
        return _with_plan(bench, index, Plan(base_lr=plan.base_lr, schedule=plan.schedule, clock=clock))

    edit(f"clock_{index}", change)


def _insert(index: int) -> None:
    def change(bench: Workbench) -> Workbench:
        plans = list(bench.experiment.plans)
        plans.insert(index + 1, plans[index])
        return with_experiment(bench, plans=tuple(plans))

    edit("add_plan", change)
    workbench.renew()


def _remove(index: int) -> None:
    def change(bench: Workbench) -> Workbench:
        plans = [plan for number, plan in enumerate(bench.experiment.plans) if number != index]
        return with_experiment(bench, plans=tuple(plans))

    edit("add_plan", change)
    workbench.renew()


def _clear_errors(index: int) -> None:
    """After a schedule is replaced, the errors of its card would speak of fields that are gone."""
    prefix = f"field_{index}_"
    for field in [field for field in st.session_state["errors"] if field.startswith(prefix)]:
        del st.session_state["errors"][field]


def _icon_button(icon: str, label: str, key: str, on_click: Any, index: int, disabled: bool) -> None:
    """A button of which sighted people see the icon and a tooltip, and screen readers read the label (`ui/style.py` hides it)."""
    icon = f":material/{icon}:"
    st.button(label, icon=icon, help=label, key=key, on_click=on_click, args=(index,), disabled=disabled, type="tertiary")
