"""A formula that is a schedule with a name: found by its values, so that every way to write it is
recognised."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import numpy as np

from lrcore.dialects.reading.make import schedule
from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.schedule import FloatArray

Curve = Callable[[FloatArray], FloatArray]
_STEPS_MAX = 10**6
_CANDIDATES = 24  # numbers of the formula that are tried as parameters


def recognise(curve: Curve, base_lr: float, tree: ast.expr) -> Schedule | None:
    """The schedule whose curve this is, with parameters among the formula's own numbers where they fit; None
    if there is none."""
    constants = list(
        dict.fromkeys(
            abs(float(node.value))
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, (int, float))
            and 0 < abs(node.value) < 1e18
        )
    )[:_CANDIDATES]
    whole = [int(value) for value in constants if value.is_integer() and 1 <= value <= _STEPS_MAX]
    steps = np.unique(
        np.concatenate(
            [np.arange(200.0), *([value - 1, value, value + 1, 3.5 * value // 1] for value in whole)]
        )
    )
    steps = np.unique(np.concatenate([steps, np.geomspace(200, 1e5, 20) // 1]))
    target = curve(steps)
    if not np.isfinite(target[0]):
        return None
    if np.all(target == target[0]):
        return schedule("Constant") if np.isclose(target[0], base_lr, rtol=1e-13) else None
    for candidate in _candidates(curve, base_lr, constants, whole):
        try:
            with np.errstate(all="ignore"):  # a wrong guess may grow without end
                rates = candidate.lr(steps, base_lr)
        except PlanError:
            continue
        usable = (target > 0) | (rates > 0)  # past the end of a line, its formula goes on below 0
        if np.allclose(np.where(usable, rates, 0.0), np.where(usable, target, 0.0), rtol=1e-11, atol=1e-300):
            return candidate
    return None


def _candidates(curve: Curve, base_lr: float, constants: list[float], whole: list[int]) -> Iterator[Schedule]:
    first, second = curve(np.array([0.0, 1.0]))
    if first > 0 and second > 0:
        for decay in (*constants, *(1 / value for value in constants), float(first / second - 1)):
            if decay >= 0:
                yield schedule("InverseTimeDecay", lr_decay=decay)
        for gamma in (*constants, float(second / first)):
            if gamma > 0:
                yield schedule("ExponentialLR", gamma=gamma)
    for size in whole:
        later = curve(np.array([float(size)]))[0]
        for gamma in (*constants, float(later / first) if first > 0 else 0.0):
            if gamma > 0:
                yield schedule("StepLR", step_size=size, gamma=gamma)
    for size in whole:
        for power in dict.fromkeys((1.0, *(value for value in constants if value <= 100))):
            yield schedule("PolynomialLR", total_iters=size, power=power)
        for floor in (0.0, *constants):
            yield schedule("CosineAnnealingLR", T_max=size, eta_min=floor)
    jumps = sorted(
        size for size in whole if curve(np.array([size - 1.0]))[0] != curve(np.array([float(size)]))[0]
    )
    if jumps and first > 0:
        ratio = float(curve(np.array([float(jumps[0])]))[0] / first)
        for gamma in (*constants, ratio):
            if gamma > 0:
                yield schedule("MultiStepLR", milestones=jumps, gamma=gamma)
