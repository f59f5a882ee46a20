"""A plan as the function that a training script writes by hand."""

from __future__ import annotations

from lrcore.dialects.writing.formulas import TABLE_NOTE, is_table, rate
from lrcore.dialects.writing.render import MATH, render
from lrcore.plan import Plan


def write(plan: Plan) -> str:
    """The snippet: `adjust_learning_rate`, which sets the rate and returns it."""
    clock = "epoch" if plan.clock == "epoch" else "iteration"
    expression = rate(plan.schedule, plan.base_lr, clock)
    table = f"    {TABLE_NOTE}\n" if is_table(expression) else ""
    body = render(expression, MATH)
    return (
        ("import math\n\n\n" if "math." in body else "")
        + f"def adjust_learning_rate(optimizer, {clock}):\n{table}    lr = {body}\n"
        + '    for param_group in optimizer.param_groups:\n        param_group["lr"] = lr\n    return lr\n'
    )
