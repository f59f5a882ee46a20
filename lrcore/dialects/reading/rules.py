"""Formulas out of rules: a lambda of the step, and the absolute rates for which no schedule has a name."""

from __future__ import annotations

import ast

from lrcore.dialects.reading.bodies import function_expression
from lrcore.dialects.reading.values import Function
from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.formula.operations import CONSTANTS, FUNCTIONS
from lrcore.schedules.formula.schedule import Formula
from lrcore.text.parser import parse_expression, unparse


def absolute(expression: str) -> Schedule:
    """A formula of the rate itself, in t and lr (the base lr)."""
    return Formula(expression=expression)


def factor(function: Function, clock: str) -> str:
    """A lambda or def of one argument as an expression of `clock`."""
    made = function_expression(function, [parse_expression(clock)])
    allowed = {node.id for node in ast.walk(parse_expression(clock)) if isinstance(node, ast.Name)}
    for name in free_names(made):
        if name not in allowed:
            raise PlanError(
                f"Line {function.line}: {name} is not given in what was pasted; add a line such as"
                f" {name.rpartition('.')[2]} = 0.1."
            )
    return text(made)


def free_names(expression: ast.expr) -> list[str]:
    """The names of an expression that are neither functions nor constants, in order, each once."""
    called = {id(node.func) for node in ast.walk(expression) if isinstance(node, ast.Call)}
    names = [
        node.id for node in ast.walk(expression) if isinstance(node, ast.Name) and id(node) not in called
    ]
    return [name for name in dict.fromkeys(names) if name not in CONSTANTS or name in FUNCTIONS]


def text(expression: ast.expr) -> str:
    """The expression as text that a Formula reads."""
    return unparse(ast.fix_missing_locations(expression))
