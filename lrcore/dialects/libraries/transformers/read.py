"""transformers: get_scheduler(name, ...) and the get_..._schedule_with_warmup functions. They count updates,
warm-up from 0."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from lrcore.dialects.libraries.transformers import builders
from lrcore.dialects.reading.make import found, number, optional, refuse_resume, whole
from lrcore.dialects.reading.signatures import bind
from lrcore.dialects.reading.values import Found, Given, Reader
from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.values.value import short

NAME = "transformers"

_ROOTS = ("transformers", "optimization", "diffusers")
_W = "optimizer, num_warmup_steps"
_WT = f"{_W}, num_training_steps"
_LAST = "last_epoch=-1"

Build = Callable[[Given], Schedule]
# The names of SchedulerType, the function each stands for, its parameters and what it makes.
_FUNCTIONS: dict[str, tuple[str, str, Build]] = {
    "constant": ("get_constant_schedule", f"optimizer, {_LAST}", builders.constant),
    "constant_with_warmup": (
        "get_constant_schedule_with_warmup",
        f"{_W}, {_LAST}",
        builders.constant_with_warmup,
    ),
    "linear": ("get_linear_schedule_with_warmup", f"{_WT}, {_LAST}", builders.linear),
    "cosine": ("get_cosine_schedule_with_warmup", f"{_WT}, num_cycles=0.5, {_LAST}", builders.cosine),
    "cosine_with_restarts": (
        "get_cosine_with_hard_restarts_schedule_with_warmup",
        f"{_WT}, num_cycles=1, {_LAST}",
        builders.restarts,
    ),
    "polynomial": (
        "get_polynomial_decay_schedule_with_warmup",
        f"{_WT}, lr_end=1e-7, power=1.0, {_LAST}",
        builders.polynomial,
    ),
    "inverse_sqrt": ("get_inverse_sqrt_schedule", f"{_W}, timescale=None, {_LAST}", builders.inverse_sqrt),
    "cosine_with_min_lr": (
        "get_cosine_with_min_lr_schedule_with_warmup",
        f"{_WT}, num_cycles=0.5, {_LAST}, min_lr=None, min_lr_rate=None",
        builders.min_lr,
    ),
    "cosine_warmup_with_min_lr": (
        "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
        f"{_WT}, num_cycles=0.5, {_LAST}, min_lr=None, min_lr_rate=None, warmup_lr_rate=None",
        builders.min_lr_shifted,
    ),
    "warmup_stable_decay": (
        "get_wsd_schedule",
        f"{_W}, num_decay_steps, num_training_steps=None, num_stable_steps=None, warmup_type='linear',"
        f" decay_type='cosine', min_lr_ratio=0, num_cycles=0.5, {_LAST}",
        builders.stable_decay,
    ),
    "reduce_lr_on_plateau": (
        "get_reduce_on_plateau_schedule",
        "optimizer, *, mode=None, factor=None, patience=None",
        builders.refused,
    ),
    "greedy": ("get_greedy_schedule", "optimizer, *, factor=None, patience=None", builders.refused),
}


def _direct(build: Build) -> Callable[[Given], Found]:
    """Reads a call of the function itself."""

    def read(given: Given) -> Found:
        refuse_resume(given)
        return found(given, build(given), NAME)

    return read


def _get_scheduler(given: Given) -> Found:
    name = str(given["name"]).lower()
    if name not in _FUNCTIONS:
        raise PlanError(
            f"Line {given.line}: get_scheduler has no schedule {short(given['name'])}; it knows"
            f" {', '.join(_FUNCTIONS)}."
        )
    function, text, build = _FUNCTIONS[name]
    extra = given["scheduler_specific_kwargs"] or {}
    if build is builders.refused:
        build(given)
    if not isinstance(extra, dict):
        raise PlanError(
            f"Line {given.line}: scheduler_specific_kwargs of get_scheduler must be a dict such as"
            " {'num_cycles': 2}."
        )
    steps = {}
    for key in ("num_warmup_steps", "num_training_steps"):
        if given[key] is not None and key in text:
            steps[key] = given[key]
        elif key in text and f"{key}=None" not in text:
            raise PlanError(f"Line {given.line}: get_scheduler({name!r}, ...) needs {key}; write {key}=100.")
    bound = bind(function, text, [], {**steps, **extra}, given.line)
    return found(given, build(Given(function, bound, given.line, given.base_lr, given.optimizer)), NAME)


def _arguments(given: Given) -> Found:
    """What a Trainer makes of its TrainingArguments: get_scheduler over max_steps, from the arguments' own
    learning rate."""
    name = str(given["lr_scheduler_type"]).lower()
    total, warmup = whole(given, "max_steps", -1), number(given, "warmup_steps")
    rate = number(given, "learning_rate")
    if total <= 0 and name in _FUNCTIONS and "num_training_steps" in _FUNCTIONS[name][1]:
        raise PlanError(
            f"Line {given.line}: the schedule of {given.name} ends with the last update, and how many there"
            " are is not in the paste; add max_steps=1000.",
            ("max_steps",),
        )
    if warmup >= 1:
        steps = int(warmup)
    else:
        steps = math.ceil(max(total, 0) * (warmup or optional(given, "warmup_ratio") or 0.0))
    values = {
        "name": name,
        "num_warmup_steps": steps,
        "num_training_steps": total,
        "scheduler_specific_kwargs": given["lr_scheduler_kwargs"],
    }
    lr = rate if given.base_lr is None else given.base_lr
    return replace(_get_scheduler(Given(given.name, values, given.line, lr)), base_lr=lr)


READERS = (
    *(Reader(name, text, _direct(build), _ROOTS) for name, text, build in _FUNCTIONS.values()),
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
