"""A plan as optax schedules: its functions where they are the same, joined where a plan is, a function of the
count where not."""

from __future__ import annotations

from typing import Any

from lrcore.dialects.writing.formulas import TABLE_NOTE, is_table, rate
from lrcore.dialects.writing.render import JAX, render
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.formula.rate import num
from lrcore.schedules.text import value_text


def write(plan: Plan) -> str:
    """The snippet: imports and `schedule`."""
    made = call(plan.schedule, plan.base_lr)
    note = (
        "# one tick is an epoch: call it with count // steps_per_epoch\n"
        if plan.clock == "epoch"
        else "# counts updates: optax.sgd(schedule)\n"
    )
    if made is not None:
        return f"import optax\n\nschedule = {made}\n{note}"
    expression = rate(plan.schedule, plan.base_lr)
    table = f"    {TABLE_NOTE}\n" if is_table(expression) else ""
    body = render(expression, JAX)
    return (
        ("import math\n\n" if "math." in body else "")
        + "import jax.numpy as jnp\n\n\ndef schedule(count):\n    t = jnp.asarray(count, dtype=float)\n"
        + f"{table}    return {body}\n\n\n{note}"
    )


def call(schedule: Schedule, b: float) -> str | None:
    """The call that makes it, or None."""
    s: Any = schedule
    simple = _simple(s, b)
    if simple is not None:
        return simple
    if s.kind == "Scaled":
        return call(s.schedule, b * s.factor)
    if (
        s.kind == "Warmup"
        and s.warmup_steps
        and s.shape == "linear"
        and s.end_factor == 1
        and s.shift in (None, s.warmup_steps)
    ):
        ramp = f"optax.linear_schedule({num(b * s.start_factor)}, {num(b)}, {s.warmup_steps})"
        if s.schedule.kind == "Constant":
            return ramp
        after = call(s.schedule, b)
        return None if after is None else f"optax.join_schedules([{ramp}, {after}], [{s.warmup_steps}])"
    if s.kind == "SequentialLR":
        parts = [call(part, b) for part in s.schedulers]
        if all(part is not None for part in parts):
            return f"optax.join_schedules([{', '.join(map(str, parts))}], {value_text(s.milestones)})"
    return None


def _simple(s: Any, b: float) -> str | None:
    match s.kind:
        case "Constant":
            return f"optax.constant_schedule({num(b)})"
        case "StepLR":
            return (
                f"optax.exponential_decay({num(b)}, transition_steps={s.step_size},"
                f" decay_rate={num(s.gamma)}, staircase=True)"
            )
        case "ExponentialDecay":
            extra = f"transition_begin={s.begin}, staircase={s.staircase}" + (
                "" if s.end_lr is None else f", end_value={num(s.end_lr)}"
            )
            return f"optax.exponential_decay({num(b)}, {num(s.decay_steps)}, {num(s.decay_rate)}, {extra})"
        case "ExponentialLR":
            return f"optax.exponential_decay({num(b)}, transition_steps=1, decay_rate={num(s.gamma)})"
        case "MultiStepLR" if len(set(s.milestones)) == len(s.milestones):
            scales = ", ".join(f"{m}: {num(s.gamma)}" for m in s.milestones)
            return f"optax.piecewise_constant_schedule({num(b)}, {{{scales}}})"
        case "LinearLR":
            return (
                f"optax.linear_schedule({num(b * s.start_factor)}, {num(b * s.end_factor)}, {s.total_iters})"
            )
        case "PolynomialLR":
            return f"optax.polynomial_schedule({num(b)}, 0.0, {num(s.power)}, {s.total_iters})"
        case "PolynomialDecay" if not s.cycle:
            return (
                f"optax.polynomial_schedule({num(b)}, {num(s.end_lr)}, {num(s.power)}, {num(s.decay_steps)})"
            )
        case "CosineCycles" if s.cycle_limit == 1 and s.k_decay == 1:
            alpha = num(s.eta_min / b if s.eta_min else s.min_ratio)
            return (
                f"optax.cosine_decay_schedule({num(b)}, {num(s.T)}, alpha={alpha},"
                f" exponent={num(s.exponent)})"
            )
    return None
