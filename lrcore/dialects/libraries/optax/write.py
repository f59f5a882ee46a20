"""A plan as optax schedules: its functions where they are the same, joined where a plan is, a function of the
count where not."""

from __future__ import annotations

from lrcore.dialects.writing.formulas import TABLE_NOTE, is_table, rate
from lrcore.dialects.writing.render import JAX, render
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.constant import Constant
from lrcore.schedules.cosine_cycles import CosineCycles
from lrcore.schedules.exponential import ExponentialDecay, ExponentialLR
from lrcore.schedules.formula.rate import num
from lrcore.schedules.linear import LinearLR
from lrcore.schedules.polynomial import PolynomialLR
from lrcore.schedules.polynomial_decay import PolynomialDecay
from lrcore.schedules.scaled import Scaled
from lrcore.schedules.sequential import SequentialLR
from lrcore.schedules.step import MultiStepLR, StepLR
from lrcore.schedules.text import value_text
from lrcore.schedules.warmup import Warmup

_PER_EPOCH = "# one tick is an epoch: call it with count // steps_per_epoch\n"
_PER_UPDATE = "# counts updates: optax.sgd(schedule)\n"


def write(plan: Plan) -> str:
    """The snippet: imports and `schedule`."""
    note = _PER_EPOCH if plan.clock == "epoch" else _PER_UPDATE
    made = _call(plan.schedule, plan.base_lr)
    if made is not None:
        return f"import optax\n\nschedule = {made}\n{note}"
    expression = rate(plan.schedule, plan.base_lr)
    table = f"    {TABLE_NOTE}\n" if is_table(expression) else ""
    body = render(expression, JAX)
    math = "import math\n\n" if "math." in body else ""
    return (
        f"{math}import jax.numpy as jnp\n\n\n"
        "def schedule(count):\n"
        "    t = jnp.asarray(count, dtype=float)\n"
        f"{table}"
        f"    return {body}\n\n\n"
        f"{note}"
    )


def _call(schedule: Schedule, base_lr: float) -> str | None:
    """The call that makes it, a composition of calls included; None if optax has none."""
    match schedule:
        case Scaled(schedule=inner, factor=factor):
            return _call(inner, base_lr * factor)
        case Warmup(schedule=inner, warmup_steps=steps, shape="linear", end_factor=1) if (
            steps and schedule.shift in (None, steps)
        ):
            first = num(base_lr * schedule.start_factor)
            ramp = f"optax.linear_schedule({first}, {num(base_lr)}, {steps})"
            if isinstance(inner, Constant):
                return ramp
            after = _call(inner, base_lr)
            return None if after is None else f"optax.join_schedules([{ramp}, {after}], [{steps}])"
        case SequentialLR(schedulers=parts, milestones=milestones):
            calls = [_call(part, base_lr) for part in parts]
            if None in calls:
                return None
            return f"optax.join_schedules([{', '.join(map(str, calls))}], {value_text(milestones)})"
    return _simple(schedule, base_lr)


def _simple(schedule: Schedule, base_lr: float) -> str | None:
    """The call of one of optax' functions."""
    first = num(base_lr)
    match schedule:
        case Constant():
            return f"optax.constant_schedule({first})"
        case StepLR(step_size=size, gamma=gamma):
            return (
                f"optax.exponential_decay({first}, transition_steps={size}, decay_rate={num(gamma)},"
                " staircase=True)"
            )
        case ExponentialDecay(decay_steps=steps, decay_rate=factor, end_lr=end):
            floor = "" if end is None else f", end_value={num(end)}"
            return (
                f"optax.exponential_decay({first}, {num(steps)}, {num(factor)},"
                f" transition_begin={schedule.begin}, staircase={schedule.staircase}{floor})"
            )
        case ExponentialLR(gamma=gamma):
            return f"optax.exponential_decay({first}, transition_steps=1, decay_rate={num(gamma)})"
        case MultiStepLR(milestones=steps, gamma=gamma) if len(set(steps)) == len(steps):
            scales = ", ".join(f"{step}: {num(gamma)}" for step in steps)
            return f"optax.piecewise_constant_schedule({first}, {{{scales}}})"
        case LinearLR(start_factor=start, end_factor=end, total_iters=steps):
            return f"optax.linear_schedule({num(base_lr * start)}, {num(base_lr * end)}, {steps})"
        case PolynomialLR(power=power, total_iters=steps):
            return f"optax.polynomial_schedule({first}, 0.0, {num(power)}, {steps})"
        case PolynomialDecay(cycle=False, end_lr=end, power=power, decay_steps=steps):
            return f"optax.polynomial_schedule({first}, {num(end)}, {num(power)}, {num(steps)})"
        case CosineCycles(cycle_limit=1, k_decay=1):
            alpha = num(schedule.eta_min / base_lr if schedule.eta_min else schedule.min_ratio)
            return (
                f"optax.cosine_decay_schedule({first}, {num(schedule.T)}, alpha={alpha},"
                f" exponent={num(schedule.exponent)})"
            )
    return None
