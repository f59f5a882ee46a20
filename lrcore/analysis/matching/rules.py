"""Which parameter of a kind is solved for, what the others are meanwhile, and the formulas that give it
exactly."""

from __future__ import annotations

import math
from typing import Any

from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.values.parameter import TICKS, parameters

_SHAPING = {
    "StepLR": "gamma",
    "MultiStepLR": "gamma",
    "ExponentialLR": "gamma",
    "ExponentialDecay": "decay_rate",
    "InverseTimeDecay": "lr_decay",
    "PowerLaw": "power",
    "LinearLR": "end_factor",
    "PolynomialLR": "power",
    "PolynomialDecay": "end_lr",
    "CosineAnnealingLR": "eta_min",
    "CosineCycles": "min_ratio",
    "ConstantLR": "factor",
    "InverseSqrt": "timescale",
    "WarmupStableDecay": "min_ratio",
    "TriStage": "final_lr_scale",
}
_LENGTH = {
    "StepLR": "step_size",
    "LinearLR": "total_iters",
    "PolynomialLR": "total_iters",
    "PolynomialDecay": "decay_steps",
    "CosineAnnealingLR": "T_max",
    "CosineCycles": "T",
    "REX": "total_steps",
    "TriStage": "decay_steps",
}


def free_parameters(cls: type[Schedule], by: str, fixed: dict[str, Any] | None) -> list[str]:
    """What to solve for when nobody says: the parameter that shapes the kind and its length, for a half-life
    the other way round."""
    known, held = parameters(cls), fixed or {}
    wanted = [_SHAPING.get(cls.kind), _LENGTH.get(cls.kind)]
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


def defaults(cls: type[Schedule], ticks: int, free: str) -> dict[str, Any]:
    """What the other parameters are: lengths such that the schedule ends with the run, a quarter of it for a
    staircase."""
    last = max(ticks - 1, 1)
    to_zero = free == "total_iters"
    given: dict[str, dict[str, Any]] = {
        "StepLR": {"step_size": max(1, -(-ticks // 4)), "gamma": 0.5},
        "MultiStepLR": {"milestones": [max(1, ticks // 2), max(1, 3 * ticks // 4)], "gamma": 0.1},
        "ExponentialDecay": {"decay_steps": last},
        "LinearLR": {"start_factor": 1.0, "end_factor": 0.0 if to_zero else 1.0, "total_iters": last},
        "PolynomialLR": {"total_iters": ticks, "power": 1.0},
        "PolynomialDecay": {"decay_steps": last, "power": 1.0},
        "CosineAnnealingLR": {"T_max": last},
        "CosineCycles": {"T": last},
        "ConstantLR": {"total_iters": ticks},
        "InverseSqrt": {"warmup_steps": 0},
        "WarmupStableDecay": {
            "total_steps": ticks,
            "decay_steps": max(1, ticks // 5),
            "decay_shape": "linear",
        },
        "OneCycleLR": {"total_steps": ticks},
        "TriStage": {"warmup_steps": 0, "hold_steps": 0, "decay_steps": last},
    }
    found = {name: value for name, value in given.get(cls.kind, {}).items() if name != free}
    for name, item in parameters(cls).items():  # a length that nobody knows a rule for ends with the run
        if (
            item.required
            and name not in found
            and name != free
            and item.unit == TICKS
            and item.type in (int, float)
        ):
            found[name] = ticks
    return found


def exactly(
    cls: type[Schedule], by: str, free: str, given: dict[str, Any], base_lr: float, target: float, ticks: int
) -> Any | None:
    """The parameter by formula, or None where there is none; `target` is a rate, or a half-life in ticks.
    PlanError if impossible."""
    if by == "final":
        return _for_final(cls.kind, free, given, base_lr, target, ticks)
    if by == "half_life" and target > 0:
        return _for_half_life(cls.kind, free, given, target)
    return None


def _for_final(
    kind: str, free: str, given: dict[str, Any], base_lr: float, final: float, ticks: int
) -> Any | None:
    r, last = final / base_lr, ticks - 1
    match kind, free:
        case "StepLR", "gamma":
            drops = last // given["step_size"]
            return _root(
                kind,
                r,
                drops,
                f"step_size={given['step_size']} makes no drop within {ticks:,} ticks; take at most {last:,}",
            )
        case "MultiStepLR", "gamma":
            drops = sum(m <= last for m in given["milestones"])
            return _root(
                kind,
                r,
                drops,
                f"none of the milestones {list(given['milestones'])} lies within {ticks:,} ticks",
            )
        case "ExponentialLR", "gamma":
            return _root(kind, r, last, "one tick leaves no time to decay; lengthen the run")
        case "ExponentialDecay", "decay_rate" if given.get("end_lr") is None and not given.get("begin"):
            share = last / given["decay_steps"]
            return _root(
                kind,
                r,
                math.floor(share) if given.get("staircase") else share,
                "no drop lies within the run; shorten decay_steps",
            )
        case "InverseTimeDecay", "lr_decay" if not given.get("staircase"):
            if not 0 < r <= 1 or last < 1:
                raise PlanError(_only_falls(kind, r))
            return (1.0 / r - 1.0) / last
        case "PowerLaw", "power":
            if not 0 < r <= 1 or last < 1:
                raise PlanError(_only_falls(kind, r))
            return -math.log(r) / math.log(ticks)
        case "LinearLR", "end_factor" if given.get("total_iters") == last and r <= 1:
            return r
        case "PolynomialDecay", "end_lr" if given.get("decay_steps") == last and not given.get("cycle"):
            return final
        case "CosineAnnealingLR", "eta_min" if given.get("T_max") == last:
            return final
    return None


def _only_falls(kind: str, r: float) -> str:
    return (
        f"{kind} falls without reaching 0, so it ends above 0 and at most at base lr; the other plan ends at"
        f" {r:.3g} of base lr."
    )


def _root(kind: str, r: float, drops: float, none: str) -> float:
    """gamma with gamma**drops = r."""
    if drops <= 0:
        raise PlanError(f"{kind}: {none}.")
    if r <= 0:
        raise PlanError(
            f"{kind} falls by a factor and never reaches 0, at which the other plan ends; match the budget or"
            " the curve."
        )
    return float(r ** (1.0 / drops))


def _for_half_life(kind: str, free: str, given: dict[str, Any], ticks: float) -> Any | None:
    match kind, free:
        case "StepLR", "step_size":
            gamma = given.get("gamma", 0.5)
            if gamma >= 1:
                raise PlanError(f"StepLR: gamma={gamma:g} never halves the rate; take one below 1.")
            drops = math.ceil(math.log(0.5) / math.log(gamma) - 1e-12)
            return max(1, round(ticks / drops))
        case "ExponentialLR", "gamma":
            return 0.5 ** (1.0 / ticks)
        case "InverseTimeDecay", "lr_decay" if not given.get("staircase"):
            return 1.0 / ticks
        case "PowerLaw", "power":
            return math.log(2.0) / math.log(ticks + 1.0)
        case "LinearLR", "total_iters" if given.get("start_factor") == 1 and given.get("end_factor") == 0:
            return round(2 * ticks)
        case "CosineAnnealingLR", "T_max" if not given.get("eta_min"):
            return 2.0 * ticks
    return None
