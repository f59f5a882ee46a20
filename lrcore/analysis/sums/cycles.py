r"""The sums of a curve that repeats itself, $\sum_{t<n} \eta_t$ and $\sum_{t<n} \eta_t^2$: those of one cycle
times a geometric sum over the cycles."""

from __future__ import annotations

import numpy as np

from lrcore.analysis.sums.quadrature import Sums
from lrcore.schedules import Schedule
from lrcore.schedules.schedule import FloatArray

_CYCLE_MAX = 1 << 16  # steps of a cycle that are evaluated one by one


def cyclic_sums(schedule: Schedule, base_lr: float, n: FloatArray) -> Sums | None:
    """Both sums over the first n steps, or None if the curve has no cycle, not four of them in n steps, or
    cycles that grow until float64 does not hold them.

    Staircases whose equal treads are too many to look at each have one too.
    """
    cycle = schedule.repeats()
    few = cycle is not None and n.max(initial=0) < 4 * cycle.period
    if cycle is None or few or cycle.period > _CYCLE_MAX or cycle.ratio > 1.0:
        return None
    period, ratio, limit = cycle.period, cycle.ratio, cycle.limit
    inside = np.minimum(n, limit)
    one, two = _cyclic(schedule, base_lr, inside, period, ratio)
    if limit < np.inf:
        floor = schedule.lr(limit, base_lr)
        one, two = one + floor * (n - inside), two + floor * floor * (n - inside)
    return None if np.isnan(one + two).any() else (one, two)  # rates whose squares overflow


def _cyclic(s: Schedule, base_lr: float, n: FloatArray, period: int, ratio: float) -> Sums:
    """Moments of X and Y over one cycle times geometric sums over the cycles."""
    place = np.arange(period, dtype=np.float64)
    first = s.lr(place, base_lr)
    still, swing = first, np.zeros(period)
    if ratio != 1.0:
        far = min(max(1, int(np.ceil(np.log(1e-3) / np.log(ratio)))), max(1, int(n.max()) // period - 1))
        swing = (first - s.lr(place + far * period, base_lr)) / (1.0 - ratio**far)
        still = first - swing
        still[np.abs(still) < 1e-13 * np.abs(first).max()] = 0.0  # rounding of a curve without a still part
    cycles, rest = np.divmod(n, period)
    part = rest.astype(np.int64)

    def moment(values: FloatArray, power: float) -> FloatArray:
        sums = np.concatenate([[0.0], np.cumsum(values)])
        factor = ratio if power else 1.0
        now = np.power(factor, power * cycles)
        return np.asarray(_geometric(factor, cycles, power) * sums[-1] + now * sums[part])

    one = moment(still, 0.0) + moment(swing, 1.0)
    return one, moment(still * still, 0.0) + 2.0 * moment(still * swing, 1.0) + moment(swing * swing, 2.0)


def _geometric(ratio: float, n: FloatArray, power: float = 1.0) -> FloatArray:
    r"""$\sum_{t<n} r^{pt} = (r^{pn} - 1)/(r^p - 1)$, by expm1 of logarithms so that a ratio near 1 loses no
    digits; n for r = 1."""
    if ratio == 1.0:
        return n.copy()
    if ratio == 0.0:
        return np.minimum(n, 1.0)
    rate = power * np.log(ratio)
    return np.asarray(np.expm1(n * rate) / np.expm1(rate))
