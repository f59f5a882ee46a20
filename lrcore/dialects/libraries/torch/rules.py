"""The rules of torch's schedulers that have two: one of the running rate, for every step, and one of the
step, for a milestone."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

_Rule = Callable[
    [Any, int, float, bool], float
]  # (schedule, step, running rate, whether torch's constructor asks) -> rate
_Closed = Callable[
    [Any, int, float], float
]  # (schedule, step, the rate that the scheduler takes for the initial one) -> rate


def _linear(s: Any, e: int, lr: float, initial: bool) -> float:
    if e == 0:
        return lr * float(s.start_factor)
    rise = s.end_factor - s.start_factor
    return (
        lr
        if initial or e > s.total_iters
        else lr * (1 + rise / (s.total_iters * s.start_factor + (e - 1) * rise))
    )


def _polynomial(s: Any, e: int, lr: float, initial: bool) -> float:
    n = s.total_iters
    return lr if initial or e > n else lr * float(((1 - e / n) / (1 - (e - 1) / n)) ** s.power)


def _cosine(s: Any, e: int, lr: float, initial: bool) -> float:
    return (
        lr
        if initial
        else (1 + math.cos(math.pi * e / s.T_max))
        / (1 + math.cos(math.pi * (e - 1) / s.T_max))
        * (lr - s.eta_min)
        + s.eta_min
    )


STEPS: dict[str, _Rule] = {
    "StepLR": lambda s, e, lr, _: lr if e == 0 or e % s.step_size else lr * s.gamma,
    "MultiStepLR": lambda s, e, lr, _: lr * s.gamma ** s.milestones.count(e),
    "ConstantLR": lambda s, e, lr,
    _: lr * s.factor if e == 0 else lr if e != s.total_iters else lr / s.factor,
    "ExponentialLR": lambda s, e, lr, initial: lr if initial else lr * s.gamma,
    "LinearLR": _linear, "PolynomialLR": _polynomial, "CosineAnnealingLR": _cosine,
}  # fmt: skip
CLOSED: dict[str, _Closed] = {
    "StepLR": lambda s, e, b: b * s.gamma ** (e // s.step_size),
    "MultiStepLR": lambda s, e, b: b * s.gamma ** bisect_right(sorted(s.milestones), e),
    "ConstantLR": lambda s, e, b: b * (1.0 if e >= s.total_iters else s.factor),
    "ExponentialLR": lambda s, e, b: b * s.gamma**e,
    "LinearLR": lambda s, e, b: (
        b * (s.start_factor + (s.end_factor - s.start_factor) * min(s.total_iters, e) / s.total_iters)
    ),
    "PolynomialLR": lambda s, e, b: b * (1 - min(s.total_iters, e) / s.total_iters) ** s.power,
    "CosineAnnealingLR": lambda s, e, b: (
        s.eta_min + (b - s.eta_min) * (1 + math.cos(math.pi * e / s.T_max)) / 2
    ),
}
