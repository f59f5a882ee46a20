"""transformers: each schedule from the arguments of its function. Nearly all warm up from 0."""

from __future__ import annotations

from typing import NoReturn

from lrcore.dialects.reading.make import (
    base,
    choice,
    number,
    optional,
    warmed,
    whole,
)
from lrcore.dialects.reading.rules import absolute
from lrcore.dialects.reading.values import Given
from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.constant import Constant
from lrcore.schedules.cosine import CosineAnnealingLR
from lrcore.schedules.cosine_cycles import CosineCycles
from lrcore.schedules.inverse_sqrt import InverseSqrt
from lrcore.schedules.piecewise import Piecewise
from lrcore.schedules.polynomial import PolynomialLR
from lrcore.schedules.polynomial_decay import PolynomialDecay
from lrcore.schedules.warmup import Warmup
from lrcore.schedules.wsd import WarmupStableDecay


def constant(given: Given) -> Schedule:
    """get_constant_schedule."""
    return Constant()


def constant_with_warmup(given: Given) -> Schedule:
    """get_constant_schedule_with_warmup."""
    return warmed(Constant(), whole(given, "num_warmup_steps"))


def _span(given: Given) -> int:
    """Updates after the warm-up; transformers takes at least one."""
    return max(1, whole(given, "num_training_steps") - whole(given, "num_warmup_steps"))


def linear(given: Given) -> Schedule:
    """get_linear_schedule_with_warmup; 0 where the warm-up is the whole run."""
    warmup = whole(given, "num_warmup_steps")
    ended = whole(given, "num_training_steps") <= warmup
    after = Piecewise(points=[(0, 0)]) if ended else PolynomialLR(total_iters=_span(given), power=1)
    return warmed(after, warmup)


def _cosine_wave(given: Given, floor: float = 0.0) -> Schedule:
    """`num_cycles` whole waves; half of one is a plain descent."""
    cycles = abs(number(given, "num_cycles"))
    return CosineAnnealingLR(T_max=_span(given) / (2 * cycles), eta_min=floor) if cycles else Constant()


def cosine(given: Given) -> Schedule:
    """get_cosine_schedule_with_warmup."""
    return warmed(_cosine_wave(given), whole(given, "num_warmup_steps"))


def restarts(given: Given) -> Schedule:
    """get_cosine_with_hard_restarts_schedule_with_warmup; a formula where the last cycle is cut short."""
    cycles, warmup, span = number(given, "num_cycles"), whole(given, "num_warmup_steps"), _span(given)
    if cycles.is_integer() and cycles >= 1:
        return warmed(CosineCycles(T=span / cycles, cycle_limit=int(cycles)), warmup)
    wave = f"lr * (0.5 * (1 + cos(pi * (({cycles!r} * t / {span}) % 1))) if t < {span} else 0)"
    return warmed(absolute(wave), warmup)


def polynomial(given: Given) -> Schedule:
    """get_polynomial_decay_schedule_with_warmup, which takes no rise."""
    end, warmup = number(given, "lr_end"), whole(given, "num_warmup_steps")
    if given.base_lr is not None and not given.base_lr > end:
        raise PlanError(
            f"Line {given.line}: lr_end={end:g} must be smaller than the optimiser's lr={given.base_lr:g}."
        )
    fall = PolynomialDecay(decay_steps=_span(given), end_lr=end, power=number(given, "power"))
    return warmed(fall, warmup)


def inverse_sqrt(given: Given) -> Schedule:
    """get_inverse_sqrt_schedule."""
    warmup, timescale = whole(given, "num_warmup_steps"), optional(given, "timescale")
    return InverseSqrt(warmup_steps=warmup, timescale=timescale or None)


def _floor(given: Given) -> float:
    """The lowest rate, from min_lr or min_lr_rate: exactly one of them."""
    rate, share = optional(given, "min_lr"), optional(given, "min_lr_rate")
    if (rate is None) == (share is None):
        raise PlanError(
            f"Line {given.line}: {given.name} needs min_lr or min_lr_rate, and only one of them; write"
            " min_lr_rate=0.1."
        )
    if rate is not None:
        return rate
    return base(given, "has its floor as a share of the base lr") * (share or 0.0)


def min_lr(given: Given) -> Schedule:
    """get_cosine_with_min_lr_schedule_with_warmup."""
    return warmed(_cosine_wave(given, _floor(given)), whole(given, "num_warmup_steps"))


def min_lr_shifted(given: Given) -> Schedule:
    """get_cosine_with_min_lr_schedule_with_warmup_lr_rate, one step ahead in its clock: the warm-up starts at
    1/w (or warmup_lr_rate), the cosine one step down."""
    warmup, first = whole(given, "num_warmup_steps"), optional(given, "warmup_lr_rate")
    if warmup == 0:
        floor, cycles = _floor(given), number(given, "num_cycles")
        return absolute(
            f"{floor!r} + (lr - {floor!r}) * 0.5 * (1 + cos({2 * cycles!r} * pi * (t + 1) / {_span(given)}))"
        )
    if first is None:
        start, end = 1 / warmup, 1 + 1 / warmup
    else:
        start, end = first, first + (1 - first) * warmup / max(1, warmup - 1)
    wave = _cosine_wave(given, _floor(given))
    return Warmup(schedule=wave, warmup_steps=warmup, start_factor=start, end_factor=end, shift=warmup - 1)


def stable_decay(given: Given) -> Schedule:
    """get_wsd_schedule; a formula for waves instead of a descent, and for a decay of no steps."""
    warmup, decay = whole(given, "num_warmup_steps"), whole(given, "num_decay_steps")
    ratio = number(given, "min_lr_ratio")
    shape, cycles = choice(given, "decay_type", ("linear", "cosine", "1-sqrt")), number(given, "num_cycles")
    climb = choice(given, "warmup_type", ("linear", "cosine", "1-sqrt"))
    if given["num_stable_steps"] is None and given["num_training_steps"] is None:
        raise PlanError(
            f"Line {given.line}: {given.name} needs num_training_steps or num_stable_steps; write"
            " num_training_steps=1000."
        )
    if given["num_stable_steps"] is None:
        stable = whole(given, "num_training_steps") - warmup - decay
    else:
        stable = whole(given, "num_stable_steps")
    if decay and (shape != "cosine" or cycles == 0.5):
        return WarmupStableDecay(
            total_steps=warmup + stable + decay,
            warmup_steps=warmup,
            warmup_shape=climb,
            start_ratio=ratio,
            decay_steps=decay,
            decay_shape=shape,
            min_ratio=ratio,
        )
    wave = f"cos({2 * cycles!r} * pi * (t - {stable}) / {max(1, decay)})"
    fall = f"{ratio!r} + {1 - ratio!r} * 0.5 * (1 + {wave})"
    curve = absolute(f"lr if t < {stable} else (lr * ({fall}) if t < {stable + decay} else lr * {ratio!r})")
    return Warmup(schedule=curve, warmup_steps=warmup, start_factor=ratio, shape=climb)


def refused(given: Given) -> NoReturn:
    """What follows a metric."""
    raise PlanError(
        f"Line {given.line}: {given.name} follows a metric, so it has no curve before training; torch's"
        " ReduceLROnPlateau(...) can be pasted."
    )
