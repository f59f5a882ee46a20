"""A formula that a person wrote, in the plain functions that every library has; and numbers as text."""

from __future__ import annotations

import ast

from lrcore.schedules.formula.language import parse_formula
from lrcore.schedules.formula.operations import name_of
from lrcore.schedules.formula.schedule import BASE_NAMES, STEP_NAMES
from lrcore.text.parser import parse_expression


def num(value: float) -> str:
    """The shortest digits that read back exactly; whole numbers without a point."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def formula(text: str, values: dict[str, float], t: str, base_lr: float) -> str:
    """A formula's text with its names put in, in the plain functions of `rate`."""
    parsed = parse_formula(text)
    clock = parse_expression(t)
    names: dict[str, ast.expr] = {
        **dict.fromkeys(STEP_NAMES, clock),
        **dict.fromkeys(BASE_NAMES, ast.Constant(base_lr)),
    }
    names |= {name: ast.Constant(value) for name, value in values.items()} | (
        {parsed.argument: clock} if parsed.argument else {}
    )
    return (
        "("
        + ast.unparse(
            ast.fix_missing_locations(_Plain(names).visit(parse_expression(ast.unparse(parsed.tree))))
        )
        + ")"
    )


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
