"""keras.optimizers.schedules: they bring their own first rate and count updates."""

from __future__ import annotations

from collections.abc import Callable

from lrcore.dialects.libraries.keras.callback import callback
from lrcore.dialects.reading.make import (
    drops,
    found,
    number,
    numbers,
    optional,
    positive,
    scaled,
    warmed,
    whole,
)
from lrcore.dialects.reading.rules import absolute
from lrcore.dialects.reading.values import Found, Given, Reader
from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.constant import Constant
from lrcore.schedules.cosine_cycles import CosineCycles
from lrcore.schedules.exponential import ExponentialDecay, ExponentialLR
from lrcore.schedules.inverse_time import InverseTimeDecay
from lrcore.schedules.polynomial import PolynomialLR
from lrcore.schedules.polynomial_decay import PolynomialDecay
from lrcore.schedules.sequential import SequentialLR
from lrcore.schedules.step import StepLR

NAME = "keras"

_ROOTS = ("keras", "tf", "tensorflow", "schedules", "optimizers", "experimental")


def _made(given: Given, made: Schedule, rate: float) -> Found:
    if rate <= 0:
        raise PlanError(
            f"Line {given.line}: the first rate of {given.name} is {rate:g}; a plan's base lr must be"
            " above 0."
        )
    return found(given, made, NAME, "iteration", rate)


def _first(given: Given, *others: str) -> float:
    """The first rate. Where it is an int, keras rounds the other numbers (and pi) down to ints and trains at
    another rate."""
    name = "initial_learning_rate"
    rounded = [other for other in others if given[other] is not None and number(given, other) % 1]
    if type(given[name]) is int and (rounded or "Cosine" in given.name):
        raise PlanError(
            f"Line {given.line}: {name} of {given.name} is the int {given[name]}, for which keras rounds"
            f" {' and '.join(rounded) or 'pi'} down to a whole number, too; write {name}={given[name]}.0."
        )
    return number(given, name)


def _exponential(given: Given) -> Found:
    length, rate = positive(given, "decay_steps"), positive(given, "decay_rate")
    if not given["staircase"]:
        made: Schedule = ExponentialLR(gamma=rate ** (1 / length))
    elif length.is_integer():
        made = StepLR(step_size=int(length), gamma=rate)
    else:
        made = ExponentialDecay(decay_steps=length, decay_rate=rate, staircase=True)
    return _made(given, made, _first(given, "decay_steps", "decay_rate"))


def _piecewise(given: Given) -> Found:
    """values[i] holds up to and including boundaries[i]: the change comes one step later than in torch."""
    steps, values = numbers(given, "boundaries"), numbers(given, "values")
    if len(steps) != len(values) - 1:
        raise PlanError(
            f"Line {given.line}: {given.name} needs one value more than boundaries, but {len(values)} and"
            f" {len(steps)} arrived."
        )
    first, changes = values[0], []
    for step, value in zip(steps, values[1:], strict=True):
        after = int(step // 1) + 1
        if after <= 0:
            first = value
        else:
            changes.append((after, value))
    made, rate = drops(first, changes)
    return _made(given, made, rate)


def _polynomial(given: Given) -> Found:
    length, end = positive(given, "decay_steps"), number(given, "end_learning_rate")
    power, cycle = number(given, "power"), bool(given["cycle"])
    first = _first(given, "decay_steps", "end_learning_rate", "power")
    if first == 0 and end > 0 and power > 0 and not cycle:  # a climb from 0, which is no base lr
        if power == 1 and length.is_integer():
            return _made(given, warmed(Constant(), int(length)), end)
        return _made(given, absolute(f"lr * (1 - (1 - min(t / {length!r}, 1)) ** {power!r})"), end)
    if end == 0 and length.is_integer() and not cycle and 0 <= power <= 100:
        return _made(given, PolynomialLR(total_iters=int(length), power=power), first)
    return _made(given, PolynomialDecay(decay_steps=length, end_lr=end, power=power, cycle=cycle), first)


def _inverse_time(given: Given) -> Found:
    length, rate = positive(given, "decay_steps"), number(given, "decay_rate")
    extra = {"staircase": True, "decay_steps": length} if given["staircase"] else {}
    return _made(
        given,
        InverseTimeDecay(lr_decay=rate / length, **extra),
        _first(given, "decay_steps", "decay_rate"),
    )


def _cosine(given: Given) -> Found:
    first, peak = _first(given, "warmup_target"), optional(given, "warmup_target")
    length, alpha = positive(given, "decay_steps"), number(given, "alpha")
    if alpha > 1:  # it rises
        made = absolute(f"lr * ({alpha!r} + {1 - alpha!r} * 0.5 * (1 + cos(pi * min(t / {length!r}, 1))))")
    else:
        made = CosineCycles(T=length, min_ratio=alpha)
    if peak is None:
        return _made(given, made, first)
    steps = whole(given, "warmup_steps")
    if peak > 0 and 0 <= first <= peak:
        return _made(given, warmed(made, steps, first / peak), peak)
    if peak <= 0 or steps == 0:
        return _made(given, made, peak)
    ramp = PolynomialDecay(decay_steps=steps, end_lr=peak, power=1)
    return _made(
        given,
        SequentialLR(schedulers=[ramp, scaled(made, peak / first)], milestones=[steps]),
        first,
    )


def _restarts(given: Given) -> Found:
    length, grow = positive(given, "first_decay_steps"), number(given, "t_mul")
    shrink, first, alpha = number(given, "m_mul"), _first(given), number(given, "alpha")
    if grow >= 1 and 0 < shrink <= 1 and 0 <= alpha <= 1:
        made = CosineCycles(
            T=length,
            min_ratio=alpha,
            cycle_mul=grow,
            cycle_decay=shrink,
            decay_of="swing",
            cycle_limit=None,
        )
        return _made(given, made, first)
    cycle, share = f"floor(t / {length!r})", f"((t / {length!r}) % 1)"
    if grow != 1:
        cycle = f"floor(log(1 - t / {length!r} * {1 - grow!r}) / log({grow!r}))"
        share = f"((t / {length!r} - (1 - {grow!r} ** {cycle}) / {1 - grow!r}) / {grow!r} ** {cycle})"
    return _made(
        given,
        absolute(f"lr * ({1 - alpha!r} * 0.5 * {shrink!r} ** {cycle} * (1 + cos(pi * {share})) + {alpha!r})"),
        first,
    )


def _reader(name: str, text: str, build: Callable[[Given], Found | None]) -> Reader:
    return Reader(name, text, build, _ROOTS)


_FIRST = "initial_learning_rate, decay_steps"
READERS = (
    _reader("ExponentialDecay", f"{_FIRST}, decay_rate, staircase=False, name=None", _exponential),
    _reader("PiecewiseConstantDecay", "boundaries, values, name=None", _piecewise),
    _reader(
        "PolynomialDecay",
        f"{_FIRST}, end_learning_rate=0.0001, power=1.0, cycle=False, name=None",
        _polynomial,
    ),
    _reader("InverseTimeDecay", f"{_FIRST}, decay_rate, staircase=False, name=None", _inverse_time),
    _reader("CosineDecay", f"{_FIRST}, alpha=0.0, name=None, warmup_target=None, warmup_steps=0", _cosine),
    _reader(
        "CosineDecayRestarts",
        "initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name=None",
        _restarts,
    ),
    _reader("LearningRateScheduler", "schedule, verbose=0", callback),
)
