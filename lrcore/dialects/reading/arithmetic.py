"""Arithmetic and comparisons of numbers that cannot grow: no value beyond 1e18, no power with more digits
than a page."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from lrcore.text.literals import MAGNITUDE_MAX, OPERATIONS

NUMBERS = (int, float)
_TESTS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}  # fmt: skip


def arithmetic(op: ast.operator, left: Any, right: Any) -> Any:
    """The value; NotImplemented for what is not arithmetic of numbers, ArithmeticError or ValueError where
    there is no usable value."""
    if not isinstance(left, NUMBERS) or not isinstance(right, NUMBERS):
        return NotImplemented
    if max(abs(left), abs(right)) > MAGNITUDE_MAX:
        raise OverflowError
    if isinstance(op, ast.Pow):
        small = type(left) is int and type(right) is int and 0 <= right <= 60 and abs(left) <= 1000
        return left**right if small else math.pow(left, right)
    return OPERATIONS[type(op)](left, right) if type(op) in OPERATIONS else NotImplemented


def combined(op: ast.operator, left: Any, right: Any, most: int) -> Any:
    """`[0] * 3` (repeated `most` times at most), `[1] + [2]` and `{...} | {...}`; NotImplemented for anything
    else."""
    match op, left, right:
        case (ast.Mult(), list(), int()) | (ast.Mult(), int(), list()):
            items, times = (left, right) if isinstance(left, list) else (right, left)
            return items * min(times, most)
        case (ast.Add(), list(), list()):
            return left + right
        case (ast.BitOr(), dict(), dict()):
            return {**left, **right}
    return NotImplemented


def compared(op: ast.cmpop, left: Any, right: Any) -> Any:
    """`left < right` of two numbers or two texts, or `left is None`; NotImplemented for anything else."""
    if (
        isinstance(op, (ast.Is, ast.IsNot))
        and right is None
        and (left is None or isinstance(left, (*NUMBERS, str, list, dict)))
    ):
        return (left is None) == isinstance(op, ast.Is)
    texts = isinstance(left, str), isinstance(right, str)
    alike = all(texts) or (isinstance(left, NUMBERS) and isinstance(right, NUMBERS))
    return _TESTS[type(op)](left, right) if alike and type(op) in _TESTS else NotImplemented
