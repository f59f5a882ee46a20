"""A plan as transformers' get_..._schedule: where it has none, torch's scheduler, which its Trainer takes as
well."""

from __future__ import annotations

from typing import Any

from lrcore.dialects.libraries.torch import write as _torch_out
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.formula.rate import num


def write(plan: Plan) -> str:
    """The snippet: imports, optimiser, scheduler."""
    made = _call(plan.schedule, plan.base_lr)
    if made is None:
        return (
            _torch_out.write(plan)
            + "# transformers has no such schedule; its Trainer takes this one: Trainer(...,"
            " optimizers=(optimizer, scheduler))\n"
        )
    name = made.partition("(")[0]
    return (
        "import torch\nfrom transformers.optimization import"
        f" {name}\n\n{_torch_out.optimizer(plan.base_lr)}\nscheduler = {made}\n{_torch_out.usage(plan)}\n"
    )


def _call(schedule: Schedule, base_lr: float) -> str | None:
    s: Any = schedule
    w = 0
    if s.kind == "Warmup":
        if (
            s.shape != "linear"
            or s.start_factor != 0
            or s.end_factor != 1
            or s.shift not in (None, s.warmup_steps)
        ):
            return None
        w, s = s.warmup_steps, s.schedule
    if s.kind == "Constant":
        return (
            f"get_constant_schedule_with_warmup(optimizer, num_warmup_steps={w})"
            if w
            else "get_constant_schedule(optimizer)"
        )
    if s.kind == "PolynomialLR" and s.power == 1:
        return f"get_linear_schedule_with_warmup({_steps(w, s.total_iters)})"
    if s.kind == "CosineAnnealingLR" and s.eta_min == 0 and float(s.T_max).is_integer():
        return f"get_cosine_schedule_with_warmup({_steps(w, s.T_max)})"
    if s.kind == "CosineAnnealingLR" and float(s.T_max).is_integer():
        return f"get_cosine_with_min_lr_schedule_with_warmup({_steps(w, s.T_max)}, min_lr={num(s.eta_min)})"
    falls = (
        s.kind == "PolynomialDecay" and not s.cycle and 0 < s.end_lr < base_lr
    )  # transformers raises for a rise
    if falls and float(s.decay_steps).is_integer():
        return (
            f"get_polynomial_decay_schedule_with_warmup({_steps(w, s.decay_steps)}, lr_end={num(s.end_lr)},"
            f" power={num(s.power)})"
        )
    if (
        w == 0
        and s.kind == "InverseSqrt"
        and s.start_factor == 0
        and (s.timescale is None or float(s.timescale).is_integer())
    ):
        extra = "" if s.timescale is None else f", timescale={num(s.timescale)}"
        return f"get_inverse_sqrt_schedule(optimizer, num_warmup_steps={s.warmup_steps}{extra})"
    known = ("linear", "cosine", "1-sqrt")
    stable = (
        w == 0
        and s.kind == "WarmupStableDecay"
        and s.stable_shape == "constant"
        and s.decay_shape in known
        and s.warmup_shape in known
    )
    if stable and (s.start_ratio == s.min_ratio or s.warmup_steps == 0):
        return (
            f"get_wsd_schedule(optimizer, num_warmup_steps={s.warmup_steps}, num_decay_steps={s.decay_steps},"
            f" num_training_steps={s.total_steps}, warmup_type={s.warmup_shape!r},"
            f" decay_type={s.decay_shape!r}, min_lr_ratio={num(s.min_ratio)})"
        )
    return None


def _steps(warmup: int, after: float) -> str:
    return f"optimizer, num_warmup_steps={warmup}, num_training_steps={num(warmup + after)}"
