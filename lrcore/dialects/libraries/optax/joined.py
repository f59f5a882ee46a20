"""optax: the schedules that are made of others, one after another, and those of a table of points."""

from __future__ import annotations

import math
from itertools import pairwise

from lrcore.dialects.libraries.optax.decays import (
    NAME,
    POLYNOMIAL,
    at_rate,
    cosine_wave,
    exponential,
    flat,
    polynomial,
)
from lrcore.dialects.reading.make import (
    choice,
    found,
    number,
    numbers,
    positive,
    scaled,
    table,
    warmed,
    whole,
)
from lrcore.dialects.reading.signatures import bind
from lrcore.dialects.reading.values import Found, Given
from lrcore.errors import PlanError
from lrcore.schedules.constant import Constant
from lrcore.schedules.piecewise import Piecewise
from lrcore.schedules.sequential import SequentialLR
from lrcore.schedules.warmup import Warmup
from lrcore.values.value import short

WARM_COSINE = "init_value, peak_value, warmup_steps, decay_steps, end_value=0.0, exponent=1.0"


def ramp(given: Given) -> Found:
    """warmup_constant_schedule: a straight line to the peak."""
    arguments = [given["init_value"], given["peak_value"], 1, given["warmup_steps"]]
    values = bind("linear_schedule", POLYNOMIAL, arguments, {}, given.line)
    return polynomial(Given(given.name, values, given.line, None))


def warm_cosine(given: Given) -> Found:
    """warmup_cosine_decay_schedule, whose decay_steps contain the warm-up."""
    peak, warmup = number(given, "peak_value"), whole(given, "warmup_steps")
    alpha = 0.0 if peak == 0 else number(given, "end_value") / peak
    after = cosine_wave(given, peak, number(given, "decay_steps") - warmup, alpha)
    return _joined(given, [ramp(given), after], [warmup])


def warm_exponential(given: Given) -> Found:
    """warmup_exponential_decay_schedule."""
    values = {**given.arguments, "init_value": given["peak_value"]}
    after = exponential(Given(given.name, values, given.line, None))
    return _joined(given, [ramp(given), after], [whole(given, "warmup_steps")])


def sgdr(given: Given) -> Found:
    """sgdr_schedule: several warmup_cosine_decay_schedules, one after another."""
    pieces = given["cosine_kwargs"]
    if not isinstance(pieces, list) or not pieces or not all(isinstance(piece, dict) for piece in pieces):
        raise PlanError(
            f"Line {given.line}: {given.name} takes a list of dicts, each with init_value, peak_value,"
            " warmup_steps and decay_steps."
        )
    parts, cuts = [], [0]
    name = "warmup_cosine_decay_schedule"
    for piece in pieces:
        one = Given(name, bind(name, WARM_COSINE, [], piece, given.line), given.line, None)
        parts.append(warm_cosine(one))
        cuts.append(cuts[-1] + whole(one, "decay_steps"))
    return _joined(given, parts, cuts[1:-1])


def join(given: Given) -> Found:
    """join_schedules."""
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
    if len(parts) == 2 and first.base_lr == second.base_lr:
        match first.schedule:
            case Warmup(schedule=Constant(), shape="linear") as climb if climb.warmup_steps == cuts[0]:
                made = warmed(second.schedule, cuts[0], climb.start_factor)
                return found(given, made, NAME, "iteration", second.base_lr)
    if any(later < earlier for earlier, later in pairwise(cuts)):
        raise PlanError(
            f"Line {given.line}: the boundaries of {given.name} do not ascend: {short(cuts)}; sort them."
        )
    made = SequentialLR(
        schedulers=[scaled(part.schedule, (part.base_lr or top) / top) for part in parts], milestones=cuts
    )
    return found(given, made, NAME, "iteration", top)


def interpolated(given: Given) -> Found:
    """piecewise_interpolate_schedule."""
    between = choice(given, "interpolate_type", ("linear", "cosine"))
    return _points(given, between, number(given, "init_value"), table(given, "boundaries_and_scales"))


def _points(given: Given, between: str, first: float, scales: list[tuple[float, float]]) -> Found:
    """The rate `first`, multiplied by each scale until its step, along lines or waves in `between`."""
    if any(scale < 0 for _, scale in scales):
        raise PlanError(f"Line {given.line}: the scales of {given.name} must be at least 0.")
    rates = [first]
    for _, scale in scales:
        rates.append(rates[-1] * scale)
    top = max(rates)
    if not scales or top == 0:
        return flat(given, first)
    steps = [0.0, *(step for step, _ in scales)]
    points = [(step, rate / top) for step, rate in zip(steps, rates, strict=True)]
    return at_rate(given, Piecewise(points=points, interpolation=between, relative=True), top)


def one_cycle(given: Given) -> Found:
    """linear_onecycle_schedule and cosine_onecycle_schedule: up to the peak, down, and further down."""
    steps, peak = whole(given, "transition_steps", 1), number(given, "peak_value")
    div, final = positive(given, "div_factor"), positive(given, "final_div_factor")
    turn = int(number(given, "pct_start") * steps)
    if given.name.startswith("linear"):
        scales = {turn: div, int(number(given, "pct_final") * steps): 1 / div, steps: 1 / final}
    else:
        scales = {turn: div, steps: 1 / (div * final)}
    points = sorted((float(step), scale) for step, scale in scales.items())
    return _points(given, given.name.partition("_")[0], peak / div, points)
