"""Small looks at a pasted script's syntax and values, for its reader."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from lrcore.dialects.reading.expressions import Evaluator
from lrcore.dialects.reading.nodes import is_rate, is_rate_entry
from lrcore.dialects.reading.signatures import signature
from lrcore.dialects.reading.values import Found, Reader, Scope
from lrcore.schedules import SCHEDULES
from lrcore.values.parameter import parameters

# Words in the name of a def that gives a rate.
DEF_WORDS = (
    "lr", "learning", "rate", "schedule", "scheduler", "adjust", "decay", "anneal", "warmup", "cosine",
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A place that may hold a hand-written rule: an assignment or a def, with the names known there."""

    node: ast.stmt
    scope: Scope
    loops: tuple[str, ...] = ()


def defaults(arguments: ast.arguments, scope: Scope) -> dict[str, Any]:
    """A def's parameters with the values of their defaults; None where a parameter has none."""
    read = Evaluator(scope, no_call).value
    names = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
    made: dict[str, Any] = dict.fromkeys(names)
    for name, node in zip(reversed(names), reversed(arguments.defaults), strict=False):
        made[name] = read(node)
    for item, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        made[item.arg] = None if keyword_default is None else read(keyword_default)
    return made


def no_call(node: ast.Call, callee: Any, args: list[Any], named: dict[str, Any]) -> Any:
    """The hook of an evaluator that reads no library's calls."""
    return NotImplemented


def parts_of(values: list[Any]) -> Iterator[Found]:
    """The schedules among some values and in their lists and dicts."""
    for value in values:
        if isinstance(value, Found):
            yield value
        elif isinstance(value, (list, dict)):
            yield from parts_of(list(value.values()) if isinstance(value, dict) else value)


def wraps(name: str, values: list[Any]) -> bool:
    """Whether a call that is not known makes another schedule of one that is: GradualWarmupScheduler(...,
    after_scheduler=s)."""
    makes = name[:1].isupper() or name.startswith(("create", "make", "get", "build", "with"))
    sounds = "sched" in name.lower() or "warmup" in name.lower() or name.endswith("LR")
    return makes and sounds and any(True for _ in parts_of(values))


def names_of(target: ast.expr) -> list[str]:
    """The names that an assignment or a loop gives."""
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]


def reader_of(name: str, readers: Mapping[str, list[Reader]]) -> Reader | None:
    """Who reads a call by this dotted name: the library that it names, else the first with such a call."""
    *roots, bare = name.split(".")
    candidates = readers.get(bare, [])
    exact = [item for item in candidates if set(item.roots) & set(roots)]
    return next(iter(exact or candidates), None)


def is_own(bare: str, named: Mapping[str, Any], readers: Sequence[Reader]) -> bool:
    """A call in the words of a plan's own text: a class that no library has, or one with our parameters."""
    if bare not in SCHEDULES or not readers:
        return bare in SCHEDULES
    known = dict(signature(readers[0].signature))
    return bool(named) and set(named) <= set(parameters(SCHEDULES[bare])) and not set(named) <= set(known)


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether the value is a number; True is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def flat(value: Any) -> bool:
    """A value that holds no list, so that no list can come to hold itself."""
    inner = list(value.values()) if isinstance(value, dict) else [value]
    return not any(isinstance(item, (list, dict)) for item in inner)


def loaded(target: ast.expr) -> ast.expr:
    """The target of `x += 1` as something that can be read."""
    return (
        ast.copy_location(ast.Name(target.id, ast.Load()), target) if isinstance(target, ast.Name) else target
    )


def sets_rate(node: ast.AST) -> bool:
    """An assignment to `lr`, to `param_group["lr"]` or to a name like them."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return False
    return any(
        is_rate(target) for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    )


def sets_in_training(site: Site) -> bool:
    """A line of a training loop that sets a parameter group's lr; a loop over the groups alone is none."""
    match site.node:
        case ast.Assign(targets=[target, *_]) | ast.AugAssign(target=target) if is_rate_entry(target):
            holder = target.value
        case _:
            return False
    own = isinstance(holder, ast.Name) and holder.id in site.loops[-1:]
    return len(site.loops) > own


def may_be_rule(node: ast.stmt, loops: tuple[str, ...]) -> bool:
    """A line that sets a rate or names a rule of one; or, outside loops, an expression on its own: `lr / (1 +
    lr_decay * t)`."""
    value = getattr(node, "value", None)
    if isinstance(node, (ast.Expr, ast.Return)):
        return not loops and isinstance(value, (ast.BinOp, ast.IfExp, ast.Call))
    if isinstance(node, ast.Assign) and isinstance(value, ast.Lambda):
        return any(
            isinstance(target, ast.Name) and bool(set(target.id.lower().split("_")) & set(DEF_WORDS))
            for target in node.targets
        )
    return sets_rate(node)
