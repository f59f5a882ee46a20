"""What every dialect builds its schedules from: the arguments of a call, checked, and schedules that are made
of others."""

from __future__ import annotations

import math
from itertools import pairwise

from lrcore.dialects.reading.signatures import require_number
from lrcore.dialects.reading.values import Clock, Found, Given
from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.constant import Constant
from lrcore.schedules.piecewise import Piecewise
from lrcore.schedules.scaled import Scaled
from lrcore.schedules.step import MultiStepLR
from lrcore.schedules.warmup import Warmup
from lrcore.values.value import short


def found(
    given: Given, made: Schedule, dialect: str, clock: Clock = "iteration", base_lr: float | None = None
) -> Found:
    """What a reader hands back: the schedule with where it stood. `base_lr` None means that the optimiser
    gives it."""
    return Found(made, base_lr, clock, given.line, dialect, given.name, given.optimizer)


def number(given: Given, name: str) -> float:
    """A required number."""
    require_number(given.name, name, given[name], given.line)
    return float(given[name])


def optional(given: Given, name: str) -> float | None:
    """A number or None."""
    require_number(given.name, name, given[name], given.line, none=True)
    return None if given[name] is None else float(given[name])


def whole(given: Given, name: str, low: int = 0) -> int:
    """A whole number of at least `low`; 10.0 counts as 10, as it does in the libraries."""
    value = number(given, name)
    if not value.is_integer() or value < low:
        raise PlanError(
            f"Line {given.line}: {name} of {given.name} must be a whole number of at least {low}, but"
            f" {short(given[name])} arrived."
        )
    return int(value)


def positive(given: Given, name: str) -> float:
    """A number above 0."""
    value = number(given, name)
    if value <= 0:
        raise PlanError(
            f"Line {given.line}: {name} of {given.name} must be above 0, but {short(given[name])} arrived."
        )
    return value


def choice(given: Given, name: str, allowed: tuple[str, ...]) -> str:
    """One of a few words."""
    if given[name] not in allowed:
        raise PlanError(
            f"Line {given.line}: {name} of {given.name} must be one of {', '.join(allowed)}, but"
            f" {short(given[name])} arrived."
        )
    return str(given[name])


def numbers(given: Given, name: str) -> list[float]:
    """A list of numbers."""
    items = given[name]
    if not isinstance(items, list):
        raise PlanError(
            f"Line {given.line}: {name} of {given.name} must be a list such as [30, 60], but {short(items)}"
            " arrived."
        )
    for item in items:
        require_number(given.name, name, item, given.line)
    return [float(item) for item in items]


def table(given: Given, name: str) -> list[tuple[float, float]]:
    """A dict of step -> number, in the order of the steps; None is empty."""
    items = {} if given[name] is None else given[name]
    if not isinstance(items, dict):
        raise PlanError(
            f"Line {given.line}: {name} of {given.name} must be a dict such as {{30: 0.1}}, but"
            f" {short(items)} arrived."
        )
    for key, value in items.items():
        require_number(given.name, name, key, given.line)
        require_number(given.name, name, value, given.line)
    return sorted((float(key), float(value)) for key, value in items.items())


def base(given: Given, what: str) -> float:
    """The optimiser's lr where the schedule cannot be read without it."""
    if given.base_lr is None:
        raise PlanError(
            f"Line {given.line}: {given.name} {what}, so its base lr must be known: paste the optimiser line"
            " (torch.optim.SGD(..., lr=0.05)) with it, or give base_lr.",
            ("base_lr",),
        )
    return given.base_lr


def refuse_resume(given: Given) -> None:
    """`last_epoch` other than -1 resumes a run: the library then reads the lr out of the optimiser's
    state."""
    if given.arguments.get("last_epoch", -1) not in (-1, None):
        raise PlanError(
            f"Line {given.line}: {given.name} resumes at last_epoch={short(given['last_epoch'])}, where the"
            " rate depends on the optimiser's saved state; leave last_epoch out to see the schedule from its"
            " start."
        )


def warmed(after: Schedule, steps: int, start: float = 0.0) -> Schedule:
    """The schedule after a linear warm-up; itself when the warm-up has no steps."""
    return Warmup(schedule=after, warmup_steps=steps, start_factor=start) if steps else after


def scaled(inner: Schedule, factor: float) -> Schedule:
    """The schedule at a multiple of the base lr; itself for 1."""
    return inner if factor == 1 else Scaled(schedule=inner, factor=factor)


def drops(first: float, changes: list[tuple[int, float]]) -> tuple[Schedule, float]:
    """A staircase of absolute rates as (schedule, base lr): MultiStepLR where every drop has the same
    factor."""
    rates = [first, *(rate for _, rate in changes)]
    peak = first if first > 0 else max(rates)
    if not changes and first > 0:
        return Constant(), first
    if min(rates) > 0:
        factors = [after / before for before, after in pairwise(rates)]
        if all(math.isclose(factor, factors[0], rel_tol=1e-12) for factor in factors):
            return (
                MultiStepLR(milestones=[step for step, _ in changes], gamma=float(f"{factors[0]:.12g}")),
                first,
            )
    return Piecewise(points=[(0, first), *changes], interpolation="constant"), peak
