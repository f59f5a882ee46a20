"""keras.callbacks.LearningRateScheduler: a rule of the epoch, or of the epoch and the running rate."""

from __future__ import annotations

import ast
from dataclasses import replace

from lrcore.dialects.reading.bodies import function_expression
from lrcore.dialects.reading.formulas import planned
from lrcore.dialects.reading.make import base, found
from lrcore.dialects.reading.rules import free_names, text
from lrcore.dialects.reading.values import Found, Function, Given
from lrcore.errors import PlanError
from lrcore.schedules.exponential import ExponentialLR
from lrcore.schedules.formula.language import parse_formula
from lrcore.schedules.lambda_lr import MultiplicativeLR
from lrcore.text.parser import parse_expression


def callback(given: Given) -> Found | None:
    """The schedule of the callback; None where its rule is not pasted or is no formula of the epoch, to be
    looked for among the defs.

    keras hands a rule of two arguments the rate of the epoch before, so that a factor of it accumulates.
    """
    rule = given["schedule"]
    if isinstance(rule, Found):
        return replace(rule, clock="epoch", line=given.line)
    if not isinstance(rule, Function):
        return None
    taken = [item.arg for item in rule.node.args.args]
    try:
        made = function_expression(rule, [parse_expression("t"), parse_expression("running")][: len(taken)])
    except PlanError:
        if len(taken) > 1 and any(
            isinstance(item, ast.Name) and item.id == taken[1] for item in ast.walk(rule.node)
        ):
            raise _unread(given) from None
        return None
    names = free_names(made)
    if "running" in names:
        return _accumulated(given, made)
    return planned(made, None, "epoch", given.line, "callback") if names == ["t"] else None


def _accumulated(given: Given, made: ast.expr) -> Found:
    factor = _factor(made)
    if factor is None or set(free_names(factor)) - {"t"}:
        raise _unread(given)
    formula = parse_formula(text(factor))
    first = float(formula({"t": 0.0}))
    start = None if first == 1 else base(given, "multiplies the optimiser's rate") * first
    if formula.names:
        return found(given, MultiplicativeLR(lr_lambda=text(factor)), "keras", "epoch", start)
    return found(given, ExponentialLR(gamma=first), "keras", "epoch", start)


def _factor(made: ast.expr) -> ast.expr | None:
    """What the running rate is multiplied by; None if the rule does anything else with it."""
    match made:
        case ast.Name(id="running"):
            return ast.Constant(1)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=right) if (
            "running" not in free_names(right)
        ):
            return None if (factor := _factor(left)) is None else ast.BinOp(factor, op, right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right) if "running" not in free_names(left):
            return None if (factor := _factor(right)) is None else ast.BinOp(left, ast.Mult(), factor)
        case ast.IfExp(test=test, body=body, orelse=other) if "running" not in free_names(test):
            yes, no = _factor(body), _factor(other)
            return None if yes is None or no is None else ast.IfExp(test, yes, no)
    return None


def _unread(given: Given) -> PlanError:
    return PlanError(
        f"Line {given.line}: keras hands this rule the rate of the epoch before, and it does more than"
        " multiply it by a number or by a formula of the epoch; write the rate as a formula of the epoch"
        " alone."
    )
