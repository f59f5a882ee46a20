"""timm.scheduler: epochs unless t_in_epochs is False, warm-up options on every class, milestones one step
early."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from lrcore.dialects.libraries.timm.factory import FACTORY, from_factory
from lrcore.dialects.reading.make import (
    base,
    choice,
    found,
    number,
    numbers,
    optional,
    positive,
    whole,
)
from lrcore.dialects.reading.values import Clock, Found, Function, Given, Reader
from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.cosine_cycles import CosineCycles
from lrcore.schedules.exponential import ExponentialDecay
from lrcore.schedules.polynomial_cycles import PolynomialCycles
from lrcore.schedules.step import MultiStepLR, StepLR
from lrcore.schedules.tanh import TanhDecay
from lrcore.schedules.warmup import Warmup
from lrcore.schedules.wsd import WarmupStableDecay
from lrcore.values.value import short

NAME = "timm"

_ROOTS = ("timm", "scheduler")
_NOISE = "t_in_epochs=True, noise_range_t=None, noise_pct=0.67, noise_std=1.0, noise_seed=42"
_CYCLES = (
    "lr_min=0.0, cycle_mul=1.0, cycle_decay=1.0, cycle_limit=1, warmup_t=0, warmup_lr_init=0.0,"
    " warmup_prefix=False, " + _NOISE
)
_STEPS = f"decay_rate=1.0, warmup_t=0, warmup_lr_init=0.0, warmup_prefix=True, {_NOISE}, initialize=True"


def _finished(given: Given, made: Schedule) -> Found:
    if given["noise_range_t"] is not None:
        raise PlanError(
            f"Line {given.line}: {given.name} adds random noise"
            f" (noise_range_t={short(given['noise_range_t'])}), which has no formula; leave noise_range_t out"
            " to see the schedule under it."
        )
    clock: Clock = "epoch" if given["t_in_epochs"] else "iteration"
    return found(given, made, NAME, clock)


def _warm(given: Given, made: Schedule, target: float = 1.0) -> Found:
    """timm's warm-up runs from warmup_lr_init; without warmup_prefix the schedule's clock runs under it."""
    steps = whole(given, "warmup_t")
    if steps:
        first, lr = number(given, "warmup_lr_init"), base(given, "warms up from a rate of its own")
        if not 0 <= first <= lr:
            raise PlanError(
                f"Line {given.line}: warmup_lr_init of {given.name} is {first:g}; it must be between 0 and"
                f" the optimiser's lr, {lr:g}."
            )
        shift = None if given.arguments.get("warmup_prefix", True) else 0
        made = Warmup(
            schedule=made,
            warmup_steps=steps,
            start_factor=first / lr,
            end_factor=target,
            shift=shift,
        )
    return _finished(given, made)


def _cycling(given: Given) -> dict[str, Any]:
    limit = positive(given, "cycle_limit")
    return {
        "T": positive(given, "t_initial"),
        "eta_min": number(given, "lr_min"),
        "cycle_mul": number(given, "cycle_mul"),
        "cycle_decay": number(given, "cycle_decay"),
        "cycle_limit": math.ceil(limit),
    }


def _cosine(given: Given) -> Found:
    return _warm(given, CosineCycles(**_cycling(given), k_decay=number(given, "k_decay")))


def _poly(given: Given) -> Found:
    return _warm(
        given,
        PolynomialCycles(
            **_cycling(given),
            power=number(given, "power"),
            k_decay=number(given, "k_decay"),
        ),
    )


def _tanh(given: Given) -> Found:
    made = TanhDecay(**_cycling(given), lb=number(given, "lb"), ub=number(given, "ub"))
    steps, target = whole(given, "warmup_t"), 1.0
    if steps and not given["warmup_prefix"]:  # it aims at what the schedule has at the end of the warm-up
        lr = base(given, "warms up from a rate of its own")
        target = float(made.lr(steps, lr)) / lr
    return _warm(given, made, target)


def _step(given: Given) -> Found:
    length, rate = positive(given, "decay_t"), positive(given, "decay_rate")
    if length.is_integer():
        return _warm(given, StepLR(step_size=int(length), gamma=rate))
    exact = Fraction(length) > Fraction(repr(length))  # timm's 21 // 2.1 is 9, where 21 / 2.1 rounds to 10
    length = math.nextafter(length, math.inf) if exact else length
    return _warm(given, ExponentialDecay(decay_steps=length, decay_rate=rate, staircase=True))


def _multi_step(given: Given) -> Found:
    """A milestone m fires at m - 1, which timm keeps on purpose."""
    steps = [max(0, math.ceil(step) - 1) for step in numbers(given, "decay_t")]
    if steps != sorted(steps):
        raise PlanError(
            f"Line {given.line}: decay_t of {given.name} does not ascend, and timm then drops at other steps;"
            " sort it."
        )
    return _warm(given, MultiStepLR(milestones=steps, gamma=positive(given, "decay_rate")))


def _stable_decay(given: Given) -> Found:
    if isinstance(given["decay_fn"], Function):
        raise PlanError(
            f"Line {given.line}: a decay_fn of one's own is not read; use 'linear', '1-sqrt', 'cosine',"
            " 'power' or 'exp'."
        )
    shape = choice(given, "decay_fn", ("linear", "1-sqrt", "cosine", "power", "exp"))
    stable = choice(given, "stable_fn", ("constant", "rsqrt", "power"))
    warmup, floor, first = whole(given, "warmup_t"), number(given, "lr_min"), number(given, "warmup_lr_init")
    lr = base(given, "has rates of its own") if floor or (warmup and first) else 1.0
    flat: dict[str, Any] = {}
    if stable != "constant":
        flat = {
            "stable_shape": "power",
            "stable_power": 0.5 if stable == "rsqrt" else number(given, "stable_power"),
            "timescale": optional(given, "stable_timescale"),
        }
    made = WarmupStableDecay(
        total_steps=warmup + whole(given, "t_initial", 1),
        warmup_steps=warmup,
        start_ratio=first / lr if warmup else 0.0,
        decay_steps=whole(given, "decay_t", 1),
        decay_shape=shape,
        decay_power=number(given, "decay_power"),
        decay_base=number(given, "decay_ratio"),
        min_ratio=floor / lr,
        **flat,
    )
    return _finished(given, made)


def _plateau(given: Given) -> Found:
    raise PlanError(
        f"Line {given.line}: {given.name} follows a metric, so it has no curve before training; paste torch's"
        " ReduceLROnPlateau(...)."
    )


def _reader(name: str, text: str, build: Callable[[Given], Found]) -> Reader:
    return Reader(name, text, build, _ROOTS)


READERS: tuple[Reader, ...] = (
    _reader("CosineLRScheduler", f"optimizer, t_initial, {_CYCLES}, k_decay=1.0, initialize=True", _cosine),
    _reader(
        "PolyLRScheduler", f"optimizer, t_initial, power=0.5, {_CYCLES}, k_decay=1.0, initialize=True", _poly
    ),
    _reader("TanhLRScheduler", f"optimizer, t_initial, lb=-7.0, ub=3.0, {_CYCLES}, initialize=True", _tanh),
    _reader("StepLRScheduler", f"optimizer, decay_t, {_STEPS}", _step),
    _reader("MultiStepLRScheduler", f"optimizer, decay_t, {_STEPS}", _multi_step),
    _reader(
        "WSDLRScheduler",
        "optimizer, t_initial, decay_t, lr_min=0.0, stable_fn='constant', stable_timescale=None,"
        " stable_power=0.5, decay_fn='1-sqrt', decay_power=0.5, decay_ratio=0.1, warmup_t=0,"
        f" warmup_lr_init=0.0, {_NOISE}, initialize=True",
        _stable_decay,
    ),
    _reader("create_scheduler_v2", FACTORY, lambda given: from_factory(given, READERS)),
    _reader(
        "PlateauLRScheduler",
        "optimizer, decay_rate=0.1, patience_t=10, warmup_t=0, warmup_lr_init=0, lr_min=0",
        _plateau,
    ),
)
