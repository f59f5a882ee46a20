"""A plan as transformers' get_..._schedule: where it has none, torch's scheduler, which its Trainer takes as
well."""

from __future__ import annotations

from lrcore.dialects.libraries.torch.write import optimizer_line, usage
from lrcore.dialects.libraries.torch.write import write as write_torch
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.constant import Constant
from lrcore.schedules.cosine import CosineAnnealingLR
from lrcore.schedules.formula.rate import num
from lrcore.schedules.inverse_sqrt import InverseSqrt
from lrcore.schedules.polynomial import PolynomialLR
from lrcore.schedules.polynomial_decay import PolynomialDecay
from lrcore.schedules.warmup import Warmup
from lrcore.schedules.wsd import WarmupStableDecay

_TAKES_TORCH = (
    "# transformers has no such schedule; its Trainer takes this one: Trainer(..., optimizers=(optimizer,"
    " scheduler))\n"
)


def write(plan: Plan) -> str:
    """The snippet: imports, optimiser, scheduler."""
    made = _call(plan.schedule, plan.base_lr)
    if made is None:
        return write_torch(plan) + _TAKES_TORCH
    name = made.partition("(")[0]
    return (
        "import torch\n"
        f"from transformers.optimization import {name}\n\n"
        f"{optimizer_line(plan.base_lr)}\n"
        f"scheduler = {made}\n"
        f"{usage(plan)}\n"
    )


def _call(schedule: Schedule, base_lr: float) -> str | None:
    if not isinstance(schedule, Warmup):
        return _alone(schedule) or _warmed(schedule, base_lr, 0)
    warmup = schedule.warmup_steps
    linear = schedule.shape == "linear" and schedule.start_factor == 0 and schedule.end_factor == 1
    if not linear or schedule.shift not in (None, warmup):
        return None
    if warmup == 0 and (made := _alone(schedule.schedule)) is not None:
        return made
    return _warmed(schedule.schedule, base_lr, warmup)


def _warmed(schedule: Schedule, base_lr: float, warmup: int) -> str | None:
    """The call of a schedule behind transformers' warm-up."""
    match schedule:
        case Constant() if warmup:
            return f"get_constant_schedule_with_warmup(optimizer, num_warmup_steps={warmup})"
        case Constant():
            return "get_constant_schedule(optimizer)"
        case PolynomialLR(power=1, total_iters=steps):
            return f"get_linear_schedule_with_warmup({_steps(warmup, steps)})"
        case CosineAnnealingLR(T_max=steps, eta_min=0) if float(steps).is_integer():
            return f"get_cosine_schedule_with_warmup({_steps(warmup, steps)})"
        case CosineAnnealingLR(T_max=steps, eta_min=low) if float(steps).is_integer():
            return f"get_cosine_with_min_lr_schedule_with_warmup({_steps(warmup, steps)}, min_lr={num(low)})"
        case PolynomialDecay(cycle=False, decay_steps=steps, end_lr=end, power=power) if (
            0 < end < base_lr and float(steps).is_integer()  # transformers raises for a rise
        ):
            return (
                f"get_polynomial_decay_schedule_with_warmup({_steps(warmup, steps)}, lr_end={num(end)},"
                f" power={num(power)})"
            )
    return None


def _alone(schedule: Schedule) -> str | None:
    """The call of a schedule that brings its own warm-up."""
    shapes = ("linear", "cosine", "1-sqrt")
    match schedule:
        case InverseSqrt(start_factor=0, warmup_steps=warmup, timescale=None):
            return f"get_inverse_sqrt_schedule(optimizer, num_warmup_steps={warmup})"
        case InverseSqrt(start_factor=0, warmup_steps=warmup, timescale=float(scale)) if scale.is_integer():
            return f"get_inverse_sqrt_schedule(optimizer, num_warmup_steps={warmup}, timescale={num(scale)})"
        case WarmupStableDecay(stable_shape="constant", warmup_shape=climb, decay_shape=fall) if (
            climb in shapes
            and fall in shapes
            and (schedule.start_ratio == schedule.min_ratio or schedule.warmup_steps == 0)
        ):
            return (
                f"get_wsd_schedule(optimizer, num_warmup_steps={schedule.warmup_steps},"
                f" num_decay_steps={schedule.decay_steps}, num_training_steps={schedule.total_steps},"
                f" warmup_type={climb!r}, decay_type={fall!r}, min_lr_ratio={num(schedule.min_ratio)})"
            )
    return None


def _steps(warmup: int, after: float) -> str:
    return f"optimizer, num_warmup_steps={warmup}, num_training_steps={num(warmup + after)}"
