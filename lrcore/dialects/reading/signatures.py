"""A call's arguments against the library's own signature: positions, names, defaults, and a sentence for what
does not fit."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

from lrcore.dialects.reading.values import Found, Function, Optimizer, Partial, Unknown
from lrcore.errors import PlanError
from lrcore.text.literals import literal
from lrcore.text.parser import parse_expression
from lrcore.values.value import short

REQUIRED = object()
OPTIMIZER = "optimizer"


@lru_cache(maxsize=512)
def signature(text: str) -> tuple[tuple[str, Any], ...]:
    """(`name`, default) of each parameter; `REQUIRED` where there is none. A lone `*` begins the keyword-only
    ones."""
    tree = parse_expression(f"lambda {text}: 0")
    assert isinstance(tree, ast.Lambda)
    arguments = tree.args
    positional = [item.arg for item in arguments.args]
    defaults = [REQUIRED] * (len(positional) - len(arguments.defaults)) + [
        literal(node) for node in arguments.defaults
    ]
    keyword_only = [
        (item.arg, REQUIRED if node is None else literal(node))
        for item, node in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    return tuple(zip(positional, defaults, strict=True)) + tuple(keyword_only)


def bind(name: str, text: str, positional: list[Any], keywords: dict[str, Any], line: int) -> dict[str, Any]:
    """Arguments by the library's parameter names. An optimiser argument may be left out, as in a plan's own
    text."""
    declared = dict(signature(text))
    names = list(declared)
    if (
        names[:1] == [OPTIMIZER]
        and OPTIMIZER not in keywords
        and not (positional and _is_optimizer(positional[0]))
    ):
        names = names[1:]
    if len(positional) > len(names):
        raise PlanError(
            f"Line {line}: {name} takes at most {len(names)} arguments ({', '.join(names)}), but"
            f" {len(positional)} arrived."
        )
    bound = dict(zip(names, positional, strict=False))
    for key, value in keywords.items():
        if key in bound:
            raise PlanError(f"Line {line}: {name} gets {key} twice; give it once.")
        if key not in declared:
            raise PlanError(f"Line {line}: {name} has no parameter {key!r}; it knows {', '.join(declared)}.")
        bound[key] = value
    for key, default in declared.items():
        if key in bound:
            _check(name, key, bound[key], line)
        elif default is not REQUIRED:
            bound[key] = default
        elif key != OPTIMIZER:
            raise PlanError(f"Line {line}: {name} needs {key}; write it as {name}(..., {key}=...).")
    return bound


def _is_optimizer(value: Any) -> bool:
    """A first argument that is no number, list or text stands for the optimiser, whatever it is called."""
    return isinstance(value, (Optimizer, Partial, Unknown)) or value is None


def _check(name: str, key: str, value: Any, line: int) -> None:
    # The rule of a keras callback, its `schedule`, need not be pasted: the defs may still hold it.
    if key in (OPTIMIZER, "schedule"):
        return
    if isinstance(value, Unknown):
        raise PlanError(
            f"Line {line}: {key} of {name} cannot be read, because {value.reason}.",
            (value.name,) if value.name else (),
        )
    if isinstance(value, (list, dict)):
        for item in value if isinstance(value, list) else [*value.keys(), *value.values()]:
            _check(name, key, item, line)


def require_number(name: str, key: str, value: Any, line: int, *, none: bool = False) -> None:
    """PlanError unless the value is a finite number (or None where that is allowed)."""
    if value is None and none:
        return
    # No math.isfinite: an int may be too large for a float.
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or value != value
        or abs(value) == float("inf")
    ):
        if isinstance(value, (Found, Partial)):
            shown = f"a {value.name}"
        else:
            shown = "a function" if isinstance(value, Function) else short(value)
        raise PlanError(f"Line {line}: {key} of {name} must be a number, but {shown} arrived.")
