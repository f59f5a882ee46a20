"""The convex bound of a schedule: how far the last iterate of SGD can be from the optimum, for the worst
convex function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from lrcore.analysis.bound.grouped import Groups, groups
from lrcore.analysis.crossings import peak
from lrcore.analysis.run import Run
from lrcore.plan import Plan
from lrcore.schedules.schedule import FloatArray

_SHIFT = 8  # from there on the series of the digamma function has 15 digits


@final
@dataclass(frozen=True)
class Bound:
    r"""$\Omega(\gamma)$ = distance/$\gamma$ + $\gamma$ noise for a plan whose rates are all multiplied by
    $\gamma$; `peak` is its highest rate.

    >>> Bound(distance=0.5, noise=2.0, peak=0.1).best_factor
    0.5
    """

    distance: float
    noise: float
    peak: float

    def at(self, factor: float) -> float:
        """The bound when every rate is multiplied by `factor`, above 0."""
        return self.distance / factor + factor * self.noise

    @property
    def best_factor(self) -> float:
        r"""$\gamma^* = \sqrt{\text{distance}/\text{noise}}$."""
        return float(np.sqrt(self.distance / self.noise))

    @property
    def best(self) -> float:
        r"""$\Omega^* = 2 \sqrt{\text{distance} \cdot \text{noise}}$, the bound at the best factor."""
        return float(2.0 * np.sqrt(self.distance) * np.sqrt(self.noise))

    @property
    def best_peak(self) -> float:
        """The highest rate of the plan at the best factor, in units of D/G."""
        return self.best_factor * self.peak

    @property
    def says(self) -> bool:
        """Whether it says anything: a plan without a rate above 0, or one whose last rates are nothing
        against those before, has no finite bound."""
        return bool(0 < self.noise < np.inf and 0 < self.distance < np.inf)


def convex_bound(plan: Plan, steps: int, steps_per_epoch: int = 1) -> Bound:
    r"""The bound on $f(x_T) - f(x^*)$ for a convex f with gradients of length at most G, from a distance D
    of the optimum, in units of D G; for a plan over N = `steps` updates.

    With $S_k = \sum_{t>k} \eta_t$, D = G = 1:

    $$\Omega = \frac{1}{2 \sum_t \eta_t} + \frac12 \Big( \eta_T + \sum_{k<T} \frac{\eta_k^2}{S_k} \Big)$$

    which is the published form, its second and third term summed by parts: as $\eta_k / (S_k S_{k-1}) =
    1/S_k - 1/S_{k-1}$, the double sum telescopes. Updates at the rate 0 move nothing; T is the last one that
    does. PlanError for a plan without a curve.

    >>> from lrcore.plan import parse_plan
    >>> cosine = convex_bound(parse_plan("lr=1 CosineAnnealingLR(T_max=400) per iteration"), 400)
    >>> round(cosine.best, 4)
    0.1034

    Source: Schaipp et al., arXiv 2501.18965; Theorem 10 of Defazio et al., arXiv 2310.07831.
    """
    after = noise = 0.0
    with np.errstate(all="ignore"):
        for found in groups(plan, Run.of(steps, steps_per_epoch)):
            noise += _noise(found, after)
            after += float(found.total.sum())
        distance = float(np.float64(0.5) / after)
    return Bound(distance, 0.5 * noise, peak(plan, steps, steps_per_epoch).lr)


def _noise(found: Groups, after: float) -> float:
    """The sum of eta_k^2 / S_k over these updates, which the rates `after` follow; of eta_T for the last
    one."""
    moves = found.squares > 0  # a rate below 1e-154 moves nothing
    count, rate = found.count[moves], found.squares[moves] / found.total[moves]
    left = (after + found.behind)[moves] / rate
    return float((rate * _harmonic(left, count)).sum())


def _harmonic(x: FloatArray, count: FloatArray) -> FloatArray:
    """1/x + 1/(x + 1) + ... of `count` terms; where x is 0, 1 in the place of the first."""
    ended = x == 0
    more = count - ended
    several = more > 1
    result = np.where(more > 0, 1.0 / np.where(ended, 1.0, x), 0.0)
    start = np.where(ended, 1.0, x)[several]
    result[several] = _digamma(start + more[several]) - _digamma(start)
    return np.asarray(result + ended, dtype=np.float64)


def _digamma(x: FloatArray) -> FloatArray:
    """The digamma function for x > 0: its asymptotic series, from x + 8 on (Abramowitz & Stegun, 6.3.5,
    6.3.18)."""
    low = sum(1.0 / (x + k) for k in range(_SHIFT))
    z = x + _SHIFT
    w = 1.0 / (z * z)
    series = w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w / 132))))
    return np.log(z) - 0.5 / z - series - low
