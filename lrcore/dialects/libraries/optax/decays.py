"""optax: the schedules that fall or climb in one piece. They bring their own rates."""

from __future__ import annotations

import math

from lrcore.dialects.reading.make import (
    found,
    number,
    optional,
    positive,
    table,
    warmed,
)
from lrcore.dialects.reading.rules import absolute
from lrcore.dialects.reading.values import Found, Given
from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.constant import Constant
from lrcore.schedules.cosine_cycles import CosineCycles
from lrcore.schedules.exponential import ExponentialDecay, ExponentialLR
from lrcore.schedules.piecewise import Piecewise
from lrcore.schedules.polynomial import PolynomialLR
from lrcore.schedules.polynomial_decay import PolynomialDecay
from lrcore.schedules.step import MultiStepLR, StepLR
from lrcore.schedules.warmup import Warmup

NAME = "optax"
POLYNOMIAL = "init_value, end_value, power, transition_steps, transition_begin=0"


def at_rate(given: Given, made: Schedule, rate: float) -> Found:
    """The schedule on that base lr. A rate of 0 or below cannot be one: the schedule then has to be absolute,
    and stands on 1."""
    if rate > 0:
        return found(given, made, NAME, "iteration", rate)
    return found(given, absolute(repr(rate)) if made == Constant() else made, NAME, "iteration", 1.0)


def flat(given: Given, rate: float) -> Found:
    """One rate for ever."""
    return at_rate(given, Constant(), rate)


def constant(given: Given) -> Found:
    """constant_schedule."""
    return flat(given, number(given, "value"))


def _late(made: Schedule, begin: int) -> Schedule:
    """The first rate is held for `begin` steps."""
    return Warmup(schedule=made, warmup_steps=begin, start_factor=1, shape="constant") if begin > 0 else made


def polynomial(given: Given) -> Found:
    """polynomial_schedule and linear_schedule, down or up."""
    first, last, power = number(given, "init_value"), number(given, "end_value"), number(given, "power")
    steps, begin = number(given, "transition_steps"), max(0, int(number(given, "transition_begin")))
    if steps <= 0 or first == last:
        return flat(given, first)
    if power == 1 and 0 <= first < last and not begin and steps.is_integer():
        return at_rate(given, warmed(Constant(), int(steps), first / last), last)
    if first > 0 and last >= 0 and 0 <= power <= 100:
        if last == 0 and steps.is_integer():
            return at_rate(given, _late(PolynomialLR(total_iters=int(steps), power=power), begin), first)
        fall = PolynomialDecay(decay_steps=steps, end_lr=last, power=power)
        return at_rate(given, _late(fall, begin), first)
    share = f"min(max(t - {begin}, 0), {steps!r}) / {steps!r}"
    curve = absolute(f"{last!r} + {first - last!r} * (1 - {share}) ** {power!r}")
    return at_rate(given, curve, max(first, last))


def piecewise_constant(given: Given) -> Found:
    """piecewise_constant_schedule: each scale multiplies the rate from its step on."""
    first, scales = number(given, "init_value"), table(given, "boundaries_and_scales")
    if any(scale < 0 for _, scale in scales):
        raise PlanError(f"Line {given.line}: the scales of {given.name} must be at least 0.")
    if not scales:
        return flat(given, first)
    steps, factors = [max(0, math.ceil(step)) for step, _ in scales], [scale for _, scale in scales]
    if first <= 0:
        jumps = [f"({scale!r} if t >= {step} else 1)" for step, scale in zip(steps, factors, strict=True)]
        return at_rate(given, absolute(f"{first!r} * " + " * ".join(jumps)), first)
    if len(set(factors)) == 1 and factors[0] > 0:
        return at_rate(given, MultiStepLR(milestones=steps, gamma=factors[0]), first)
    points, running = [(0, 1.0)], 1.0
    for step, factor in zip(steps, factors, strict=True):
        running *= factor
        points.append((step, running))
    return at_rate(given, Piecewise(points=points, interpolation="constant", relative=True), first)


def exponential(given: Given) -> Found:
    """exponential_decay."""
    first, steps = number(given, "init_value"), number(given, "transition_steps")
    rate, staircase = number(given, "decay_rate"), bool(given["staircase"])
    begin, end = max(0, int(number(given, "transition_begin"))), optional(given, "end_value")
    if steps <= 0 or rate == 0:
        return flat(given, first)
    plain = first > 0 and end is None and rate > 0 and not begin
    if plain and not staircase:
        return at_rate(given, ExponentialLR(gamma=rate ** (1 / steps)), first)
    if plain and steps.is_integer():
        return at_rate(given, StepLR(step_size=int(steps), gamma=rate), first)
    if first > 0 and rate > 0 and (end is None or end >= 0):
        made = ExponentialDecay(
            decay_steps=steps, decay_rate=rate, staircase=staircase, begin=begin, end_lr=end
        )
        return at_rate(given, made, first)
    passed = f"max(t - {begin}, 0)" if begin else "t"
    power = f"floor({passed} / {steps!r})" if staircase else f"({passed} / {steps!r})"
    text = f"{'lr' if first > 0 else repr(first)} * {rate!r} ** {power}"
    if end is not None:
        text = f"{'max' if rate < 1 else 'min'}({text}, {end!r})"
    return at_rate(given, absolute(text), first)


def cosine(given: Given) -> Found:
    """cosine_decay_schedule."""
    first, steps = number(given, "init_value"), positive(given, "decay_steps")
    return cosine_wave(given, first, steps, number(given, "alpha"))


def cosine_wave(given: Given, first: float, steps: float, alpha: float) -> Found:
    """Half a cosine from the rate `first` to alpha times it."""
    exponent = number(given, "exponent")
    if steps <= 0:
        raise PlanError(
            f"Line {given.line}: {given.name} needs decay_steps above its warm-up; make it longer."
        )
    if first > 0 and 0 <= alpha <= 1 and 0 < exponent <= 100:
        return at_rate(given, CosineCycles(T=steps, min_ratio=alpha, exponent=exponent), first)
    if first == 0:
        return flat(given, 0.0)
    wave = f"(0.5 * (1 + cos(pi * min(t, {steps!r}) / {steps!r}))) ** {exponent!r}"
    text = f"{'lr' if first > 0 else repr(first)} * ({1 - alpha!r} * {wave} + {alpha!r})"
    return at_rate(given, absolute(text), first)
