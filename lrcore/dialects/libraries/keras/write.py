"""A plan as keras.optimizers.schedules: its classes where they are the same, a LearningRateSchedule of its
own where they are not."""

from __future__ import annotations

from typing import Any

from lrcore.dialects.writing.formulas import TABLE_NOTE, is_table, rate
from lrcore.dialects.writing.render import OPS, render
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.formula.rate import num


def write(plan: Plan) -> str:
    """The snippet: imports and `schedule`."""
    made = _call(plan.schedule, plan.base_lr)
    note = (
        "# one tick is an epoch: keras.callbacks.LearningRateScheduler(lambda epoch, lr:"
        " float(schedule(epoch)))\n"
        if plan.clock == "epoch"
        else "# counts updates: keras.optimizers.SGD(learning_rate=schedule)\n"
    )
    if made is not None:
        return f"import keras\n\nschedule = keras.optimizers.schedules.{made}\n{note}"
    expression = rate(plan.schedule, plan.base_lr)
    table = f"        {TABLE_NOTE}\n" if is_table(expression) else ""
    body = render(expression, OPS)
    return (
        ("import math\n\n" if "math." in body else "")
        + "import keras\nfrom keras import ops\n\n\n"
        + "class Schedule(keras.optimizers.schedules.LearningRateSchedule):\n    def __call__(self, step):\n"
        + f"        t = ops.cast(step, keras.config.floatx())\n{table}        return ops.cast({body},"
        " keras.config.floatx())\n\n"
        + f"    def get_config(self):\n        return {{}}\n\n\nschedule = Schedule()\n{note}"
    )


def _call(schedule: Schedule, b: float) -> str | None:
    s: Any = schedule
    first = f"initial_learning_rate={num(b)}"
    if s.kind == "StepLR":
        return (
            f"ExponentialDecay({first}, decay_steps={s.step_size}, decay_rate={num(s.gamma)}, staircase=True)"
        )
    if s.kind == "ExponentialLR":
        return f"ExponentialDecay({first}, decay_steps=1, decay_rate={num(s.gamma)})"
    if s.kind == "ExponentialDecay" and s.begin == 0 and s.end_lr is None:
        return (
            f"ExponentialDecay({first}, decay_steps={num(s.decay_steps)}, decay_rate={num(s.decay_rate)},"
            f" staircase={s.staircase})"
        )
    if (
        s.kind == "MultiStepLR"
        and s.milestones
        and min(s.milestones) > 0
        and len(set(s.milestones)) == len(s.milestones)
    ):
        values = ", ".join(num(b * s.gamma**i) for i in range(len(s.milestones) + 1))
        return f"PiecewiseConstantDecay(boundaries={[m - 1 for m in s.milestones]}, values=[{values}])"
    if s.kind == "PolynomialLR":
        return (
            f"PolynomialDecay({first}, decay_steps={s.total_iters}, end_learning_rate=0.0,"
            f" power={num(s.power)})"
        )
    if s.kind == "PolynomialDecay":
        cycle = ", cycle=True" if s.cycle else ""
        return (
            f"PolynomialDecay({first}, decay_steps={num(s.decay_steps)}, end_learning_rate={num(s.end_lr)},"
            f" power={num(s.power)}{cycle})"
        )
    if s.kind == "InverseTimeDecay" and not s.staircase:
        return f"InverseTimeDecay({first}, decay_steps=1, decay_rate={num(s.lr_decay)})"
    if s.kind == "InverseTimeDecay" and s.decay_steps:
        return (
            f"InverseTimeDecay({first}, decay_steps={num(s.decay_steps)},"
            f" decay_rate={num(s.lr_decay * s.decay_steps)}, staircase=True)"
        )
    if s.kind == "CosineCycles" and s.k_decay == 1 and s.exponent == 1:
        alpha = f"alpha={num(s.eta_min / b if s.eta_min else s.min_ratio)}"
        if s.cycle_limit == 1:
            return f"CosineDecay({first}, decay_steps={num(s.T)}, {alpha})"
        if s.cycle_limit is None and (s.decay_of == "swing" or s.cycle_decay == 1):
            return (
                f"CosineDecayRestarts({first}, first_decay_steps={num(s.T)}, t_mul={num(s.cycle_mul)},"
                f" m_mul={num(s.cycle_decay)}, {alpha})"
            )
    inner = (
        s.schedule
        if s.kind == "Warmup"
        and s.shape == "linear"
        and s.end_factor == 1
        and s.shift in (None, s.warmup_steps)
        else None
    )
    if (
        inner is not None
        and inner.kind == "CosineCycles"
        and (made := _call(inner, b)) is not None
        and made.startswith("CosineDecay(")
    ):
        warm = made.replace(first, f"initial_learning_rate={num(b * s.start_factor)}")
        return f"{warm[:-1]}, warmup_target={num(b)}, warmup_steps={s.warmup_steps})"
    return None
