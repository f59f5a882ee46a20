"""What an expression comes to: a value within bounds, or `Unknown` for the innermost reason there is."""

from __future__ import annotations

import ast
import math
from collections.abc import Sequence
from typing import Any

from lrcore.dialects.reading.arithmetic import arithmetic, combined
from lrcore.dialects.reading.functions import ITEMS_MAX, PARTS_MAX, size
from lrcore.dialects.reading.values import Unknown, source
from lrcore.dialects.reading.work import spend
from lrcore.errors import PlanError


def lost(node: ast.expr, parts: Sequence[Any] = ()) -> Unknown:
    """Unknown: because of the first of its parts that is, or else in itself."""
    inner = next((part for part in parts if isinstance(part, Unknown)), None)
    shown = source(node)
    return inner or Unknown(
        f"{shown} cannot be known from what was pasted; write its number instead", node.lineno
    )


def finite(value: Any, node: ast.expr) -> Any:
    """The value; Unknown for a number that no plan can hold."""
    if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
        return lost(node)
    return value


def bounded(items: Any, node: ast.expr) -> Any:
    """The list or dict; PlanError if it holds more than is read."""
    parts = size(items)
    spend(parts // 5)
    if len(items) > ITEMS_MAX or parts > PARTS_MAX:
        raise PlanError(
            f"Line {node.lineno}: this list has more than {ITEMS_MAX} entries; at most {ITEMS_MAX} are read."
        )
    return items


def operated(op: ast.operator, left: Any, right: Any, node: ast.expr) -> Any:
    """`left op right`, of numbers, lists or dicts; PlanError where it has no usable value."""
    if (whole := combined(op, left, right, ITEMS_MAX + 1)) is not NotImplemented:
        return bounded(whole, node)
    try:
        made = arithmetic(op, left, right)
    except (ArithmeticError, ValueError):
        raise PlanError(
            f"Line {node.lineno}: {source(node)} has no usable value (a division by zero, or too large)."
        ) from None
    return lost(node, [left, right]) if made is NotImplemented else finite(made, node)
