"""Numbers, lists and calls as text: Python's own syntax, parsed with `ast` and never evaluated."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from lrcore.errors import PlanError
from lrcore.text import parser
from lrcore.values.value import short

TEXT_MAX = 20_000  # characters of one plan; a table of a thousand points fits
MAGNITUDE_MAX = 1e18
_BRACES_MAX = 300  # Python reads each field of an f'{...}' as a text of its own, in 12 us
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
    if text.count("{") > _BRACES_MAX:
        raise PlanError(f"This text has more than {_BRACES_MAX} braces, and no more are read; shorten it.")
    try:
        return parser.parse_expression(text.strip())
    except SyntaxError as error:
        where = f" at line {error.lineno}, column {error.offset}" if error.lineno else ""
        raise PlanError(f"{short(text.strip())} is not {noun}{where}; write it like {like}.") from None
    except (ValueError, RecursionError, MemoryError):
        raise PlanError(f"{short(text.strip())} cannot be read: it {parser.UNREADABLE}.") from None


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
        f"{source(node)} is not a plain value; write a number, a text in quotes, True, False, None or a list"
        " of those."
    )


def _key(node: ast.expr) -> Any:
    key = literal(node)
    if isinstance(key, (list, dict)):
        raise PlanError(
            f"{source(node)} cannot be a key; write a number or a text in quotes before the colon."
        )
    return key


def _number(node: ast.expr) -> float | int:
    value = literal(node)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PlanError(f"{source(node)} is not a number.")
    return value


def _arithmetic(op: ast.operator, left: float, right: float, node: ast.expr) -> float | int:
    try:
        if max(abs(left), abs(right)) > MAGNITUDE_MAX:
            raise OverflowError
        result = OPERATIONS[type(op)](left, right)
    except (ArithmeticError, ValueError):
        raise PlanError(
            f"{source(node)} has no usable value (a division by zero, or too large); write the number itself."
        ) from None
    return (
        int(result)
        if isinstance(op, ast.Pow)
        and isinstance(left, int)
        and isinstance(right, int)
        and result.is_integer()
        else result
    )


def source(node: ast.expr) -> str:
    """An expression as it was written, cut to a length that fits a message."""
    try:
        return short(parser.unparse(node))
    except PlanError:
        return "That expression"
