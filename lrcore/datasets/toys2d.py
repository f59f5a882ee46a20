"""Points in the plane with two or more classes: formulas in each docstring, x roughly within [-2, 2]."""

from __future__ import annotations

from abc import ABC
from typing import final

import numpy as np

from lrcore.datasets.data import UNIFORM, Generated, Points
from lrcore.errors import ExperimentError
from lrcore.values.parameter import param


class Plane(Generated, ABC):
    """Two features, `classes` labels."""

    error = ExperimentError
    task = "classification"

    @property
    def n_features(self) -> int:
        return 2

    @property
    def n_outputs(self) -> int:
        return 2


@final
class Checkerboard(Plane):
    """x uniform in [-2, 2]^2; label = (sum of floor((x + 2) / 4 * cells)) mod 2, plus `noise` on x after
    labelling.

    4 x 4 and more gets stuck at chance level with a small network; 3 is where a schedule shows most.
    """

    kind = "checkerboard"
    title = "checkerboard"
    deviation = UNIFORM
    cells: int = param(3, ge=2, le=8, slider=(2, 4), help="squares along each side")
    noise: float = param(
        0.0, ge=0, le=2, slider=(0, 0.5), help="standard deviation of the noise on the points"
    )

    def draw(self, rng: np.random.Generator, n: int) -> Points:
        x = rng.uniform(-2, 2, (n, 2))
        y = np.floor((x + 2) / 4 * self.cells).sum(axis=1).astype(np.int64) % 2
        return x + self.noise * rng.standard_normal((n, 2)), y


@final
class Spirals(Plane):
    """r = .95 sqrt(u) + .05, angle = 2 pi r turns + 2 pi y / arms, x = 2 r (cos, sin) + noise, u uniform in
    [0, 1]."""

    kind = "spirals"
    title = "spirals"
    arms: int = param(2, ge=2, le=5, slider=(2, 5), help="spirals, one class each")
    turns: float = param(1.5, gt=0, le=4, slider=(0.25, 3), help="how often each winds round")
    noise: float = param(
        0.05, ge=0, le=2, slider=(0, 0.5), help="standard deviation of the noise on the points"
    )

    @property
    def n_outputs(self) -> int:
        return self.arms

    def draw(self, rng: np.random.Generator, n: int) -> Points:
        y = rng.integers(0, self.arms, n)
        r = 0.95 * np.sqrt(rng.uniform(0, 1, n)) + 0.05
        angle = 2 * np.pi * (r * self.turns + y / self.arms)
        x = 2 * r[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return x + self.noise * rng.standard_normal((n, 2)), y


@final
class Moons(Plane):
    """Two interleaved half circles, centred and scaled by (.87, .5); `flip` is the share of labels turned
    round."""

    kind = "moons"
    title = "moons"
    noise: float = param(
        0.15, ge=0, le=2, slider=(0, 0.5), help="standard deviation of the noise on the points"
    )
    flip: float = param(0.0, ge=0, le=0.5, slider=(0, 0.3), help="share of labels that are wrong")

    def draw(self, rng: np.random.Generator, n: int) -> Points:
        y = rng.integers(0, 2, n)
        angle = rng.uniform(0, np.pi, n)
        x = np.stack(
            [
                np.where(y == 0, np.cos(angle), 1 - np.cos(angle)),
                np.where(y == 0, np.sin(angle), 0.5 - np.sin(angle)),
            ],
            axis=1,
        )
        x = (x + self.noise * rng.standard_normal((n, 2)) - (0.5, 0.25)) / (0.87, 0.5)
        return x, np.where(rng.uniform(size=n) < self.flip, 1 - y, y)


@final
class Circles(Plane):
    """A circle of radius 2 and one of radius 2 factor, both with `noise`."""

    kind = "circles"
    title = "circles"
    factor: float = param(
        0.5, gt=0, lt=1, slider=(0.2, 0.9), help="radius of the inner circle, as a share of the outer one's"
    )
    noise: float = param(
        0.15, ge=0, le=2, slider=(0, 0.5), help="standard deviation of the noise on the points"
    )

    def draw(self, rng: np.random.Generator, n: int) -> Points:
        y = rng.integers(0, 2, n)
        angle = rng.uniform(0, 2 * np.pi, n)
        radius = np.where(y == 0, 2.0, 2.0 * self.factor)
        x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return x + self.noise * rng.standard_normal((n, 2)), y


@final
class Xor(Plane):
    """x uniform in [-2, 2]^2, label = whether the signs differ, `noise` added after labelling."""

    kind = "xor"
    title = "xor"
    deviation = UNIFORM
    noise: float = param(
        0.15, ge=0, le=2, slider=(0, 0.5), help="standard deviation of the noise on the points"
    )

    def draw(self, rng: np.random.Generator, n: int) -> Points:
        x = rng.uniform(-2, 2, (n, 2))
        y = (x[:, 0] * x[:, 1] < 0).astype(np.int64)
        return x + self.noise * rng.standard_normal((n, 2)), y


@final
class Blobs(Plane):
    """Gaussian blobs of deviation `noise` around `centers` points spread evenly on a circle of radius 1.5."""

    kind = "blobs"
    title = "gaussian blobs"
    centers: int = param(3, ge=2, le=8, slider=(2, 8), help="blobs, one class each")
    noise: float = param(0.5, ge=0, le=2, slider=(0, 1), help="standard deviation of each blob")

    @property
    def n_outputs(self) -> int:
        return self.centers

    def draw(self, rng: np.random.Generator, n: int) -> Points:
        y = rng.integers(0, self.centers, n)
        angle = 2 * np.pi * y / self.centers
        return 1.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + self.noise * rng.standard_normal(
            (n, 2)
        ), y
