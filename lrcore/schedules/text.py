"""The text of a schedule and back: Python call syntax, parsed with `ast` and never evaluated."""

from __future__ import annotations

import ast
from typing import Any

from lrcore.errors import PlanError
from lrcore.schedules.constant import Constant
from lrcore.schedules.schedule import Schedule, schedule_class
from lrcore.text.literals import literal, source
from lrcore.values.parameter import parameters

DEPTH_MAX = 12  # schedules inside schedules


def build_schedule(node: ast.expr, depth: int = 0) -> Schedule:
    """A call's tree to the schedule, its arguments by position or by name; nested calls are schedules
    themselves."""
    if depth > DEPTH_MAX:
        raise PlanError(f"Schedules are nested more than {DEPTH_MAX} deep; flatten the composition.")
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        raise PlanError(
            f"{source(node)} is not a schedule call; write it like StepLR(step_size=30, gamma=0.1)."
        )
    cls = schedule_class(node.func.id)
    names = list(parameters(cls))
    if len(node.args) > len(names):
        raise PlanError(
            f"{cls.kind} takes at most {len(names)} parameters ({', '.join(names) or 'none'}), but"
            f" {len(node.args)} arrived."
        )
    given = dict(zip(names, node.args, strict=False))
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in given:
            raise PlanError(
                f"{cls.kind}: {'** is not read' if keyword.arg is None else f'{keyword.arg} arrived twice'};"
                " name each parameter once."
            )
        given[keyword.arg] = keyword.value
    return cls(**{name: _argument(value, depth) for name, value in given.items()})


def schedule_text(schedule: Schedule) -> str:
    """The call that `build_schedule` reads back; quiet parameters at their default are left out."""
    known = parameters(type(schedule))
    shown = [
        ("" if item.positional else f"{name}=") + value_text(getattr(schedule, name))
        for name, item in known.items()
        if not (item.quiet and getattr(schedule, name) == item.default)
    ]
    return f"{schedule.kind}({', '.join(shown)})"


def value_text(value: object) -> str:
    """A parameter's value as it is written in the text form; the shortest digits that read back exactly."""
    if isinstance(value, Schedule):
        return "Constant()" if isinstance(value, Constant) else schedule_text(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(value_text(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{value_text(key)}: {value_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def _argument(node: ast.expr, depth: int) -> Any:
    if isinstance(node, ast.Call):
        return build_schedule(node, depth + 1)
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_argument(item, depth) for item in node.elts]
    return literal(node)
