"""Least squares of one plan's curve to another's, on a sample of the run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lrcore.analysis.matching.solve import ParameterAxis, minimise
from lrcore.analysis.run import Run
from lrcore.plan import Plan
from lrcore.schedules.schedule import FloatArray

_SAMPLE = 1024
_TURNS_MAX = 64  # of the search for the length of a tread; it takes 10 to 30
_DECADES = 12  # a rate of 0 counts as this far below the peak on a logarithmic scale


def distance(a: Plan, log: bool, run: Run) -> Callable[[Plan], float]:
    r"""$\sqrt{\frac{1}{N} \sum_n (y_n(B) - y_n(A))^2}$ as a function of B, with y the rate, or its log10.

    Over all N updates up to 1024, else over one update from the middle of each of 1024 equal parts of the
    run.
    """
    if run.steps <= _SAMPLE:
        at = np.arange(run.steps)
    else:
        at = ((np.arange(_SAMPLE) + 0.5) * (run.steps / _SAMPLE)).astype(np.int64)
    wanted = a.lr(at, run.steps_per_epoch)
    floor = max(float(wanted.max()), 1e-300) * 10.0**-_DECADES

    def scaled(rate: FloatArray) -> FloatArray:
        return np.log10(np.maximum(rate, floor)) if log else rate

    goal = scaled(wanted)

    def gap(b: Plan) -> float:
        miss = scaled(b.lr(at, run.steps_per_epoch)) - goal
        return float(np.sqrt(np.mean(miss * miss)))

    return gap


def fit(gap: Callable[[float | int], float], axis: ParameterAxis) -> float | int:
    """The value of one parameter with the least distance: a grid of 33 along its axis, then the golden
    section."""
    return axis.at(minimise(lambda share: gap(axis.at(share))))


def fit_staircase(
    gap: Callable[[Plan], float], make: Callable[[int, float], Plan], ticks: int, axis: ParameterAxis
) -> Plan:
    """Length and factor of the treads together: the best factor for each of some 40 lengths, then lengths
    ever nearer the best."""
    seen: dict[int, tuple[float, float]] = {}

    def best(size: int) -> float:
        if size not in seen:
            share = minimise(lambda share: gap(make(size, float(axis.at(share)))), points=17)
            seen[size] = (gap(make(size, float(axis.at(share)))), share)
        return seen[size][0]

    sizes = np.unique(np.geomspace(1, max(ticks - 1, 1), 24).astype(np.int64)).tolist()
    sizes += [-(-ticks // treads) for treads in range(2, 12) if ticks >= treads]
    size = min(sizes, key=lambda s: (best(s), -s))
    reach = max(1, size // 8)
    for _ in range(_TURNS_MAX):
        near = [s for s in (size - reach, size + reach) if 1 <= s < max(ticks, 2)]
        better = min([size, *near], key=best)  # at a tie the first wins: to go on would be to go round
        if better != size:
            size = better
        elif reach == 1:
            break
        else:
            reach //= 2
    return make(size, float(axis.at(seen[size][1])))
