"""The rules of torch's schedulers that have two: one of the running rate, for every step, and one of the
step, for a milestone."""

from __future__ import annotations

import math
from bisect import bisect_right

from lrcore.schedules import Schedule
from lrcore.schedules.constant import ConstantLR
from lrcore.schedules.cosine import CosineAnnealingLR
from lrcore.schedules.exponential import ExponentialLR
from lrcore.schedules.linear import LinearLR
from lrcore.schedules.polynomial import PolynomialLR
from lrcore.schedules.step import MultiStepLR, StepLR


def next_rate(schedule: Schedule, e: int, lr: float, initial: bool) -> float | None:
    """torch's `get_lr` at step `e` with the running rate `lr`; `initial` where its constructor asks. None for
    a scheduler that computes the rate from the step alone."""
    match schedule:
        case StepLR():
            return lr if e == 0 or e % schedule.step_size else lr * schedule.gamma
        case MultiStepLR():
            return lr * schedule.gamma ** schedule.milestones.count(e)
        case ConstantLR():
            if e == 0:
                return lr * schedule.factor
            return lr if e != schedule.total_iters else lr / schedule.factor
        case ExponentialLR():
            return lr if initial else lr * schedule.gamma
        case LinearLR():
            return _linear(schedule, e, lr, initial)
        case PolynomialLR():
            n = schedule.total_iters
            if initial or e > n:
                return lr
            return lr * float(((1 - e / n) / (1 - (e - 1) / n)) ** schedule.power)
        case CosineAnnealingLR():
            if initial:
                return lr
            now, before = (1 + math.cos(math.pi * t / schedule.T_max) for t in (e, e - 1))
            return now / before * (lr - schedule.eta_min) + schedule.eta_min
    return None


def _linear(schedule: LinearLR, e: int, lr: float, initial: bool) -> float:
    if e == 0:
        return lr * schedule.start_factor
    if initial or e > schedule.total_iters:
        return lr
    rise = schedule.end_factor - schedule.start_factor
    return lr * (1 + rise / (schedule.total_iters * schedule.start_factor + (e - 1) * rise))


def closed_rate(schedule: Schedule, e: int, base: float) -> float | None:
    """torch's `_get_closed_form_lr` at step `e` from the initial rate `base`; None if it has none."""
    match schedule:
        case StepLR():
            return base * schedule.gamma ** (e // schedule.step_size)
        case MultiStepLR():
            return base * schedule.gamma ** bisect_right(sorted(schedule.milestones), e)
        case ConstantLR():
            return base * (1.0 if e >= schedule.total_iters else schedule.factor)
        case ExponentialLR():
            return base * schedule.gamma**e
        case LinearLR():
            share = min(schedule.total_iters, e) / schedule.total_iters
            return base * (schedule.start_factor + (schedule.end_factor - schedule.start_factor) * share)
        case PolynomialLR():
            left = 1 - min(schedule.total_iters, e) / schedule.total_iters
            return base * float(left**schedule.power)
        case CosineAnnealingLR():
            low = schedule.eta_min
            return low + (base - low) * (1 + math.cos(math.pi * e / schedule.T_max)) / 2
    return None
