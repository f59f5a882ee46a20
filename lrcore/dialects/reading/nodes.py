"""Small pieces of syntax that a rule is put together from."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def is_rate_name(name: str) -> bool:
    """Whether a variable is called like a learning rate."""
    words = name.lower().split("_")
    return (
        "lr" in words
        or "eta" in words
        or ("learning" in words and "rate" in words)
        or name.lower() in ("learningrate", "newlr")
    )


def branch(test: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
    """`yes if test else no`, decided at once where the test is a constant."""
    if isinstance(test, ast.Constant):
        return yes if test.value else no
    return ast.IfExp(test, yes, no)


def call(name: str, arguments: list[ast.expr]) -> ast.expr:
    """A call of a plain function."""
    return ast.Call(ast.Name(name, ast.Load()), arguments, [])


def counted(tests: list[ast.expr]) -> ast.expr:
    """How many of the tests hold."""
    total: ast.expr = ast.Constant(0)
    for test in tests:
        total = ast.BinOp(total, ast.Add(), ast.IfExp(test, ast.Constant(1), ast.Constant(0)))
    return total


def returns(lines: Sequence[ast.stmt]) -> bool:
    """Whether some line of them, however deep, is a return."""
    return any(isinstance(inner, ast.Return) for line in lines for inner in ast.walk(line))
