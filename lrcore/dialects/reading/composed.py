"""Schedules inside a rule: `lambda step: 0.1 * schedule(step)`, and the factors of an optax.chain."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lrcore.dialects.reading.expressions import Evaluator
from lrcore.dialects.reading.syntax import DEF_WORDS, is_number, no_call, parts_of
from lrcore.dialects.reading.values import Found, Function, Optimizer, Scope
from lrcore.dialects.reading.work import spend
from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.text.parser import unparse

_WRAPPERS = ("float", "asarray", "array", "float32", "float64")
_CHOICES = ("where", "select", "cond", "minimum", "maximum", "min", "max", "clip")


def composed(function: Function) -> tuple[Found, Found] | None:
    """What a rule that calls a pasted schedule is: that schedule times a number, and that schedule itself.
    None if it calls none.

    PlanError for a rule of schedules that is more than that: without it their curves would be shown, and not
    the rule's.
    """
    node = function.node
    if not node.args.args or (
        isinstance(node, ast.FunctionDef) and not set(node.name.lower().split("_")) & set(DEF_WORDS)
    ):
        return None
    rule, parts = _Rule(function), list(ast.walk(node))
    spend(len(parts) // 10)
    if not any(rule.schedule(inner) for inner in parts):
        return None
    lines = [ast.Return(node.body)] if isinstance(node, ast.Lambda) else node.body
    for line in lines[:-1]:
        if isinstance(line, ast.Assign) and isinstance(target := line.targets[0], ast.Name):
            rule.local[target.id] = rule.value(line.value)
    result = lines[-1].value if isinstance(lines[-1], ast.Return) else None
    if result is not None and (made := rule.value(result)) is not None:
        return multiplied(*made, function.line), made[0]
    choice = isinstance(result, ast.Call) and unparse(result.func).rpartition(".")[2] in _CHOICES
    if isinstance(result, (ast.BinOp, ast.IfExp)) or choice or (result is not None and rule.schedule(result)):
        raise PlanError(
            f"Line {function.line}: this rule calls a schedule in a way that is not read; what is read is a"
            " number times schedule(step). Write optax.join_schedules([...], [...]) for one after another,"
            " or leave the schedule that you want."
        )
    return None


def chained(parts: list[Any], line: int) -> Optimizer | None:
    """The rate of an optax.chain: the product of what its parts multiply the update by; None if none of them
    does."""
    known = [part.lr for part in parts if isinstance(part, Optimizer)]
    product = math.prod(abs(lr) for lr in known if is_number(lr))
    schedules = list(parts_of(known))
    if len(schedules) == 1 and product > 0:
        return Optimizer(multiplied(schedules[0], product, line), line, "chain")
    return Optimizer(product, line, "chain") if not schedules and any(is_number(lr) for lr in known) else None


def multiplied(item: Found, factor: float, line: int) -> Found:
    """The schedule with every rate times a number, whose sign only says which way the update goes."""
    size = abs(factor)
    if size == 1:
        return item
    if item.base_lr is None or size == 0:
        raise PlanError(
            f"Line {line}: {item.name} times {factor:g} is no schedule that can be read; write the product"
            " into its own rates."
        )
    return replace(item, schedule=_times(item.schedule, size, line), base_lr=item.base_lr * size, line=line)


def _times(schedule: Schedule, size: float, line: int) -> Schedule:
    """What gives `size` times the rates on `size` times the base lr: the rates that do not depend on base lr
    grow, too."""
    if schedule.scales_until() == math.inf:
        return schedule
    fields: Mapping[str, Any] = {name: getattr(schedule, name) for name in type(schedule).model_fields}
    changed: dict[str, Any] = {}
    for name, value in fields.items():
        if name in ("end_lr", "eta_min") and value is not None:
            changed[name] = value * size
        elif name == "points" and not fields.get("relative"):
            changed[name] = [(step, rate * size) for step, rate in value]
        elif name == "expression" and "lr" not in value:
            changed[name] = f"{size!r} * ({value})"
    parts = tuple(_times(part, size, line) for part in schedule.parts())
    if not changed and not parts:
        raise PlanError(
            f"Line {line}: {schedule.kind} cannot be multiplied by {size:g}; write the product into its own"
            " rates."
        )
    return type(schedule)(**{**fields, **changed}).with_parts(parts)


class _Rule:
    """Reads a rule of one argument, the step, as (schedule, factor)."""

    def __init__(self, function: Function) -> None:
        self._names = function.names
        self.local: dict[str, tuple[Found, float] | None] = {}
        self._read = Evaluator(Scope(dict(function.names), dict(function.arguments)), no_call)

    def schedule(self, node: ast.AST) -> Found | None:
        """The schedule that a call calls."""
        path = self._read.dotted(node.func) if isinstance(node, ast.Call) else None
        item = self._names.get(path) if path is not None else None
        return item if isinstance(item, Found) else None

    def value(self, node: ast.expr) -> tuple[Found, float] | None:
        match node:
            case ast.Name(id=name):
                return self.local.get(name)
            case ast.Call(args=[ast.Name() | ast.Attribute()], keywords=[]) if (
                item := self.schedule(node)
            ) is not None:
                return item, 1.0
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[inner]) if (
                name in _WRAPPERS
            ):
                return self.value(inner)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
                return self.value(inner)
            case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=right):
                if (
                    (made := self.value(left)) is not None
                    and is_number(factor := self._read.value(right))
                    and factor
                ):
                    return made[0], made[1] * factor if isinstance(op, ast.Mult) else made[1] / factor
                if (
                    isinstance(op, ast.Mult)
                    and (made := self.value(right)) is not None
                    and is_number(factor := self._read.value(left))
                ):
                    return made[0], made[1] * factor
        return None
