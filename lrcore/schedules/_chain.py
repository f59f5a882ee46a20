"""The running rate of a recursion lr -> a lr + c, over as many steps as somebody looks at, in whole-array operations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lrcore.errors import PlanError
from lrcore.schedules._base import FloatArray

RECURSION_MAX = 20_000_000  # steps; half a second of NumPy, and more than any run that is drawn
_BLOCK = 4096  # fits the cache, so that the doubling below stays in it


def follow(
    update: Callable[[FloatArray], tuple[FloatArray, FloatArray]], t: FloatArray, kind: str, start: float = 0.0, first: int = 0
) -> FloatArray:
    """The rate at each t >= first of lr_t = a_t lr_{t-1} + c_t with lr_{first-1} = start; (a, c) = update(steps)."""
    if t.size == 0:
        return np.zeros_like(t)
    if t.max() > RECURSION_MAX:
        raise PlanError(
            f"{kind} has no closed form here: each rate follows from the one before, and at most {RECURSION_MAX:,} steps are "
            f"followed, but step {t.max():,.0f} was asked for. Shorten the run."
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
    """All prefixes of a composition of affine maps by doubling: log2(n) passes, each over the whole block."""
    reach = 1
    while reach < a.size:
        earlier_a, earlier_c = a[:-reach], c[:-reach]
        c = np.concatenate([c[:reach], a[reach:] * earlier_c + c[reach:]])
        a = np.concatenate([a[:reach], a[reach:] * earlier_a])
        reach *= 2
    return a * start + c
