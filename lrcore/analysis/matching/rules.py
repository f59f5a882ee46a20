"""Which parameter of a kind is solved for, what the others are meanwhile, and which value a formula gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.shapes.matched import End
from lrcore.values.parameter import Role, parameters


def named(cls: type[Schedule], *roles: Role) -> str | None:
    """The parameter of the kind that has one of these roles."""
    return next((name for name, item in parameters(cls).items() if item.role in roles), None)


def free_parameters(cls: type[Schedule], by: str, fixed: Mapping[str, Any] | None) -> list[str]:
    """What to solve for when nobody says: the parameter that shapes the kind and its length, for a half-life
    the other way round."""
    known, held = parameters(cls), fixed or {}
    wanted = [named(cls, "shape"), named(cls, "length", "tread")]
    wanted = wanted[::-1] if by == "half_life" else wanted
    found = [name for name in wanted if name is not None and name not in held]
    if not found:
        numbers = [name for name, item in known.items() if item.type in (int, float) and name not in held]
        found = [*(name for name in numbers if known[name].required), *numbers][:1]
    if not found:
        raise PlanError(
            f"{cls.kind} has no number to solve for, so it shares only what it has: its base lr. Choose"
            " another kind."
        )
    return found


def matchable(cls: type[Schedule]) -> bool:
    """Whether a plan of the kind can be looked for at all: it has a number to solve for, and what else it
    requires is known."""
    if cls.listens:
        return False
    try:
        free = free_parameters(cls, "final", None)[0]
    except PlanError:
        return False
    known = {free, *cls.given_for(100, free)}
    return all(name in known for name, item in parameters(cls).items() if item.required)


def defaults(cls: type[Schedule], ticks: int, free: str) -> dict[str, Any]:
    """What the other parameters are: lengths such that the schedule ends with the run, a quarter of it for a
    staircase."""
    return {name: value for name, value in cls.given_for(ticks, free).items() if name != free}


def exactly(
    cls: type[Schedule],
    by: str,
    free: str,
    given: Mapping[str, Any],
    base_lr: float,
    target: float,
    ticks: int,
) -> float | None:
    """The parameter by formula, or None where there is none; `target` is a rate, or a half-life in ticks.
    PlanError if impossible."""
    if by == "final":
        return cls.ending(free, given, End(target, base_lr, ticks))
    if by == "half_life" and target > 0:
        return cls.halving(free, given, target)
    return None
