"""The schedule that a formula of the rate is: one that has a name where there is one, else a Formula."""

from __future__ import annotations

import ast

import numpy as np

from lrcore.dialects.reading.recognise import recognise
from lrcore.dialects.reading.rules import absolute, text
from lrcore.dialects.reading.values import Clock, Found
from lrcore.errors import PlanError
from lrcore.schedules.formula.language import parse_formula
from lrcore.schedules.schedule import FloatArray

BY_HAND = "python"  # the dialect of what no library reads
_LENGTH = 1000  # steps in which a rule without a base lr has to give a positive rate


def planned(tree: ast.expr, base: float | None, clock: str, line: int, name: str) -> Found:
    """The schedule of a formula in t and lr, read in that `line` from a `name` ("def", "lambda"); `clock` is
    what the rule called its step."""
    expression = text(tree)
    formula = parse_formula(expression)

    def curve(steps: FloatArray) -> FloatArray:
        return np.broadcast_to(formula({"t": steps, "lr": np.float64(base or 0.0)}), steps.shape)

    first = float(curve(np.array([0.0]))[0])
    counts: Clock = "epoch" if "epoch" in clock.lower() else "iteration"
    usable = [rate for rate in (base, first) if rate is not None and np.isfinite(rate) and rate > 0]
    for rate in dict.fromkeys(usable):
        known = recognise(curve, rate, tree)
        if known is not None:
            return Found(known, rate, counts, line, BY_HAND, name)
    if base is None:
        rates = curve(np.arange(float(_LENGTH)))
        rates = rates[np.isfinite(rates) & (rates > 0)]
        if not rates.size:
            raise PlanError(f"Line {line}: this rule gives no positive rate; check its numbers.")
        base = first if np.isfinite(first) and first > 0 else float(rates.max())
    return Found(absolute(expression), base, counts, line, BY_HAND, name)


def constant_value(tree: ast.expr) -> float | None:
    """The value of a formula without names; None if it is not finite."""
    value = float(parse_formula(text(tree))({}))
    return value if np.isfinite(value) else None
