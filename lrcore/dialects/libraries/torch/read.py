"""torch.optim.lr_scheduler: the calls that a PyTorch script holds. Our schedules have its names, so most read
as they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lrcore.dialects.reading.make import found, number, refuse_resume
from lrcore.dialects.reading.rules import absolute, factor
from lrcore.dialects.reading.signatures import OPTIMIZER, require_number, signature
from lrcore.dialects.reading.values import Clock, Found, Function, Given, Partial, Reader, Unknown
from lrcore.errors import PlanError
from lrcore.schedules import Schedule, schedule_class
from lrcore.schedules.chained import ChainedScheduler
from lrcore.schedules.cyclic import CyclicLR
from lrcore.schedules.lambda_lr import LambdaLR, MultiplicativeLR
from lrcore.schedules.one_cycle import OneCycleLR
from lrcore.schedules.sequential import SequentialLR
from lrcore.values.value import short

NAME = "torch"

_ROOTS = ("torch", "optim", "lr_scheduler", "swa_utils")
_PER_GROUP = ("swa_lr", "min_lr")  # one for all parameter groups, or a list with one for each
_NOT_OURS = (OPTIMIZER, "last_epoch", "verbose")
_LAST = "last_epoch=-1, verbose='deprecated'"
# Counted in updates in torch's own documentation; the others are stepped once an epoch there.
_PER_ITERATION = ("CyclicLR", "OneCycleLR")


def _same_parameters(given: Given) -> Found:
    """A class whose parameters are ours by name."""
    refuse_resume(given)
    values = {
        name: _first(value) if name in _PER_GROUP else value
        for name, value in given.arguments.items()
        if name not in _NOT_OURS
    }
    for name, value in values.items():
        if isinstance(value, (Found, Function)):
            require_number(given.name, name, value, given.line)
    clock: Clock = "iteration" if given.name in _PER_ITERATION else "epoch"
    return found(given, schedule_class(given.name)(**values), NAME, clock)


def _one_cycle(given: Given) -> Found:
    values = {**given.arguments, "max_lr": _first(given["max_lr"]), **_momentum(given)}
    kept = {name: value for name, value in values.items() if value is not None and name not in _NOT_OURS}
    refuse_resume(given)
    made = OneCycleLR(**kept)
    own = number(Given(given.name, values, given.line, None), "max_lr") / number(given, "div_factor")
    return found(given, made, NAME, "iteration", None if given.base_lr else own)


def _momentum(given: Given) -> dict[str, Any]:
    """The momentum's two ends; left alone where they are none that a plan can hold (torch takes 1 and 5), as
    the rate is the same."""
    ends = {name: _first(given[name]) for name in ("base_momentum", "max_momentum")}
    usable = all(isinstance(end, (int, float)) and 0 <= end < 1 for end in ends.values())
    return ends if usable else {"cycle_momentum": False, "base_momentum": 0.8, "max_momentum": 0.9}


def _cyclic(given: Given) -> Found:
    refuse_resume(given)
    values = {
        **given.arguments,
        "base_lr": _first(given["base_lr"]),
        "max_lr": _first(given["max_lr"]),
        **_momentum(given),
    }
    scale, scale_mode = values.pop("scale_fn"), values.pop("scale_mode")
    own = number(Given(given.name, values, given.line, None), "base_lr")
    base_lr = None if given.base_lr else own
    kept = {name: value for name, value in values.items() if name not in _NOT_OURS}
    if isinstance(scale, Function):
        return found(given, _scaled_wave(given, own, scale, scale_mode), NAME, "iteration", base_lr)
    return found(given, CyclicLR(**kept), NAME, "iteration", base_lr)


def _scaled_wave(given: Given, low: float, scale: Function, mode: Any) -> Schedule:
    """CyclicLR with a scale of one's own: a formula, with the scale's argument put in."""
    up = number(given, "step_size_up")
    down = up if given["step_size_down"] is None else number(given, "step_size_down")
    period = up + down
    clock = "t" if mode == "iterations" else f"floor(1 + t / {period!r})"
    size = factor(scale, clock)
    wave = (
        f"((t % {period!r}) / {up!r} if t % {period!r} <= {up!r} else ({period!r} - t % {period!r}) /"
        f" {down!r})"
    )
    top = number(
        Given(given.name, {**given.arguments, "max_lr": _first(given["max_lr"])}, given.line, None), "max_lr"
    )
    return absolute(f"{low!r} + {top - low!r} * {wave} * ({size})")


def _lambda(given: Given) -> Found:
    """LambdaLR and MultiplicativeLR: the function that the paste holds, as an expression of its argument."""
    refuse_resume(given)
    rule = _first(given["lr_lambda"])
    made = LambdaLR if given.name == "LambdaLR" else MultiplicativeLR
    if isinstance(rule, str):  # a plan's own text form
        return found(given, made(lr_lambda=rule), NAME, "epoch")
    if not isinstance(rule, Function):
        shown = "something that is not in the paste" if isinstance(rule, (Partial, Unknown)) else short(rule)
        raise PlanError(
            f"Line {given.line}: lr_lambda of {given.name} must be a lambda or a def in what was pasted, but"
            f" {shown} arrived."
        )
    return found(given, made(lr_lambda=factor(rule, "epoch")), NAME, "epoch")


def _parts(given: Given) -> list[Found]:
    parts = given["schedulers"]
    if not isinstance(parts, list) or not parts or not all(isinstance(part, Found) for part in parts):
        raise PlanError(
            f"Line {given.line}: schedulers of {given.name} must be a list of schedulers that are pasted too."
        )
    return list(parts)


def _sequential(given: Given) -> Found:
    refuse_resume(given)
    parts = _parts(given)
    first, *rest = (part.schedule for part in parts)
    inner = [_ahead(first) if OPTIMIZER in given.arguments else first, *rest]
    return _composed(given, parts, SequentialLR(schedulers=inner, milestones=given["milestones"]))


def _ahead(part: Schedule) -> Schedule:
    """A SequentialLR as the first part of another: torch steps it once more at the start, so its milestones
    come one step early."""
    if not isinstance(part, SequentialLR):
        return part
    first, *rest = part.schedulers
    cuts = [max(cut - 1, 0) for cut in part.milestones]
    return SequentialLR(schedulers=[_ahead(first), *rest], milestones=cuts)


def _chained(given: Given) -> Found:
    parts = _parts(given)
    return _composed(given, parts, ChainedScheduler(schedulers=[part.schedule for part in parts]))


def _composed(given: Given, parts: list[Found], made: Schedule) -> Found:
    clock: Clock = "iteration" if any(part.clock == "iteration" for part in parts) else "epoch"
    own = next((part.base_lr for part in parts if part.base_lr is not None), None)
    optimizer = given.optimizer or next((part.optimizer for part in parts if part.optimizer), None)
    return Found(made, own, clock, given.line, NAME, given.name, optimizer, tuple(parts))


def _first(value: Any) -> Any:
    """Of a list with one entry per parameter group the first group's."""
    return value[0] if isinstance(value, list) and value else value


