"""The text of a schedule and back: Python call syntax, parsed with `ast` and never evaluated."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from lrcore import _syntax
from lrcore._values import parameters, short
from lrcore.errors import PlanError
from lrcore.schedules import Schedule, schedule_class
from lrcore.schedules.constant import Constant

TEXT_MAX = 20_000  # characters of one plan; a table of a thousand points fits
DEPTH_MAX = 12  # schedules inside schedules
MAGNITUDE_MAX = 1e18
OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: math.pow,
}


def parse_expression(
    text: str, noun: str = "a schedule call", like: str = "StepLR(step_size=30, gamma=0.1)"
) -> ast.expr:
    """The syntax tree of one expression; PlanError with line and column where Python's grammar stops, and
    what was expected."""
    if len(text) > TEXT_MAX:
        raise PlanError(
            f"This text has {len(text):,} characters; at most {TEXT_MAX:,} are read. Shorten it or paste one"
            " plan at a time."
        )
    try:
        return _syntax.parse_expression(text.strip())
    except SyntaxError as error:
        where = f" at line {error.lineno}, column {error.offset}" if error.lineno else ""
        raise PlanError(f"{short(text.strip())} is not {noun}{where}; write it like {like}.") from None
    except (ValueError, RecursionError, MemoryError):
        raise PlanError(
            f"{short(text.strip())} cannot be read: it is nested too deeply or holds a character that is not"
            " text."
        ) from None


def literal(node: ast.expr) -> Any:
    """A number, text, True, False, None, list or dict as written, with plain arithmetic of numbers (`1/3`, `5
    * 32`)."""
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None):
            return node.value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _number(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            return _arithmetic(op, _number(left), _number(right), node)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [literal(item) for item in items]
        case ast.Dict(keys=keys, values=values) if all(key is not None for key in keys):
            return {
                _key(key): literal(value) for key, value in zip(keys, values, strict=True) if key is not None
            }
    raise PlanError(
        f"{_source(node)} is not a plain value; write a number, a text in quotes, True, False, None or a list"
        " of those."
    )


def build_schedule(node: ast.expr, depth: int = 0) -> Schedule:
    """A call's tree to the schedule, its arguments by position or by name; nested calls are schedules
    themselves."""
    if depth > DEPTH_MAX:
        raise PlanError(f"Schedules are nested more than {DEPTH_MAX} deep; flatten the composition.")
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        raise PlanError(
            f"{_source(node)} is not a schedule call; write it like StepLR(step_size=30, gamma=0.1)."
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


def value_text(value: Any) -> str:
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


def _key(node: ast.expr) -> Any:
    key = literal(node)
    if isinstance(key, (list, dict)):
        raise PlanError(
            f"{_source(node)} cannot be a key; write a number or a text in quotes before the colon."
        )
    return key


def _number(node: ast.expr) -> float | int:
    value = literal(node)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PlanError(f"{_source(node)} is not a number.")
    return value


def _arithmetic(op: ast.operator, left: float, right: float, node: ast.expr) -> float | int:
    try:
        if max(abs(left), abs(right)) > MAGNITUDE_MAX:
            raise OverflowError
        result = OPERATIONS[type(op)](left, right)
    except (ArithmeticError, ValueError):
        raise PlanError(
            f"{_source(node)} has no usable value (a division by zero, or too large); write the number"
            " itself."
        ) from None
    return (
        int(result)
        if isinstance(op, ast.Pow)
        and isinstance(left, int)
        and isinstance(right, int)
        and result.is_integer()
        else result
    )


def _source(node: ast.expr) -> str:
    try:
        return short(ast.unparse(node))
    except RecursionError:
        return "That expression"
