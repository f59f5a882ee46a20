"""The functions and constants of Python, math and numpy whose value can be told from the text alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import chain
from typing import Any

from lrcore.dialects.reading.values import Found, Function, Partial, Unknown
from lrcore.dialects.reading.work import spend

ITEMS_MAX = 1000  # entries of one list, as many as a plan's milestones
PARTS_MAX = 5000  # values in a list and in the lists inside it: lists of lists of lists grow fast
CONSTANTS = {
    f"{module}.{name}": value
    for module in ("math", "np", "numpy", "torch", "jnp")
    for name, value in (("pi", math.pi), ("e", math.e), ("inf", math.inf))
}
WRAPPERS = {
    "array", "asarray", "tensor", "constant", "as_tensor", "convert_to_tensor", "tolist", "item",
    "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint32", "uint64",
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "int": int, "float": float, "abs": abs, "round": round, "bool": bool,
    "min": min, "max": max, "sum": sum, "len": len, "sorted": sorted, "list": list, "tuple": list,
    "dict": dict, "zip": lambda *lists: [list(row) for row in zip(*lists, strict=False)],
    "enumerate": lambda items, start=0: [[place, item] for place, item in enumerate(items, start)],
    "floor": math.floor, "ceil": math.ceil, "sqrt": math.sqrt, "exp": math.exp, "log": math.log,
    "log10": math.log10, "log2": math.log2,
    "cos": math.cos, "sin": math.sin, "tanh": math.tanh,
}  # fmt: skip


def computed(bare: str, positional: list[Any]) -> Any:
    """The function's value; NotImplemented for a function or arguments that are not plain enough to be sure
    and quick."""
    if bare not in _FUNCTIONS or not positional or not all(is_plain(value) for value in positional):
        return NotImplemented
    if any(isinstance(value, str) and len(value) > ITEMS_MAX for value in positional):
        return NotImplemented  # list("aaaa...") is a list of its letters
    if (
        bare == "round"
        and len(positional) > 1
        and not (type(positional[1]) is int and abs(positional[1]) <= 20)
    ):
        return NotImplemented  # round(1, -10**9) would compute 10**10**9
    spend(sum(len(value) for value in positional if isinstance(value, (list, dict))))
    try:
        return _FUNCTIONS[bare](*positional)
    except (TypeError, ValueError, ArithmeticError):
        return NotImplemented


def spread(bare: str, positional: list[Any]) -> list[Any] | None:
    """The numbers of a `range`; None when they are too many to be a list of anything, or not known."""
    if (
        bare in ("range", "arange")
        and 1 <= len(positional) <= 3
        and all(type(value) is int for value in positional)
    ):
        if len(positional) == 3 and not positional[2]:
            return None
        steps = range(*positional)
        return list(steps) if len(steps[: ITEMS_MAX + 1]) <= ITEMS_MAX else None
    return None


def size(value: Any) -> int:
    """How many values a list or dict holds, those of the lists in it counted too; it stops counting above
    PARTS_MAX."""
    count, rest = 0, [value]
    while rest and count <= PARTS_MAX:
        item = rest.pop()
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else None
        if inner is not None and len(inner) > PARTS_MAX:
            return PARTS_MAX + 1
        if inner is not None:
            rest.extend(inner)
        count += 1
    return count


def is_plain(value: Any) -> bool:
    """Numbers, texts and lists of them: nothing unknown, no schedule and no function inside."""
    if isinstance(value, dict):
        return all(is_plain(item) for item in chain(value.keys(), value.values()))
    if isinstance(value, list):
        return all(is_plain(item) for item in value)
    return not isinstance(value, (Unknown, Found, Function, Partial))
