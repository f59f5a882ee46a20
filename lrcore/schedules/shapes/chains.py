"""The running rate of a recursion lr -> a lr + c, in whole-array operations.

It is followed from its beginning once. The rate before every 64th step is kept, so that whoever looks again,
as a curve does that is refined, pays for the runs of 64 steps that he looks at and not for all before them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lrcore.errors import PlanError
from lrcore.schedules.schedule import FloatArray

Update = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
Ints = NDArray[np.int64]

RECURSION_MAX = 10_000_000  # steps; about a second of NumPy, and more than any run that is drawn
_RUN = 64  # steps that are composed to one map
_RUNS = 256  # at a time: the arrays stay in the cache
_RECURSIONS_KEPT = 16  # at most 1.25 MB each


def follow(
    update: Update, t: FloatArray, kind: str, which: Hashable, start: float = 0.0, first: int = 0
) -> FloatArray:
    """The rate at each t >= first of lr_t = a_t lr_{t-1} + c_t with lr_{first-1} = start.

    Args:
        update: (a, c) of these steps, which ascend; never asked for a step beyond the last of `t`, where a
            formula may have no value.
        t: the steps, any shape and order.
        kind: whose recursion it is, for the PlanError about too many steps.
        which: equal for equal recursions and for no others; start and first aside.
        start, first: where it begins.
    """
    if t.size == 0:
        return np.zeros_like(t)
    last = float(t.max())
    if last > RECURSION_MAX:
        raise PlanError(
            f"{kind} has no closed form here: each rate follows from the one before, and at most"
            f" {RECURSION_MAX:,} steps are followed, but step {last:,.0f} was asked for. Shorten the run."
        )
    steps = t.ravel().astype(np.int64) - first
    kept = _recursion(which, start, first)
    starts, known = kept.starts, len(kept.starts) - 1
    end = int(last - first) // _RUN
    if end > known:
        starts = np.concatenate([starts, np.empty(end - known)])
    wanted, place = np.unique(steps // _RUN, return_inverse=True)
    runs = np.union1d(wanted, np.arange(known, end))
    row_of, rates = np.searchsorted(runs, wanted)[place], np.empty(steps.size)
    order = np.argsort(row_of, kind="stable")
    for low in range(0, len(runs), _RUNS):
        here = runs[low : low + _RUNS]
        keep, add = _composed(update, first + here * _RUN, last)
        for row in range(int(np.searchsorted(here, known)), int(np.searchsorted(here, end))):
            run = here[row]
            starts[run + 1] = keep[row, -1] * starts[run] + add[row, -1]
        asked = order[slice(*np.searchsorted(row_of, [low, low + _RUNS], sorter=order))]
        row, column = row_of[asked] - low, steps[asked] % _RUN
        rates[asked] = keep[row, column] * starts[here[row]] + add[row, column]
    if end > known:
        kept.starts = starts
    return rates.reshape(t.shape)


class _Recursion:
    """The rate before each run of 64 steps, as far as it has been followed. Threads may follow one at the same
    time: each puts a longer array in the place of the one it found, with the same numbers."""

    def __init__(self, start: float) -> None:
        self.starts: FloatArray = np.array([start])


@lru_cache(maxsize=_RECURSIONS_KEPT)
def _recursion(which: Hashable, start: float, first: int) -> _Recursion:
    return _Recursion(start)


def _composed(update: Update, begins: Ints, last: float) -> tuple[FloatArray, FloatArray]:
    """Of each run of steps all prefixes of the composition of its maps, side by side."""
    steps = np.minimum(begins[:, None] + np.arange(float(_RUN)), last)
    keep, add = (part.reshape(steps.shape).T.copy() for part in update(steps.ravel()))
    for i in range(1, _RUN):
        add[i] += keep[i] * add[i - 1]
        keep[i] *= keep[i - 1]
    return keep.T, add.T
