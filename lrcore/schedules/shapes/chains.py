"""The running rate of a recursion lr -> a lr + c, over as many steps as somebody looks at, in whole-array
operations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lrcore.errors import PlanError
from lrcore.schedules.schedule import FloatArray

RECURSION_MAX = 10_000_000  # steps; about a second of NumPy, and more than any run that is drawn
_BLOCK = 16_000  # steps at a time: the arrays stay in the cache
_RUN = 64


def follow(
    update: Callable[[FloatArray], tuple[FloatArray, FloatArray]],
    t: FloatArray,
    kind: str,
    start: float = 0.0,
    first: int = 0,
) -> FloatArray:
    """The rate at each t >= first of lr_t = a_t lr_{t-1} + c_t with lr_{first-1} = start; (a, c) =
    update(steps)."""
    if t.size == 0:
        return np.zeros_like(t)
    if t.max() > RECURSION_MAX:
        raise PlanError(
            f"{kind} has no closed form here: each rate follows from the one before, and at most"
            f" {RECURSION_MAX:,} steps are followed, but step {t.max():,.0f} was asked for. Shorten the run."
        )
    order = np.argsort(t, axis=None, kind="stable")
    wanted = t.ravel()[order].astype(np.int64)
    found = np.empty(wanted.size)
    filled = 0
    for low in range(first, int(wanted[-1]) + 1, _BLOCK):
        high = min(low + _BLOCK, int(wanted[-1]) + 1)  # not a step beyond: a formula may have no value there
        rates = _scan(*update(np.arange(low, high, dtype=np.float64)), start)
        here = int(np.searchsorted(wanted, high))
        found[filled:here] = rates[wanted[filled:here] - low]
        filled, start = here, float(rates[-1])
    rate = np.empty(t.size)
    rate[order] = found
    return rate.reshape(t.shape)


def _scan(a: FloatArray, c: FloatArray, start: float) -> FloatArray:
    """All prefixes of a composition of affine maps: runs of _RUN maps are composed side by side, then joined
    end to end."""
    rest = -a.size % _RUN
    keep = np.concatenate([a, np.ones(rest)]).reshape(-1, _RUN).T.copy()
    add = np.concatenate([c, np.zeros(rest)]).reshape(-1, _RUN).T.copy()
    for i in range(1, _RUN):
        add[i] += keep[i] * add[i - 1]
        keep[i] *= keep[i - 1]
    starts = []
    for run_keep, run_add in zip(keep[-1].tolist(), add[-1].tolist(), strict=True):
        starts.append(start)
        start = run_keep * start + run_add
    return np.asarray((keep * np.array(starts) + add).T.reshape(-1)[: a.size])
