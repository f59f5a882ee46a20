"""The running rate of a recursion lr -> a lr + c, in whole-array operations.

It is followed from its beginning once. The rate before every 64th step is kept, so that whoever looks again,
as a curve does that is refined, pays for the runs of 64 steps that he looks at and not for all before them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np
from numpy.typing import NDArray

from lrcore.errors import PlanError
from lrcore.schedules.schedule import FloatArray

Update = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
Ints = NDArray[np.int64]

RECURSION_MAX = 10_000_000  # steps; about a second of NumPy, and more than any run that is drawn
_RUN = 64  # steps that are composed to one map
_RUNS = 256  # at a time: the arrays stay in the cache


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
    recursion = _kept.get((which, start, first), start)
    starts = recursion.starts
    known = len(starts) - 1
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
        rows, columns = row_of[asked] - low, steps[asked] % _RUN
        rates[asked] = keep[rows, columns] * starts[here[rows]] + add[rows, columns]
    if end > known:
        recursion.starts = starts
        _kept.grown()
    return rates.reshape(t.shape)


class _Recursion:
    """The rate before each run of 64 steps, as far as it has been followed.

    Threads may follow one at the same time: each puts a longer array in the place of the one that it found,
    with the same numbers.
    """

    def __init__(self, start: float) -> None:
        self.starts: FloatArray = np.array([start])


class _Kept:
    """The recursions that were looked at last: at most so many, since the schedule by which one is found is
    larger than a short one, in so many bytes."""

    def __init__(self, count_max: int, nbytes_max: int) -> None:
        self._count_max = count_max
        self._nbytes_max = nbytes_max
        self._recursions: OrderedDict[Hashable, _Recursion] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, which: Hashable, start: float) -> _Recursion:
        with self._lock:
            recursion = self._recursions.pop(which, None) or _Recursion(start)
            self._recursions[which] = recursion
            if len(self._recursions) > self._count_max:
                self._recursions.popitem(last=False)
            return recursion

    def __len__(self) -> int:
        return len(self._recursions)

    def grown(self) -> None:
        """Forget those that nobody has looked at for longest."""
        with self._lock:
            nbytes = sum(recursion.starts.nbytes for recursion in self._recursions.values())
            while nbytes > self._nbytes_max and len(self._recursions) > 1:
                nbytes -= self._recursions.popitem(last=False)[1].starts.nbytes


_kept = _Kept(count_max=500, nbytes_max=20_000_000)  # bytes: sixteen of the longest


def _composed(update: Update, begins: Ints, last: float) -> tuple[FloatArray, FloatArray]:
    """Of each run of steps all prefixes of the composition of its maps, side by side."""
    steps = np.minimum(begins[:, None] + np.arange(float(_RUN)), last)
    keep, add = (part.reshape(steps.shape).T.copy() for part in update(steps.ravel()))
    for i in range(1, _RUN):
        add[i] += keep[i] * add[i - 1]
        keep[i] *= keep[i - 1]
    return keep.T, add.T
