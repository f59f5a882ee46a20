"""Small pieces of syntax that a rule is put together from."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeGuard

# What a formula of the step can call, and with how many arguments.
_FUNCTIONS = {
    "cos": 1, "sin": 1, "tanh": 1, "exp": 1, "log": 1, "log2": 1, "log10": 1, "sqrt": 1, "floor": 1,
    "ceil": 1, "abs": 1, "min": 2, "max": 2,
}  # fmt: skip
_NUMBER_TYPES = ("float", "float32", "float64", "array", "asarray", "tensor", "item")


def is_rate_name(name: str) -> bool:
    """Whether a variable is called like a learning rate."""
    words = name.lower().split("_")
    return (
        "lr" in words
        or "eta" in words
        or ("learning" in words and "rate" in words)
        or name.lower() in ("learningrate", "newlr")
    )


def is_rate_entry(target: ast.AST) -> TypeGuard[ast.Subscript]:
    """Whether it is an entry called "lr", as in `param_group["lr"]`."""
    return (
        isinstance(target, ast.Subscript)
        and isinstance(target.slice, ast.Constant)
        and target.slice.value == "lr"
    )


def is_rate(target: ast.expr) -> bool:
    """Whether what is assigned to is a learning rate."""
    return is_rate_entry(target) or (isinstance(target, ast.Name) and is_rate_name(target.id))


def branch(test: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
    """`yes if test else no`, decided at once where the test is a constant."""
    if isinstance(test, ast.Constant):
        return yes if test.value else no
    return ast.IfExp(test, yes, no)


def call(name: str, arguments: list[ast.expr]) -> ast.expr:
    """A call of a plain function."""
    return ast.Call(ast.Name(name, ast.Load()), arguments, [])


def formula_call(name: str, arguments: list[ast.expr]) -> ast.expr | None:
    """The call of Python's, math's, numpy's or torch's function in the words of a formula; None if a formula
    has none for it."""
    match name, arguments:
        case _, [item] if name in _NUMBER_TYPES:
            return item
        case "int", [_]:  # towards zero; a step is never negative
            return call("floor", arguments)
        case "pow" | "power", [base, exponent]:
            return ast.BinOp(base, ast.Pow(), exponent)
        case "where", [test, yes, no]:
            return branch(test, yes, no)
        case "min" | "max", [first, second, *others]:
            joined = call(name, [first, second])
            for item in others:
                joined = call(name, [joined, item])
            return joined
        case "clip" | "clamp", [value, low, high]:
            return call("min", [call("max", [value, low]), high])
    return call(name, arguments) if _FUNCTIONS.get(name) == len(arguments) else None


def how_many(tests: list[ast.expr]) -> ast.expr:
    """How many of the tests hold."""
    total: ast.expr = ast.Constant(0)
    for test in tests:
        total = ast.BinOp(total, ast.Add(), ast.IfExp(test, ast.Constant(1), ast.Constant(0)))
    return total


def returns(lines: Sequence[ast.stmt]) -> bool:
    """Whether some line of them, however deep, is a return."""
    return any(isinstance(inner, ast.Return) for line in lines for inner in ast.walk(line))
