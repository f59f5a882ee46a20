"""A plan as a scheduler of timm, its warm-up options included; a Scheduler of its own where timm has none."""

from __future__ import annotations

from lrcore.dialects.libraries.torch.write import optimizer_line
from lrcore.dialects.writing.formulas import TABLE_NOTE, is_table, rate
from lrcore.dialects.writing.render import MATH, render
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.cosine_cycles import CosineCycles
from lrcore.schedules.exponential import ExponentialDecay
from lrcore.schedules.formula.rate import num
from lrcore.schedules.polynomial_cycles import PolynomialCycles
from lrcore.schedules.shapes.cycles import CyclingDescent
from lrcore.schedules.step import MultiStepLR, StepLR
from lrcore.schedules.tanh import TanhDecay
from lrcore.schedules.warmup import Warmup
from lrcore.schedules.wsd import WarmupStableDecay


def write(plan: Plan) -> str:
    """The snippet: imports, optimiser, scheduler."""
    tick = "scheduler.step(epoch)" if plan.clock == "epoch" else "scheduler.step_update(num_updates)"
    extra = "" if plan.clock == "epoch" else ", t_in_epochs=False"
    closing = f"# timm is told the step:  {tick}\n"
    made = _call(plan.schedule, plan.base_lr)
    if made is not None:
        name, arguments = made
        return (
            "import torch\n"
            f"from timm.scheduler import {name}\n\n"
            f"{optimizer_line(plan.base_lr)}\n"
            f"scheduler = {name}(optimizer, {arguments}{extra})\n"
            f"{closing}"
        )
    expression = rate(plan.schedule, plan.base_lr)
    table = f"        {TABLE_NOTE}\n" if is_table(expression) else ""
    body = render(expression, MATH)
    math = "import math\n\n" if "math." in body else ""
    return (
        f"{math}import torch\n"
        "from timm.scheduler.scheduler import Scheduler\n\n\n"
        "class Schedule(Scheduler):\n"
        "    def _get_lr(self, t):\n"
        f"{table}"
        f"        rate = {body}\n"
        f"        return [rate * base / {num(plan.base_lr)} for base in self.base_values]\n\n\n"
        f"{optimizer_line(plan.base_lr)}\n"
        f'scheduler = Schedule(optimizer, param_group_field="lr"{extra})\n'
        f"{closing}"
    )


def _call(schedule: Schedule, base_lr: float) -> tuple[str, str] | None:
    """The class and its arguments, or None."""
    if isinstance(schedule, WarmupStableDecay) and schedule.warmup_shape == "linear":
        return "WSDLRScheduler", _stable_decay(schedule, base_lr)
    if not isinstance(schedule, Warmup):
        return _warmed(schedule, base_lr, "")
    inner, steps = schedule.schedule, schedule.warmup_steps
    prefix = schedule.shift in (None, steps)
    # Without the prefix TanhLRScheduler warms up to what the schedule has by then, not to the base lr.
    fits = prefix or (schedule.shift == 0 and not isinstance(inner, TanhDecay))
    if schedule.shape != "linear" or schedule.end_factor != 1 or not fits:
        return None
    first = num(base_lr * schedule.start_factor)
    return _warmed(inner, base_lr, f", warmup_t={steps}, warmup_lr_init={first}, warmup_prefix={prefix}")


def _warmed(schedule: Schedule, base_lr: float, warm: str) -> tuple[str, str] | None:
    """A schedule behind timm's own warm-up, whose arguments `warm` are."""
    match schedule:
        case StepLR(step_size=size, gamma=gamma):
            return "StepLRScheduler", f"decay_t={size}, decay_rate={num(gamma)}{warm}"
        case ExponentialDecay(staircase=True, begin=0, end_lr=None, decay_steps=size, decay_rate=factor):
            return "StepLRScheduler", f"decay_t={num(size)}, decay_rate={num(factor)}{warm}"
        case MultiStepLR(milestones=steps, gamma=gamma):
            late = [step + 1 for step in steps]
            return "MultiStepLRScheduler", f"decay_t={late}, decay_rate={num(gamma)}{warm}"
        case CyclingDescent(cycle_limit=int()) if schedule.decay_of == "peak" or schedule.cycle_decay == 1:
            return _cycles(schedule, base_lr, warm)
    return None


def _cycles(schedule: CyclingDescent, base_lr: float, warm: str) -> tuple[str, str] | None:
    common = f"t_initial={num(schedule.T)}, lr_min={num(schedule.eta_min or schedule.min_ratio * base_lr)}"
    if schedule.cycle_limit != 1 or schedule.cycle_mul != 1:
        common += (
            f", cycle_mul={num(schedule.cycle_mul)}, cycle_decay={num(schedule.cycle_decay)},"
            f" cycle_limit={schedule.cycle_limit}"
        )
    decay = "" if schedule.k_decay == 1 else f", k_decay={num(schedule.k_decay)}"
    match schedule:
        case CosineCycles(exponent=1):
            return "CosineLRScheduler", f"{common}{decay}{warm}"
        case PolynomialCycles(power=power):
            return "PolyLRScheduler", f"{common}, power={num(power)}{decay}{warm}"
        case TanhDecay(lb=low, ub=high, k_decay=1):
            return "TanhLRScheduler", f"{common}, lb={num(low)}, ub={num(high)}{warm}"
    return None


def _stable_decay(schedule: WarmupStableDecay, base_lr: float) -> str:
    """Its arguments; its warm-up is its own."""
    stable = climb = ""
    if schedule.stable_shape == "power":
        timescale = num(schedule.timescale or schedule.warmup_steps)
        power = num(schedule.stable_power)
        stable = f", stable_fn='power', stable_power={power}, stable_timescale={timescale}"
    if schedule.warmup_steps:
        first = num(base_lr * schedule.start_ratio)
        climb = f", warmup_t={schedule.warmup_steps}, warmup_lr_init={first}"
    return (
        f"t_initial={schedule.total_steps - schedule.warmup_steps}, decay_t={schedule.decay_steps},"
        f" lr_min={num(schedule.min_ratio * base_lr)}, decay_fn={schedule.decay_shape!r},"
        f" decay_power={num(schedule.decay_power)}, decay_ratio={num(schedule.decay_base)}{stable}{climb}"
    )
