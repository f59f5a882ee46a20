"""A plan as a scheduler of timm, its warm-up options included; a Scheduler of its own where timm has none."""

from __future__ import annotations

from typing import Any

from lrcore.dialects.libraries.torch import write as _torch_out
from lrcore.dialects.writing.formulas import TABLE_NOTE, is_table, rate
from lrcore.dialects.writing.render import MATH, render
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.formula.rate import num


def write(plan: Plan) -> str:
    """The snippet: imports, optimiser, scheduler."""
    tick = "scheduler.step(epoch)" if plan.clock == "epoch" else "scheduler.step_update(num_updates)"
    extra = "" if plan.clock == "epoch" else ", t_in_epochs=False"
    opening, closing = f"{_torch_out.optimizer(plan.base_lr)}\n", f"# timm is told the step:  {tick}\n"
    made = _call(plan.schedule, plan.base_lr)
    if made is not None:
        name, arguments = made
        return (
            f"import torch\nfrom timm.scheduler import {name}\n\n{opening}scheduler = {name}(optimizer,"
            f" {arguments}{extra})\n{closing}"
        )
    expression = rate(plan.schedule, plan.base_lr)
    table = f"        {TABLE_NOTE}\n" if is_table(expression) else ""
    body = render(expression, MATH)
    return (
        ("import math\n\n" if "math." in body else "")
        + "import torch\nfrom timm.scheduler.scheduler import Scheduler\n\n\nclass Schedule(Scheduler):\n   "
        " def _get_lr(self, t):\n"
        + f"{table}        rate = {body}\n        return [rate * base / {num(plan.base_lr)} for base in"
        " self.base_values]\n\n\n"
        + f'{opening}scheduler = Schedule(optimizer, param_group_field="lr"{extra})\n{closing}'
    )


def _call(schedule: Schedule, b: float) -> tuple[str, str] | None:
    s: Any = schedule
    warm = ""
    if s.kind == "Warmup":
        prefix = s.shift in (None, s.warmup_steps)
        if (
            s.shape != "linear"
            or s.end_factor != 1
            or not (prefix or s.shift == 0)
            or s.schedule.kind == "Warmup"
        ):
            return None
        if s.schedule.kind in ("WarmupStableDecay", "TanhDecay") and not (
            prefix and s.schedule.kind == "TanhDecay"
        ):
            return None
        warm = (
            f", warmup_t={s.warmup_steps}, warmup_lr_init={num(b * s.start_factor)}, warmup_prefix={prefix}"
        )
        s = s.schedule
    if s.kind == "StepLR":
        return "StepLRScheduler", f"decay_t={s.step_size}, decay_rate={num(s.gamma)}{warm}"
    if s.kind == "ExponentialDecay" and s.staircase and s.begin == 0 and s.end_lr is None:
        return "StepLRScheduler", f"decay_t={num(s.decay_steps)}, decay_rate={num(s.decay_rate)}{warm}"
    if s.kind == "MultiStepLR":
        return (
            "MultiStepLRScheduler",
            f"decay_t={[m + 1 for m in s.milestones]}, decay_rate={num(s.gamma)}{warm}",
        )
    cycling = s.kind in ("CosineCycles", "PolynomialCycles", "TanhDecay") and s.cycle_limit is not None
    if (
        cycling
        and (s.decay_of == "peak" or s.cycle_decay == 1)
        and (s.kind != "TanhDecay" or s.k_decay == 1)
        and getattr(s, "exponent", 1) == 1
    ):
        common = f"t_initial={num(s.T)}, lr_min={num(s.eta_min or s.min_ratio * b)}"
        if s.cycle_limit != 1 or s.cycle_mul != 1:
            common += (
                f", cycle_mul={num(s.cycle_mul)}, cycle_decay={num(s.cycle_decay)},"
                f" cycle_limit={s.cycle_limit}"
            )
        decay = "" if s.k_decay == 1 else f", k_decay={num(s.k_decay)}"
        if s.kind == "CosineCycles":
            return "CosineLRScheduler", f"{common}{decay}{warm}"
        if s.kind == "PolynomialCycles":
            return "PolyLRScheduler", f"{common}, power={num(s.power)}{decay}{warm}"
        return "TanhLRScheduler", f"{common}, lb={num(s.lb)}, ub={num(s.ub)}{warm}"
    if s.kind == "WarmupStableDecay" and s.warmup_shape == "linear" and not warm:
        shape = (
            f"decay_fn={s.decay_shape!r}, decay_power={num(s.decay_power)}, decay_ratio={num(s.decay_base)}"
        )
        stable = ""
        if s.stable_shape == "power":
            stable = (
                f", stable_fn='power', stable_power={num(s.stable_power)},"
                f" stable_timescale={num(s.timescale or s.warmup_steps)}"
            )
        climb = (
            f", warmup_t={s.warmup_steps}, warmup_lr_init={num(b * s.start_ratio)}" if s.warmup_steps else ""
        )
        length = s.total_steps - s.warmup_steps
        return (
            "WSDLRScheduler",
            (
                f"t_initial={length}, decay_t={s.decay_steps}, lr_min={num(s.min_ratio * b)},"
                f" {shape}{stable}{climb}"
            ),
        )
    return None
