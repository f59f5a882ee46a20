"""transformers: get_scheduler(name, ...) and the get_..._schedule_with_warmup functions. They count updates,
warm-up from 0."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from lrcore.dialects.reading.make import (
    base,
    choice,
    found,
    number,
    optional,
    refuse_resume,
    warmed,
    whole,
)
from lrcore.dialects.reading.rules import absolute
from lrcore.dialects.reading.signatures import bind
from lrcore.dialects.reading.values import Found, Given, Reader
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
from lrcore.values.value import short

NAME = "transformers"

_ROOTS = ("transformers", "optimization", "diffusers")
_W = "optimizer, num_warmup_steps"
_WT = f"{_W}, num_training_steps"
_LAST = "last_epoch=-1"


def _constant(given: Given) -> Schedule:
    return Constant()


def _constant_with_warmup(given: Given) -> Schedule:
    return warmed(Constant(), whole(given, "num_warmup_steps"))


def _span(given: Given) -> int:
    """Updates after the warm-up; transformers takes at least one."""
    return max(1, whole(given, "num_training_steps") - whole(given, "num_warmup_steps"))


def _ended(given: Given) -> bool:
    return whole(given, "num_training_steps") <= whole(given, "num_warmup_steps")


def _linear(given: Given) -> Schedule:
    after = Piecewise(points=[(0, 0)]) if _ended(given) else PolynomialLR(total_iters=_span(given), power=1)
    return warmed(after, whole(given, "num_warmup_steps"))


def _cosine_wave(given: Given, floor: float = 0.0) -> Schedule:
    cycles = abs(number(given, "num_cycles"))
    return CosineAnnealingLR(T_max=_span(given) / (2 * cycles), eta_min=floor) if cycles else Constant()


def _cosine(given: Given) -> Schedule:
    return warmed(_cosine_wave(given), whole(given, "num_warmup_steps"))


def _restarts(given: Given) -> Schedule:
    cycles, warmup, span = number(given, "num_cycles"), whole(given, "num_warmup_steps"), _span(given)
    if cycles.is_integer() and cycles >= 1:
        return warmed(CosineCycles(T=span / cycles, cycle_limit=int(cycles)), warmup)
    wave = f"lr * (0.5 * (1 + cos(pi * (({cycles!r} * t / {span}) % 1))) if t < {span} else 0)"
    return warmed(absolute(wave), warmup)


def _polynomial(given: Given) -> Schedule:
    end, warmup = number(given, "lr_end"), whole(given, "num_warmup_steps")
    if given.base_lr is not None and not given.base_lr > end:
        raise PlanError(
            f"Line {given.line}: lr_end={end:g} must be smaller than the optimizer's lr={given.base_lr:g}."
        )
    return warmed(
        PolynomialDecay(decay_steps=_span(given), end_lr=end, power=number(given, "power")),
        warmup,
    )


def _inverse_sqrt(given: Given) -> Schedule:
    return InverseSqrt(
        warmup_steps=whole(given, "num_warmup_steps"),
        timescale=optional(given, "timescale") or None,
    )


def _floor(given: Given) -> float:
    """The lowest rate, from min_lr or min_lr_rate: exactly one of them."""
    rate, share = optional(given, "min_lr"), optional(given, "min_lr_rate")
    if (rate is None) == (share is None):
        raise PlanError(
            f"Line {given.line}: {given.name} needs min_lr or min_lr_rate, and only one of them; write"
            " min_lr_rate=0.1."
        )
    return (
        rate if rate is not None else base(given, "has its floor as a share of the base lr") * (share or 0.0)
    )


def _min_lr(given: Given) -> Schedule:
    return warmed(_cosine_wave(given, _floor(given)), whole(given, "num_warmup_steps"))


def _min_lr_shifted(given: Given) -> Schedule:
    """Its clock is one step ahead: the warm-up starts at 1/w (or warmup_lr_rate), the cosine one step
    down."""
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


def _stable_decay(given: Given) -> Schedule:
    warmup, decay, ratio = (
        whole(given, "num_warmup_steps"),
        whole(given, "num_decay_steps"),
        number(given, "min_lr_ratio"),
    )
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
        return WarmupStableDecay(total_steps=warmup + stable + decay, warmup_steps=warmup, decay_steps=decay,
            warmup_shape=climb,
            decay_shape=shape, start_ratio=ratio, min_ratio=ratio,
        )  # fmt: skip
    fall = (
        f"{ratio!r} + {1 - ratio!r} * 0.5 * (1 + cos({2 * cycles!r} * pi * (t - {stable}) / {max(1, decay)}))"
    )
    curve = absolute(f"lr if t < {stable} else (lr * ({fall}) if t < {stable + decay} else lr * {ratio!r})")
    return Warmup(schedule=curve, warmup_steps=warmup, start_factor=ratio, shape=climb)


def _refused(given: Given) -> Schedule:
    raise PlanError(
        f"Line {given.line}: {given.name} follows a metric, so it has no curve before training; "
        "torch's ReduceLROnPlateau(...) can be pasted."
    )


# The names of SchedulerType, the function each stands for and its parameters.
FUNCTIONS: dict[str, tuple[str, str, Any]] = {
    "constant": ("get_constant_schedule", f"optimizer, {_LAST}", _constant),
    "constant_with_warmup": ("get_constant_schedule_with_warmup", f"{_W}, {_LAST}", _constant_with_warmup),
    "linear": ("get_linear_schedule_with_warmup", f"{_WT}, {_LAST}", _linear),
    "cosine": ("get_cosine_schedule_with_warmup", f"{_WT}, num_cycles=0.5, {_LAST}", _cosine),
    "cosine_with_restarts": (
        "get_cosine_with_hard_restarts_schedule_with_warmup",
        f"{_WT}, num_cycles=1, {_LAST}",
        _restarts,
    ),
    "polynomial": (
        "get_polynomial_decay_schedule_with_warmup",
        f"{_WT}, lr_end=1e-7, power=1.0, {_LAST}",
        _polynomial,
    ),
    "inverse_sqrt": ("get_inverse_sqrt_schedule", f"{_W}, timescale=None, {_LAST}", _inverse_sqrt),
    "cosine_with_min_lr": (
        "get_cosine_with_min_lr_schedule_with_warmup",
        f"{_WT}, num_cycles=0.5, {_LAST}, min_lr=None, min_lr_rate=None",
        _min_lr,
    ),
    "cosine_warmup_with_min_lr": (
        "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
        f"{_WT}, num_cycles=0.5, {_LAST}, min_lr=None, min_lr_rate=None, warmup_lr_rate=None",
        _min_lr_shifted,
    ),
    "warmup_stable_decay": (
        "get_wsd_schedule",
        (
            f"{_W}, num_decay_steps, num_training_steps=None, num_stable_steps=None, warmup_type='linear',"
            f" decay_type='cosine', min_lr_ratio=0, num_cycles=0.5, {_LAST}"
        ),
        _stable_decay,
    ),
    "reduce_lr_on_plateau": (
        "get_reduce_on_plateau_schedule",
        "optimizer, *, mode=None, factor=None, patience=None",
        _refused,
    ),
    "greedy": ("get_greedy_schedule", "optimizer, *, factor=None, patience=None", _refused),
}


def _direct(build: Any) -> Any:
    def read(given: Given) -> Found:
        refuse_resume(given)
        return found(given, build(given), NAME)

    return read


def _get_scheduler(given: Given) -> Found:
    name = str(given["name"]).lower()
    if name not in FUNCTIONS:
        raise PlanError(
            f"Line {given.line}: get_scheduler has no schedule {short(given['name'])}; it knows"
            f" {', '.join(FUNCTIONS)}."
        )
    function, text, build = FUNCTIONS[name]
    extra = given["scheduler_specific_kwargs"] or {}
    if build is _refused:
        build(given)
    if not isinstance(extra, dict):
        raise PlanError(
            f"Line {given.line}: scheduler_specific_kwargs of get_scheduler must be a dict such as"
            " {'num_cycles': 2}."
        )
    steps = {
        key: given[key]
        for key in ("num_warmup_steps", "num_training_steps")
        if given[key] is not None and key in text
    }
    for key in ("num_warmup_steps", "num_training_steps"):
        if key in text and f"{key}=None" not in text and key not in steps:
            raise PlanError(f"Line {given.line}: get_scheduler({name!r}, ...) needs {key}; write {key}=100.")
    bound = bind(function, text, [], {**steps, **extra}, given.line)
    return found(given, build(Given(function, bound, given.line, given.base_lr, given.optimizer)), NAME)


def _arguments(given: Given) -> Found:
    """What a Trainer makes of its TrainingArguments: get_scheduler over max_steps, from the arguments' own
    learning rate."""
    name = str(given["lr_scheduler_type"]).lower()
    total, warmup, rate = (
        whole(given, "max_steps", -1),
        number(given, "warmup_steps"),
        number(given, "learning_rate"),
    )
    if total <= 0 and "num_training_steps" in FUNCTIONS.get(name, ("", "", None))[1]:
        raise PlanError(
            f"Line {given.line}: the schedule of {given.name} ends with the last update, and how many there"
            " are is not in the paste; add max_steps=1000.",
            ("max_steps",),
        )
    steps = (
        int(warmup)
        if warmup >= 1
        else math.ceil(max(total, 0) * (warmup or optional(given, "warmup_ratio") or 0.0))
    )
    values = {
        "name": name, "num_warmup_steps": steps, "num_training_steps": total,
        "scheduler_specific_kwargs": given["lr_scheduler_kwargs"],
    }  # fmt: skip
    lr = rate if given.base_lr is None else given.base_lr
    return replace(_get_scheduler(Given(given.name, values, given.line, lr)), base_lr=lr)


READERS = (
    *(Reader(name, text, _direct(build), _ROOTS) for name, text, build in FUNCTIONS.values()),
    Reader(
        "get_scheduler",
        "name, optimizer, num_warmup_steps=None, num_training_steps=None, scheduler_specific_kwargs=None",
        _get_scheduler,
        _ROOTS,
    ),
    Reader(
        "TrainingArguments",
        "output_dir=None, *, learning_rate=5e-5, lr_scheduler_type='linear', lr_scheduler_kwargs=None,"
        " warmup_steps=0, warmup_ratio=None, max_steps=-1",
        _arguments,
        _ROOTS,
        ("Seq2SeqTrainingArguments",),
    ),
)