def _reader(name: str, text: str, build: Callable[[Given], Found] = _same_parameters) -> Reader:
    signature(text)

    def read(given: Given) -> Found:
        made = build(given)
        # Built on an optimiser, a constructor changes it for the ones after it: torch/steps.py.
        built = OPTIMIZER in given.arguments and (
            name != "ChainedScheduler" or any(part.order for part in made.parts)
        )
        return replace(made, order=given.order) if built else replace(made, parts=())

    return Reader(name, text, read, _ROOTS)


READERS = (
    _reader("StepLR", f"optimizer, step_size, gamma=0.1, {_LAST}"),
    _reader("MultiStepLR", f"optimizer, milestones, gamma=0.1, {_LAST}"),
    _reader("ConstantLR", f"optimizer, factor=1/3, total_iters=5, {_LAST}"),
    _reader("LinearLR", f"optimizer, start_factor=1/3, end_factor=1.0, total_iters=5, {_LAST}"),
    _reader("ExponentialLR", f"optimizer, gamma, {_LAST}"),
    _reader("PolynomialLR", f"optimizer, total_iters=5, power=1.0, {_LAST}"),
    _reader("CosineAnnealingLR", f"optimizer, T_max, eta_min=0.0, {_LAST}"),
    _reader("CosineAnnealingWarmRestarts", f"optimizer, T_0, T_mult=1, eta_min=0.0, {_LAST}"),
    _reader("SWALR", f"optimizer, swa_lr, anneal_epochs=10, anneal_strategy='cos', {_LAST}"),
    _reader(
        "ReduceLROnPlateau",
        "optimizer, mode='min', factor=0.1, patience=10, threshold=1e-4, threshold_mode='rel', cooldown=0,"
        " min_lr=0, eps=1e-8",
    ),
    _reader(
        "CyclicLR",
        "optimizer, base_lr, max_lr, step_size_up=2000, step_size_down=None, mode='triangular', gamma=1.0,"
        " scale_fn=None, scale_mode='cycle', cycle_momentum=True, base_momentum=0.8, max_momentum=0.9,"
        f" {_LAST}",
        _cyclic,
    ),
    _reader(
        "OneCycleLR",
        "optimizer, max_lr, total_steps=None, epochs=None, steps_per_epoch=None, pct_start=0.3,"
        " anneal_strategy='cos', cycle_momentum=True, base_momentum=0.85, max_momentum=0.95,"
        f" div_factor=25.0, final_div_factor=1e4, three_phase=False, {_LAST}",
        _one_cycle,
    ),
    _reader("LambdaLR", f"optimizer, lr_lambda, {_LAST}", _lambda),
    _reader("MultiplicativeLR", f"optimizer, lr_lambda, {_LAST}", _lambda),
    _reader("SequentialLR", f"optimizer, schedulers, milestones, {_LAST}", _sequential),
    _reader("ChainedScheduler", "schedulers, optimizer=None", _chained),
)
