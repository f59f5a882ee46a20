"""optax: functions that give the rate of an update count. They bring their own rates and nest in
join_schedules."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from lrcore.dialects.reading.make import (
    choice,
    found,
    number,
    numbers,
    optional,
    positive,
    scaled,
    table,
    warmed,
    whole,
)
from lrcore.dialects.reading.rules import absolute
from lrcore.dialects.reading.signatures import bind
from lrcore.dialects.reading.values import Found, Given, Reader
from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.constant import Constant
from lrcore.schedules.cosine_cycles import CosineCycles
from lrcore.schedules.exponential import ExponentialDecay, ExponentialLR
from lrcore.schedules.piecewise import Piecewise
from lrcore.schedules.polynomial import PolynomialLR
from lrcore.schedules.polynomial_decay import PolynomialDecay
from lrcore.schedules.sequential import SequentialLR
from lrcore.schedules.step import MultiStepLR, StepLR
from lrcore.schedules.warmup import Warmup
from lrcore.values.value import short

NAME = "optax"

_ROOTS = ("optax", "schedules", "schedule")
_POLYNOMIAL = "init_value, end_value, power, transition_steps, transition_begin=0"
_COSINE = "init_value, decay_steps, alpha=0.0, exponent=1.0"
_WARM_COSINE = "init_value, peak_value, warmup_steps, decay_steps, end_value=0.0, exponent=1.0"
_EXPONENTIAL = "init_value, transition_steps, decay_rate, transition_begin=0, staircase=False, end_value=None"


def _made(given: Given, made: Schedule, rate: float) -> Found:
    """A rate of 0 or below cannot be a base lr: the schedule then has to be absolute, and stands on 1."""
    if rate > 0:
        return found(given, made, NAME, "iteration", rate)
    return found(given, absolute(repr(rate)) if made == Constant() else made, NAME, "iteration", 1.0)


def _flat(given: Given, rate: float) -> Found:
    return _made(given, Constant(), rate)


def _constant(given: Given) -> Found:
    return _flat(given, number(given, "value"))


def _late(made: Schedule, begin: int) -> Schedule:
    """The first rate is held for `begin` steps."""
    return Warmup(schedule=made, warmup_steps=begin, start_factor=1, shape="constant") if begin > 0 else made


def _polynomial(given: Given) -> Found:
    first, last, power = number(given, "init_value"), number(given, "end_value"), number(given, "power")
    steps, begin = number(given, "transition_steps"), max(0, int(number(given, "transition_begin")))
    if steps <= 0 or first == last:
        return _flat(given, first)
    if power == 1 and 0 <= first < last and not begin and steps.is_integer():
        return _made(given, warmed(Constant(), int(steps), first / last), last)
    if first > 0 and last >= 0 and 0 <= power <= 100:
        if last == 0 and steps.is_integer():
            return _made(given, _late(PolynomialLR(total_iters=int(steps), power=power), begin), first)
        return _made(
            given,
            _late(PolynomialDecay(decay_steps=steps, end_lr=last, power=power), begin),
            first,
        )
    share = f"min(max(t - {begin}, 0), {steps!r}) / {steps!r}"
    return _made(
        given, absolute(f"{last!r} + {first - last!r} * (1 - {share}) ** {power!r}"), max(first, last)
    )


def _piecewise_constant(given: Given) -> Found:
    first, scales = number(given, "init_value"), table(given, "boundaries_and_scales")
    if any(scale < 0 for _, scale in scales):
        raise PlanError(f"Line {given.line}: the scales of {given.name} must be at least 0.")
    if not scales:
        return _flat(given, first)
    steps, factors = [max(0, math.ceil(step)) for step, _ in scales], [scale for _, scale in scales]
    if first <= 0:
        return _made(
            given,
            absolute(
                f"{first!r} * "
                + " * ".join(f"({s!r} if t >= {k} else 1)" for k, s in zip(steps, factors, strict=True))
            ),
            first,
        )
    if len(set(factors)) == 1 and factors[0] > 0:
        return _made(given, MultiStepLR(milestones=steps, gamma=factors[0]), first)
    points, running = [(0, 1.0)], 1.0
    for step, factor in zip(steps, factors, strict=True):
        running *= factor
        points.append((step, running))
    return _made(given, Piecewise(points=points, interpolation="constant", relative=True), first)


def _exponential(given: Given) -> Found:
    first, steps, rate = (
        number(given, "init_value"),
        number(given, "transition_steps"),
        number(given, "decay_rate"),
    )
    begin, end = max(0, int(number(given, "transition_begin"))), optional(given, "end_value")
    if steps <= 0 or rate == 0:
        return _flat(given, first)
    if (
        first > 0
        and end is None
        and rate > 0
        and not begin
        and (not given["staircase"] or steps.is_integer())
    ):
        if given["staircase"]:
            return _made(given, StepLR(step_size=int(steps), gamma=rate), first)
        return _made(given, ExponentialLR(gamma=rate ** (1 / steps)), first)
    if first > 0 and rate > 0 and (end is None or end >= 0):
        made = ExponentialDecay(decay_steps=steps, decay_rate=rate, staircase=bool(given["staircase"]),
            begin=begin, end_lr=end
        )  # fmt: skip
        return _made(given, made, first)
    passed = f"max(t - {begin}, 0)" if begin else "t"
    power = f"{passed} / {steps!r}"
    text = f"{'lr' if first > 0 else repr(first)} * {rate!r} ** " + (
        f"floor({power})" if given["staircase"] else f"({power})"
    )
    if end is not None:
        text = f"{'max' if rate < 1 else 'min'}({text}, {end!r})"
    return _made(given, absolute(text), first)


def _cosine(given: Given) -> Found:
    return _cosine_wave(
        given, number(given, "init_value"), positive(given, "decay_steps"), number(given, "alpha")
    )


def _cosine_wave(given: Given, first: float, steps: float, alpha: float) -> Found:
    exponent = number(given, "exponent")
    if steps <= 0:
        raise PlanError(
            f"Line {given.line}: {given.name} needs decay_steps above its warm-up; make it longer."
        )
    if first > 0 and 0 <= alpha <= 1 and 0 < exponent <= 100:
        return _made(given, CosineCycles(T=steps, min_ratio=alpha, exponent=exponent), first)
    if first == 0:
        return _flat(given, 0.0)
    wave = f"(0.5 * (1 + cos(pi * min(t, {steps!r}) / {steps!r}))) ** {exponent!r}"
    return _made(
        given, absolute(f"{'lr' if first > 0 else repr(first)} * ({1 - alpha!r} * {wave} + {alpha!r})"), first
    )


def _ramp(given: Given) -> Found:
    values = bind(
        "linear_schedule",
        _POLYNOMIAL,
        [given["init_value"], given["peak_value"], 1, given["warmup_steps"]],
        {},
        given.line,
    )
    return _polynomial(Given(given.name, values, given.line, None))


def _warm_cosine(given: Given) -> Found:
    peak, warmup = number(given, "peak_value"), whole(given, "warmup_steps")
    alpha = 0.0 if peak == 0 else number(given, "end_value") / peak
    after = _cosine_wave(given, peak, number(given, "decay_steps") - warmup, alpha)
    return _joined(given, [_ramp(given), after], [warmup])


def _warm_exponential(given: Given) -> Found:
    after = _exponential(
        Given(given.name, {**given.arguments, "init_value": given["peak_value"]}, given.line, None)
    )
    return _joined(given, [_ramp(given), after], [whole(given, "warmup_steps")])


def _sgdr(given: Given) -> Found:
    pieces = given["cosine_kwargs"]
    if not isinstance(pieces, list) or not pieces or not all(isinstance(piece, dict) for piece in pieces):
        raise PlanError(
            f"Line {given.line}: {given.name} takes a list of dicts, each with init_value, peak_value,"
            " warmup_steps and decay_steps."
        )
    parts, cuts = [], [0]
    for piece in pieces:
        one = Given(
            "warmup_cosine_decay_schedule",
            bind("warmup_cosine_decay_schedule", _WARM_COSINE, [], piece, given.line),
            given.line,
            None,
        )
        parts.append(_warm_cosine(one))
        cuts.append(cuts[-1] + whole(one, "decay_steps"))
    return _joined(given, parts, cuts[1:-1])


def _join(given: Given) -> Found:
    parts, cuts = given["schedules"], numbers(given, "boundaries")
    if not isinstance(parts, list) or not parts or not all(isinstance(part, Found) for part in parts):
        raise PlanError(
            f"Line {given.line}: schedules of {given.name} must be a list of schedules that are pasted too."
        )
    if len(cuts) < len(parts) - 1:
        parts = parts[: len(cuts) + 1]  # as optax does: it pairs the two lists
    return _joined(given, parts, [max(0, math.ceil(cut)) for cut in cuts[: len(parts) - 1]])


def _joined(given: Given, parts: list[Found], cuts: list[int]) -> Found:
    """Parts with rates of their own on one base lr: the largest."""
    top = max(part.base_lr or 0.0 for part in parts)
    if len(parts) == 1:
        return found(given, parts[0].schedule, NAME, "iteration", parts[0].base_lr)
    first, second = parts[0], parts[1]
    if cuts[0] == 0 and len(parts) == 2:
        return found(given, second.schedule, NAME, "iteration", second.base_lr)
    climb = first.schedule.model_dump() if first.schedule.kind == "Warmup" else {}
    warms = (
        climb.get("schedule") == Constant().model_dump()
        and climb.get("warmup_steps") == cuts[0]
        and climb.get("shape") == "linear"
    )
    if len(parts) == 2 and warms and first.base_lr == second.base_lr:
        made = Warmup(schedule=second.schedule, warmup_steps=cuts[0], start_factor=climb["start_factor"])
        return found(given, made, NAME, "iteration", second.base_lr)
    if any(later < earlier for earlier, later in pairwise(cuts)):
        raise PlanError(
            f"Line {given.line}: the boundaries of {given.name} do not ascend: {short(cuts)}; sort them."
        )
    made = SequentialLR(
        schedulers=[scaled(part.schedule, (part.base_lr or top) / top) for part in parts],
        milestones=cuts,
    )
    return found(given, made, NAME, "iteration", top)


def _interpolated(given: Given) -> Found:
    kind = choice(given, "interpolate_type", ("linear", "cosine"))
    return _points(given, kind, number(given, "init_value"), table(given, "boundaries_and_scales"))


def _points(given: Given, kind: str, first: float, scales: list[tuple[float, float]]) -> Found:
    if any(scale < 0 for _, scale in scales):
        raise PlanError(f"Line {given.line}: the scales of {given.name} must be at least 0.")
    rates = [first]
    for _, scale in scales:
        rates.append(rates[-1] * scale)
    top = max(rates)
    if not scales or top == 0:
        return _flat(given, first)
    points = [
        (step, rate / top) for step, rate in zip([0.0, *(step for step, _ in scales)], rates, strict=True)
    ]
    return _made(given, Piecewise(points=points, interpolation=kind, relative=True), top)


def _one_cycle(given: Given) -> Found:
    steps, peak, div, final = (
        whole(given, "transition_steps", 1),
        number(given, "peak_value"),
        positive(given, "div_factor"),
        positive(given, "final_div_factor"),
    )
    turn = int(number(given, "pct_start") * steps)
    if given.name.startswith("linear"):
        scales = {turn: div, int(number(given, "pct_final") * steps): 1 / div, steps: 1 / final}
    else:
        scales = {turn: div, steps: 1 / (div * final)}
    kind = given.name.partition("_")[0]
    return _points(given, kind, peak / div, sorted((float(step), scale) for step, scale in scales.items()))


def _reader(name: str, text: str, build: Any) -> Reader:
    return Reader(name, text, build, _ROOTS)


READERS = (
    _reader("constant_schedule", "value", _constant),
    _reader("polynomial_schedule", _POLYNOMIAL, _polynomial),
    _reader(
        "linear_schedule", "init_value, end_value, transition_steps, transition_begin=0",
        lambda given: _polynomial(Given(given.name, {**given.arguments, "power": 1}, given.line, None)),
    ),
    _reader("piecewise_constant_schedule", "init_value, boundaries_and_scales=None", _piecewise_constant),
    _reader("exponential_decay", _EXPONENTIAL, _exponential),
    _reader("cosine_decay_schedule", _COSINE, _cosine),
    _reader("warmup_constant_schedule", "init_value, peak_value, warmup_steps", _ramp),
    _reader("warmup_cosine_decay_schedule", _WARM_COSINE, _warm_cosine),
    _reader(
        "warmup_exponential_decay_schedule",
        "init_value, peak_value, warmup_steps, transition_steps, decay_rate, transition_begin=0, "
        "staircase=False, end_value=None",
        _warm_exponential,
    ),
    _reader("sgdr_schedule", "cosine_kwargs", _sgdr),
    _reader("join_schedules", "schedules, boundaries", _join),
    _reader("piecewise_interpolate_schedule", "interpolate_type, init_value, boundaries_and_scales=None",
    _interpolated),
    _reader(
        "linear_onecycle_schedule",
        "transition_steps, peak_value, pct_start=0.3, pct_final=0.85, div_factor=25.0, final_div_factor=1e4",
        _one_cycle,
    ),
    _reader(
        "cosine_onecycle_schedule",
        "transition_steps, peak_value, pct_start=0.3, div_factor=25.0, final_div_factor=1e4",
        _one_cycle,
    ),
)  # fmt: skip
