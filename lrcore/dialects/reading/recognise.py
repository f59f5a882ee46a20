"""A formula that is a schedule with a name: found by its values, so that every way to write it is
recognised."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.constant import Constant
from lrcore.schedules.cosine import CosineAnnealingLR
from lrcore.schedules.exponential import ExponentialLR
from lrcore.schedules.inverse_time import InverseTimeDecay
from lrcore.schedules.polynomial import PolynomialLR
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.step import MultiStepLR, StepLR
from lrcore.text.literals import MAGNITUDE_MAX

Curve = Callable[[FloatArray], FloatArray]
_NUMBERS_MAX = 24  # numbers of the formula that are tried as parameters; every pair of them is a candidate
_LENGTH_MAX = 10**6  # a longer period or decay is not looked for

# The steps at which the curves are compared.
_FIRST = 200.0  # all before it
_LATER = 3.5  # and this many times each number of the formula: in the middle of a period if there are several
_FAR = np.geomspace(200, 1e5, 20) // 1  # and a few far out, where a slow decay shows


def recognise(curve: Curve, base_lr: float, tree: ast.expr) -> Schedule | None:
    """The schedule whose curve this is, with parameters among the formula's own numbers where they fit; None
    if there is none."""
    numbers = _numbers(tree)
    lengths = [int(value) for value in numbers if value.is_integer() and 1 <= value <= _LENGTH_MAX]
    around = [[size - 1, size, size + 1, _LATER * size // 1] for size in lengths]
    steps = np.unique(np.concatenate([np.arange(_FIRST), *around, _FAR]))
    target = curve(steps)
    if not np.isfinite(target[0]):
        return None
    if np.all(target == target[0]):
        return Constant() if np.isclose(target[0], base_lr, rtol=1e-13) else None
    for candidate in _candidates(curve, base_lr, numbers, lengths):
        try:
            with np.errstate(all="ignore"):  # a wrong guess may grow without end
                rates = candidate.lr(steps, base_lr)
        except PlanError:
            continue
        usable = np.ones_like(steps, dtype=bool)
        if isinstance(candidate, PolynomialLR):
            usable = (target > 0) | (rates > 0) | ~_goes_below(candidate, base_lr, steps, target)
        if np.allclose(np.where(usable, rates, 0.0), np.where(usable, target, 0.0), rtol=1e-11, atol=1e-300):
            return candidate
    return None


def _goes_below(
    decay: PolynomialLR, base_lr: float, steps: FloatArray, target: FloatArray
) -> NDArray[np.bool_]:
    """Where the curve is the decay gone on below 0: a rule that is written by hand rarely says that the rate
    is 0 when the decay is over."""
    with np.errstate(all="ignore"):
        on = base_lr * np.power(1.0 - steps / decay.total_iters, decay.power)
    return np.isclose(target, on, rtol=1e-11, atol=1e-300, equal_nan=True)


def _numbers(tree: ast.expr) -> list[float]:
    """The sizes of the numbers in a formula, each once."""
    values = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    sizes = (abs(value) for value in values if isinstance(value, (int, float)))
    return list(dict.fromkeys(float(size) for size in sizes if 0 < size < MAGNITUDE_MAX))[:_NUMBERS_MAX]


def _candidates(curve: Curve, base_lr: float, numbers: list[float], lengths: list[int]) -> Iterator[Schedule]:
    """Schedules that it may be, parameters as they stand in the formula before those that the curve gives."""

    def rate(step: float) -> float:
        return float(curve(np.array([float(step)]))[0])

    first, second = (float(value) for value in curve(np.array([0.0, 1.0])))
    if first > 0 and second > 0:
        for decay in (*numbers, *(1 / value for value in numbers), first / second - 1):
            if decay >= 0:
                yield InverseTimeDecay(lr_decay=decay)
        for gamma in (*numbers, second / first):
            if gamma > 0:
                yield ExponentialLR(gamma=gamma)
    for size in lengths:
        for gamma in (*numbers, rate(size) / first if first > 0 else 0.0):
            if gamma > 0:
                yield StepLR(step_size=size, gamma=gamma)
    for size in lengths:
        for power in dict.fromkeys((1.0, *(value for value in numbers if value <= 100))):
            yield PolynomialLR(total_iters=size, power=power)
        for floor in (0.0, *numbers):
            yield CosineAnnealingLR(T_max=size, eta_min=floor)
    jumps = sorted(size for size in lengths if rate(size - 1) != rate(size))
    if jumps and first > 0:
        for gamma in (*numbers, rate(jumps[0]) / first):
            if gamma > 0:
                yield MultiStepLR(milestones=jumps, gamma=gamma)
