"""A rate as a line of plain text, where it is one: `0.3 · 0.5^⌊t / 500⌋`."""

from __future__ import annotations

import ast

from lrcore.schedules.formula.rate import Rate, parsed
from lrcore.schedules.formula.simplify import Range, simplify, value_of
from lrcore.text.parser import unparse

LENGTH_MAX = 80
_BRACKETS = {"floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "abs": ("|", "|"), "sqrt": ("√(", ")")}
_SIGNS = (("pi", "π"), (" ** ", "^"), (" * ", " · "))


def rate_short(rate: Rate) -> str:
    """The formula of a rate with numbers of six digits; "" for one with cases or named parts, or a long one.

    >>> rate_short(Rate("0.3 * 0.5 ** floor(t / 500)")), rate_short(Rate("0 + 0.1 * cos(pi * t / 25)"))
    ('0.3 · 0.5^⌊t / 500⌋', '0.1 · cos(π · t / 25)')
    """
    if rate.where or len(rate.text) > 4 * LENGTH_MAX:
        return ""
    tree = simplify(parsed(rate.text), Range())
    if any(isinstance(node, (ast.IfExp, ast.List)) for node in ast.walk(tree)):
        return ""
    text = unparse(ast.fix_missing_locations(_Short().visit(tree)))
    for python, sign in _SIGNS:
        text = text.replace(python, sign)
    return text if len(text) <= LENGTH_MAX else ""


class _Short(ast.NodeTransformer):
    """Numbers of few digits, and brackets for the functions that have some. What is written in another way is
    put into a name, which nothing is done to."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Name(f"{value_of(node):.6g}", ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _BRACKETS or len(node.args) != 1:
            node.args = [self.visit(arg) for arg in node.args]
            return node
        left, right = _BRACKETS[name]
        inner = unparse(ast.fix_missing_locations(self.visit(node.args[0])))
        return ast.Name(f"{left}{inner}{right}", ast.Load())
