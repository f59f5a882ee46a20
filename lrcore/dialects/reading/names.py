"""What the statements of a script do to its names: assignments, the settings of a class, parameter groups,
branches, own functions."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lrcore.dialects.reading.expressions import Evaluator
from lrcore.dialects.reading.functions import ITEMS_MAX
from lrcore.dialects.reading.syntax import defaults, flat, is_number, no_call
from lrcore.dialects.reading.values import Fields, Found, Function, Optimizer, Scope, Unknown, dotted

_METHODS = {
    "append", "extend", "insert", "get", "update", "pop", "remove", "clear", "setdefault", "sort", "reverse",
}  # fmt: skip


def assign(target: ast.expr, value: Any, scope: Scope) -> None:
    """Gives the target's names their values, as far as they are names, paths or entries of a known list or
    dict."""
    match target:
        case ast.Name(id=name):
            scope.names[name] = value
            scope.names.pop("import " + name, None)
        case ast.Attribute():
            if (path := dotted(target, scope.names)) is not None:
                scope.names[path] = value
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            fits = isinstance(value, list) and len(value) == len(parts)
            values = value if fits else [Unknown("it is unpacked", target.lineno)] * len(parts)
            for part, item in zip(parts, values, strict=True):
                assign(part, item, scope)
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=index)):
            holder = scope.names.get(name)
            named = isinstance(holder, dict) and isinstance(index, (str, int))
            fits = isinstance(holder, list) and isinstance(index, int) and -len(holder) <= index < len(holder)
            if holder is not None and flat(value) and (named or fits):
                holder[index] = value


def changed(
    name: str, args: list[Any], named: dict[str, Any], scope: Scope, loops: tuple[str, ...], line: int
) -> Any:
    """What `milestones.append(30)` or `cfg.get("lr", 0.1)` gives, done to the known list or dict;
    NotImplemented for other calls.

    In a loop, or with what is not known, the list or dict is itself not known from then on.
    """
    path, _, method = name.rpartition(".")
    holder = scope.names.get(path)
    if not isinstance(holder, (list, dict)) or method not in _METHODS or not hasattr(holder, method):
        return NotImplemented
    values = [*args, *named.values()]
    deep = method not in ("extend", "update") and not all(flat(value) for value in values)
    inner = [
        item
        for value in values
        for item in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else [])
    ]
    if method != "get" and (
        loops or deep or len(holder) + len(inner) >= ITEMS_MAX or not all(flat(item) for item in inner)
    ):
        scope.names[path] = Unknown(f"{path}.{method}(...) changes it in a way that cannot be followed", line)
        return None
    try:
        return getattr(holder, method)(*args, **named)
    except (TypeError, KeyError, IndexError, ValueError):
        return Unknown(f"{path}.{method}(...) cannot be known from what was pasted", line)


def forget_counters(body: Sequence[ast.stmt], scope: Scope) -> None:
    """Names that a loop changes from their own previous value are not known in it, nor after it."""
    for node in (part for line in body for part in ast.walk(line)):
        if not isinstance(node, (ast.Assign, ast.AugAssign)):
            continue
        used = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            own = isinstance(target, ast.Name) and (isinstance(node, ast.AugAssign) or target.id in used)
            if (
                isinstance(target, ast.Name)
                and own
                and not isinstance(scope.names.get(target.id), (Found, Optimizer))
            ):
                scope.names[target.id] = Unknown(
                    f"{target.id} changes with every turn of the loop", node.lineno
                )


def settings(node: ast.ClassDef, inner: Scope) -> Any:
    """What a class's name stands for: its attributes, where it only holds some; else a class that no library
    has."""
    made = Fields()
    for line in node.body:
        if isinstance(line, ast.FunctionDef) and line.name == "__init__":
            made.clear()
            break
        targets = (
            line.targets
            if isinstance(line, ast.Assign)
            else [line.target]
            if isinstance(line, ast.AnnAssign)
            else []
        )
        made |= {
            target.id: inner.names[target.id]
            for target in targets
            if isinstance(target, ast.Name) and target.id in inner.names
        }
    return made or Unknown(f"{node.name} is a class of the script's own", node.lineno)


def regrouped(node: ast.stmt, scope: Scope) -> list[Optimizer]:
    """The optimisers whose lr a line sets anew: `opt.param_groups[0]["lr"] = 0.5`, or a loop over all of its
    groups."""
    lines: Sequence[ast.stmt] = [node]
    match node:
        case ast.For(
            target=ast.Name(id=group), iter=ast.Attribute(value=owner, attr="param_groups"), body=lines
        ):
            pass
        case ast.Assign(
            targets=[
                ast.Subscript(
                    value=ast.Subscript(value=ast.Attribute(value=owner, attr="param_groups"), slice=place)
                )
            ]
        ):
            if not (isinstance(place, ast.Constant) and place.value == 0):
                return []
            group = ""
        case _:
            return []
    path, made = dotted(owner, scope.names), []
    for line in lines:
        if isinstance(line, ast.Assign) and isinstance(target := line.targets[0], ast.Subscript):
            mine = not group or (isinstance(target.value, ast.Name) and target.value.id == group)
            value, holder = Evaluator(scope, no_call).value(line.value), scope.names.get(path or "")
            mine = mine and isinstance(target.slice, ast.Constant) and target.slice.value == "lr"
            if mine and isinstance(holder, Optimizer) and is_number(value) and path is not None:
                scope.names[path] = replace(holder, lr=value)
                made.append(scope.names[path])
    return made


def optimizers_in(scope: Scope) -> dict[str, Optimizer]:
    """The names that stand for an optimiser."""
    return {name: value for name, value in scope.names.items() if isinstance(value, Optimizer)}


def merge_optimizers(scope: Scope, one: dict[str, Optimizer], line: int) -> None:
    """After a branch that nobody can decide: an optimiser whose lr differs on both ways is not known."""
    for name, other in optimizers_in(scope).items():
        if name in one and one[name].lr != other.lr:
            scope.names[name] = Unknown(
                f"{name} is made in two ways, and which one counts is not in the paste", line
            )


def scope_of_call(function: Function, args: list[Any], named: dict[str, Any], calls: frozenset[str]) -> Scope:
    """The names inside a function of the script's own that is called with these arguments."""
    scope, taken = Scope(dict(function.names), dict(function.arguments), calls), function.node.args
    names = [item.arg for item in (*taken.posonlyargs, *taken.args)]
    given = defaults(taken, scope)
    for name in names[: len(names) - len(taken.defaults)]:
        given[name] = Unknown(f"{name} is an argument that the call leaves out", function.line)
    given |= dict(zip(names, args, strict=False)) | {
        name: value for name, value in named.items() if name in given
    }
    if taken.vararg is not None:
        given[taken.vararg.arg] = args[len(names) :]
    if taken.kwarg is not None:
        given[taken.kwarg.arg] = {name: value for name, value in named.items() if name not in given}
    for name, value in given.items():
        scope.names.pop("import " + name, None)
        scope.names[name] = value
    return scope
