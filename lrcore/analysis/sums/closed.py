r"""Closed forms of $\sum_{t<n} \eta_t$ and $\sum_{t<n} \eta_t^2$, one rule per kind of schedule that has one.

A rule takes (schedule, base_lr, n) with n a float64 array of whole numbers and returns both sums, or None
where its formula does not apply to these parameters. A kind without a rule is summed by quadrature. Relative
error below 1e-12 unless a rule says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lrcore.analysis.sums.quadrature import Sums, smooth_sums
from lrcore.analysis.sums.series import geometric, hyperbola, line
from lrcore.schedules import Schedule
from lrcore.schedules.schedule import FloatArray

_CYCLE_MAX = 1 << 16  # steps of a cycle that are evaluated one by one


def closed_sums(schedule: Schedule, base_lr: float, n: FloatArray) -> Sums | None:
    """Both sums over the first n steps, or None if no closed form is known for this schedule."""
    rule = _RULES.get(schedule.kind)
    if rule is not None and (found := rule(schedule, base_lr, n)) is not None:
        return found
    again = schedule.repeats()
    if again is None:
        return None
    period, ratio, limit = again.period, again.ratio, again.limit
    if period <= _CYCLE_MAX and n.max(initial=0) >= 4 * period:
        inside = np.minimum(n, limit)
        one, two = _cyclic(schedule, base_lr, inside, period, ratio)
        if limit < np.inf:
            floor = schedule.lr(limit, base_lr)
            one, two = one + floor * (n - inside), two + floor * floor * (n - inside)
        return one, two
    return None


def _treads(factor: float, base_lr: float, length: float, n: FloatArray) -> Sums:
    r"""Treads of S steps with k drops done: $S b (1 - \gamma^k)/(1 - \gamma)$ and what is left on the last
    tread."""
    full = np.floor(n / length)
    rest = n - full * length
    level = np.where(
        rest > 0, np.power(factor, full), 0.0
    )  # a factor that overflows counts only where it is used
    one = length * geometric(factor, full) + rest * level
    two = length * geometric(factor, full, 2.0) + rest * level * level
    return base_lr * one, base_lr * base_lr * two


def _constant(s: Any, base_lr: float, n: FloatArray) -> Sums:
    return base_lr * n, base_lr * base_lr * n


def _constant_lr(s: Any, base_lr: float, n: FloatArray) -> Sums:
    before = np.minimum(n, s.total_iters)
    low = base_lr * s.factor
    return low * before + base_lr * (n - before), low * low * before + base_lr**2 * (n - before)


def _multi_step(s: Any, base_lr: float, n: FloatArray) -> Sums:
    edges = np.concatenate([[0.0], np.asarray(s.milestones, dtype=np.float64), [np.inf]])
    spent = np.clip(n[:, None] - edges[:-1], 0.0, np.diff(edges))
    level = base_lr * np.power(s.gamma, np.arange(len(edges) - 1, dtype=np.float64))
    held = np.where(spent > 0, level, 0.0)
    return (spent * held).sum(1), (spent * held * held).sum(1)


def _exponential_decay(s: Any, base_lr: float, n: FloatArray) -> Sums | None:
    if s.end_lr is not None or (s.staircase and not float(s.decay_steps).is_integer()):
        return None
    before = np.minimum(n, s.begin)
    after = n - before
    if s.staircase:
        one, two = _treads(s.decay_rate, base_lr, s.decay_steps, after)
    else:
        one, two = _treads(s.decay_rate ** (1.0 / s.decay_steps), base_lr, 1.0, after)
    return base_lr * before + one, base_lr**2 * before + two


def _ramp(start: float, end: float, length: float, n: FloatArray) -> Sums:
    """A line from `start` at step 0 to `end` at step `length`, which need not be whole; `end` is held after
    it."""
    inside = np.minimum(n, np.ceil(length))
    one, two = line(np.full_like(n, start), (end - start) / length, inside)
    return one + end * (n - inside), two + end * end * (n - inside)


def _linear(s: Any, base_lr: float, n: FloatArray) -> Sums:
    return _ramp(base_lr * s.start_factor, base_lr * s.end_factor, s.total_iters, n)


def _polynomial(s: Any, base_lr: float, n: FloatArray) -> Sums | None:
    return _ramp(base_lr, 0.0, s.total_iters, n) if s.power == 1 else None


def _polynomial_decay(s: Any, base_lr: float, n: FloatArray) -> Sums | None:
    if not s.cycle:
        return _ramp(base_lr, s.end_lr, s.decay_steps, n) if s.power == 1 else None
    return _teeth(s, base_lr, n)


def _teeth(s: Any, base_lr: float, n: FloatArray) -> Sums | None:
    r"""Teeth k = 1, 2, ... of D steps, $e + (b - e) k^{-p} (j/D)^p$ for j = D - 1, ..., 0: sums over j times
    sums of $k^{-p}$."""
    length, p = int(s.decay_steps), s.power
    if length != s.decay_steps or length > _CYCLE_MAX or n.max(initial=0) < 4 * length:
        return None
    left = np.power(np.arange(length - 1, -1, -1, dtype=np.float64) / length, p)
    teeth, rest = np.divmod(np.maximum(n - 1.0, 0.0), length)
    tooth, part = teeth.astype(np.int64), rest.astype(np.int64)
    edges = np.unique(np.append(tooth, 0))
    swing, end = base_lr - s.end_lr, s.end_lr
    sums = []
    for q in (p, 2.0 * p):
        harmonic = np.zeros(len(edges))
        if len(edges) > 1:
            harmonic[1:] = np.cumsum(smooth_sums(lambda k, q=q: np.power(k + 1.0, -q), edges)[0])  # type: ignore[misc]
        cumulated = np.concatenate([[0.0], np.cumsum(np.power(left, q / p) if p else left)])
        whole = harmonic[np.searchsorted(edges, tooth)]
        sums.append(whole * cumulated[-1] + np.power(teeth + 1.0, -q) * cumulated[part])
    started = np.minimum(n, 1.0)
    later = n - started
    one = base_lr * started + end * later + swing * sums[0]
    return one, base_lr**2 * started + end * end * later + 2.0 * end * swing * sums[0] + swing * swing * sums[
        1
    ]


def _cosine(s: Any, base_lr: float, n: FloatArray) -> Sums | None:
    r"""$\sum_{t<n} \cos \theta t = \sin(n\theta/2) \cos((n-1)\theta/2) / \sin(\theta/2)$ for $\theta = \pi/T$
    and, squared, $2\theta$."""
    if s.T_max < 2:
        return None
    swing = (base_lr - s.eta_min) / 2.0
    middle = s.eta_min + swing
    single, double = _cosines(s.T_max, n), _cosines(s.T_max / 2.0, n)
    one = middle * n + swing * single
    return one, middle * middle * n + 2.0 * middle * swing * single + swing * swing * (n + double) / 2.0


def _cosines(half_period: float, n: FloatArray) -> FloatArray:
    if half_period == 1.0:  # 1 - 1 + 1 - ...
        return np.mod(n, 2.0)
    period = 4.0 * half_period
    angle = np.pi / (2.0 * half_period)
    return np.asarray(
        np.sin(np.mod(n, period) * angle) * np.cos(np.mod(n - 1.0, period) * angle) / np.sin(angle)
    )


def _inverse_time(s: Any, base_lr: float, n: FloatArray) -> Sums | None:
    if not s.staircase:
        one, two = hyperbola(s.lr_decay, n)
    else:
        tread = s.decay_steps if s.decay_steps is not None else 1.0 / s.lr_decay if s.lr_decay else 1.0
        if not float(tread).is_integer() or s.decay_steps is None:
            return None
        full = np.floor(n / tread)
        level = 1.0 / (1.0 + s.lr_decay * tread * full)
        one, two = hyperbola(s.lr_decay * tread, full)
        rest = n - full * tread
        one, two = tread * one + rest * level, tread * two + rest * level * level
    return base_lr * one, base_lr * base_lr * two


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
        return np.asarray(
            geometric(factor, cycles, power) * sums[-1] + np.power(factor, power * cycles) * sums[part]
        )

    one = moment(still, 0.0) + moment(swing, 1.0)
    return one, moment(still * still, 0.0) + 2.0 * moment(still * swing, 1.0) + moment(swing * swing, 2.0)


_RULES: dict[str, Callable[[Any, float, FloatArray], Sums | None]] = {
    "Constant": _constant,
    "ConstantLR": _constant_lr,
    "StepLR": lambda s, b, n: _treads(s.gamma, b, s.step_size, n),
    "MultiStepLR": _multi_step,
    "ExponentialLR": lambda s, b, n: _treads(s.gamma, b, 1.0, n),
    "ExponentialDecay": _exponential_decay,
    "LinearLR": _linear,
    "PolynomialLR": _polynomial,
    "PolynomialDecay": _polynomial_decay,
    "CosineAnnealingLR": _cosine,
    "InverseTimeDecay": _inverse_time,
}
