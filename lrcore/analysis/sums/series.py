"""Sums of the three series that most schedules are made of: geometric, arithmetic and harmonic."""

from __future__ import annotations

import numpy as np

from lrcore.analysis.sums.quadrature import Sums
from lrcore.schedules.schedule import FloatArray


def geometric(ratio: float, n: FloatArray, power: float = 1.0) -> FloatArray:
    r"""$\sum_{t<n} r^{pt} = (r^{pn} - 1)/(r^p - 1)$, by expm1 of logarithms so that a ratio near 1 loses no
    digits; n for r = 1."""
    if ratio == 1.0:
        return n.copy()
    if ratio == 0.0:
        return np.minimum(n, 1.0)
    rate = power * np.log(ratio)
    return np.asarray(np.expm1(n * rate) / np.expm1(rate))


def line(first: FloatArray, slope: float, n: FloatArray) -> Sums:
    r"""$\sum_{t<n} (a + ht) = n m$ and $\sum (a + ht)^2 = n m^2 + h^2 n (n^2 - 1)/12$ with the mean $m = a +
    h (n-1)/2$."""
    mean = first + slope * (n - 1.0) / 2.0
    return n * mean, n * mean * mean + slope * slope * n * (n * n - 1.0) / 12.0


def hyperbola(d: float, n: FloatArray) -> Sums:
    r"""$\sum_{t<n} (1 + dt)^{-1} = (\psi(n + 1/d) - \psi(1/d))/d$ and $\sum (1 + dt)^{-2} = (\psi_1(1/d) -
    \psi_1(n + 1/d))/d^2$.

    $\psi$ and $\psi_1$ by their asymptotic series from $x = 16$ on, where the first term left out is below
    1e-15, as differences that lose no digits; the at most 16 steps before are added one by one. For d n below
    1e-9, where 1/d may overflow, a line.
    """
    if d * float(n.max(initial=0)) < 1e-9:
        return line(np.ones_like(n), -d, n)[0], line(np.ones_like(n), -2.0 * d, n)[0]
    head = max(0, int(np.ceil(16.0 - 1.0 / d)))
    early = np.clip(n[:, None] - np.arange(head), 0.0, 1.0) / (1.0 + d * np.arange(head))
    rest = np.maximum(n - head, 0.0)
    x = 1.0 / d + head
    y = x + rest
    psi = np.log1p(rest / x) + rest / (2.0 * x * y)
    for power, c in ((2, 1 / 12), (4, -1 / 120), (6, 1 / 252), (8, -1 / 240)):
        psi = psi + c * (x**-power - y**-power)
    psi1 = rest / (x * y) + rest * (x + y) / (2.0 * (x * y) * (x * y))
    for power, c in ((3, 1 / 6), (5, -1 / 30), (7, 1 / 42), (9, -1 / 30)):
        psi1 = psi1 + c * (x**-power - y**-power)
    return early.sum(1) + psi / d, (early * early).sum(1) + psi1 / d / d
