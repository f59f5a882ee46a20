"""A formula that a person wrote, in the plain functions that every library has."""

from __future__ import annotations

import ast
import math

from lrcore.schedules.formula.language import parse_formula
from lrcore.schedules.formula.operations import MODULES, name_of
from lrcore.text.parser import parse_expression, unparse

STEP_NAMES = ("t", "epoch", "iteration", "iteration_count", "step", "global_step", "it", "i")
BASE_NAMES = ("base_lr", "lr", "initial_lr", "lr0")


def plain(text: str, values: dict[str, float], t: str, base_lr: float) -> str:
    """A formula's text with its names put in, in the plain functions of a `Rate`.

    >>> plain("lr * clip(1 - d * epoch, 0, 1)", {"d": 0.5}, "t", 0.1)
    '(0.1 * min(max(1 - 0.5 * t, 0), 1))'
    """
    parsed = parse_formula(text)
    clock = parse_expression(t)
    names: dict[str, ast.expr] = {
        **dict.fromkeys(STEP_NAMES, clock),
        **dict.fromkeys(BASE_NAMES, _number(base_lr)),
        **{name: _number(value) for name, value in values.items()},
        **({parsed.argument: clock} if parsed.argument else {}),
    }
    tree = _Plain(names).visit(parse_expression(unparse(parsed.tree)))
    return f"({unparse(ast.fix_missing_locations(tree))})"


def _number(value: float) -> ast.expr:
    """A number as a tree; a negative one with its sign apart, so that a power of it keeps its brackets."""
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


class _Plain(ast.NodeTransformer):
    """where, clip, minimum, pow ... in terms of if-else, min, max and **."""

    def __init__(self, names: dict[str, ast.expr]) -> None:
        self._names = names

    def _all(self, nodes: list[ast.expr]) -> list[ast.expr]:
        return [self.visit(node) for node in nodes]

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._names.get(node.id, node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        name = str(name_of(node))
        if isinstance(node.value, ast.Name) and node.value.id in MODULES:
            return ast.Name(name, ast.Load()) if name == "pi" else ast.Constant(math.e)
        return self._names.get(name, ast.Name(name, ast.Load()))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name, args = str(name_of(node.func)), self._all(node.args)
        match name:
            case "where":
                return ast.IfExp(*args)
            case "clip":
                return _call("min", [_call("max", args[:2]), args[2]])
            case "minimum" | "maximum":
                return _call(name[:3], args)
            case "pow":
                return ast.BinOp(args[0], ast.Pow(), args[1])
            case "float":
                return args[0]
            case "int":  # towards zero
                return ast.IfExp(
                    ast.Compare(args[0], [ast.GtE()], [ast.Constant(0)]),
                    _call("floor", args),
                    _call("ceil", args),
                )
        return _call(name, args)


def _call(name: str, args: list[ast.expr]) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), args, [])
