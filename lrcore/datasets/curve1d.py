"""A curve to fit: one feature, one target."""

from __future__ import annotations

from typing import final

import numpy as np

from lrcore.datasets.data import UNIFORM, Generated, Points
from lrcore.values.parameter import param


@final
class Sine(Generated):
    """x uniform in [-2, 2], y = sin 3x + .5 sin(7x + .5) + noise: the loss cannot fall below noise^2."""

    kind = "sine"
    title = "sine curve fit"
    task = "regression"
    deviation = UNIFORM
    noise: float = param(
        0.05, ge=0, le=2, slider=(0, 0.5), help="standard deviation of the noise on the target"
    )

    @property
    def n_features(self) -> int:
        return 1

    @property
    def n_outputs(self) -> int:
        return 1

    def draw(self, rng: np.random.Generator, n: int) -> Points:
        x = rng.uniform(-2, 2, (n, 1))
        y = np.sin(3 * x[:, 0]) + 0.5 * np.sin(7 * x[:, 0] + 0.5) + self.noise * rng.standard_normal(n)
        return x, y
