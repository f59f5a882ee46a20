"""When the members are evaluated, and how: on every training and validation point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lrcore.datasets import Dataset
from lrcore.results.events import Floats, Ints
from lrcore.training.backprop import Workspace
from lrcore.training.ensemble import Ensemble
from lrcore.training.stopping import StopCheck

EVALUATIONS = 60
EARLY = 1.25  # the exponent that sets evaluations closer at the start, where losses fall fastest
# members x points x widest layer taken at once: less is overhead, more leaves the cache
CHUNK_NUMBERS = 1 << 18
POINTS_MIN = 256  # fewer points at once than this make the matrix products slow


def evaluation_steps(steps: int) -> Ints:
    """The numbers of updates done at which a run of `steps` updates is evaluated: round(steps (i / 59)^1.25),
    i = 0 ... 59.

    0 and `steps` are always among them, and each number is there once: short runs have fewer.

    >>> evaluation_steps(3)
    array([0, 1, 2, 3])
    >>> len(evaluation_steps(2000)), evaluation_steps(2000)[[0, 1, 2, -2, -1]]
    (60, array([   0,   12,   29, 1958, 2000]))
    """
    grid = np.linspace(0.0, 1.0, EVALUATIONS) ** EARLY
    return np.unique(np.round(steps * grid).astype(np.int64))


@dataclass(frozen=True)
class Scores:
    """One evaluation, each (M,): mean losses, and validation accuracy or R^2. What is not finite is inf (-inf
    for R^2)."""

    train_loss: Floats
    val_loss: Floats
    val_metric: Floats


class Evaluator:
    """Evaluates an ensemble, members and points in chunks that stay in the cache."""

    def __init__(self, ensemble: Ensemble, data: Dataset) -> None:
        self._core, self._data = ensemble.core, data
        self._parts = [(ensemble.x, ensemble.y), (ensemble.points(data.x_val), ensemble.targets(data.y_val))]
        # the loss of knowing nothing of x
        self.chance = ensemble.core.loss.chance(data, ensemble.core.layout.widths[-1])
        self._workspaces: dict[tuple[int, int], Workspace] = {}

    def scores(self, stop_check: StopCheck) -> Scores | None:
        """The scores of the parameters as they are; None if told to stop meanwhile."""
        everyone = range(self._core.layout.members)
        train = self._sums(*self._parts[0], everyone, False, stop_check)
        val = None if train is None else self._sums(*self._parts[1], everyone, True, stop_check)
        if train is None or val is None:
            return None
        metric = self._core.loss.metric(val[1], self._data.y_val)
        return Scores(
            train_loss=_finite_or(np.inf, train[0] / len(self._data.y_train)),
            val_loss=_finite_or(np.inf, val[0] / len(self._data.y_val)),
            val_metric=_finite_or(-np.inf, metric),
        )

    def val_loss(self, rows: range, stop_check: StopCheck) -> Floats | None:
        """The mean validation losses (m,) of the members `rows`; None if told to stop meanwhile."""
        sums = self._sums(*self._parts[1], rows, False, stop_check)
        return None if sums is None else _finite_or(np.inf, sums[0] / len(self._data.y_val))

    def _sums(
        self, x: Tensor, y: Tensor, rows: range, with_metric: bool, stop_check: StopCheck
    ) -> tuple[Floats, Floats] | None:
        """Total losses and metric sums (m,) of the members `rows`."""
        layout, loss = self._core.layout, self._core.loss
        width, count = max(layout.widths), x.shape[1]
        members = max(1, min(len(rows), CHUNK_NUMBERS // (width * POINTS_MIN)))
        parts = -(-count * width * members // CHUNK_NUMBERS)
        chunks = list(zip(x.tensor_split(parts, 1), y[None].tensor_split(parts, 2), strict=True))
        total, metric_sum = x.new_zeros(2, len(rows), dtype=torch.float64)
        for first in range(0, len(rows), members):
            chosen = rows[first : first + members]
            weights = [layer[chosen.start : chosen.stop] for layer in self._core.weights]
            here, size = slice(first, first + members), len(chosen)
            for points, targets in chunks:
                if stop_check.poll_at_most_every_10ms():
                    return None
                work = self._workspace(size, points.shape[1])
                z = work.forward(weights, self._core.activation, points.expand(size, -1, -1))
                if with_metric:
                    metric_sum[here] += loss.metric_sum(z, targets)
                total[here] += loss.total(z, targets)
        return total.cpu().numpy(), metric_sum.cpu().numpy()

    def _workspace(self, members: int, points: int) -> Workspace:
        key = members, points
        if key not in self._workspaces:
            self._workspaces[key] = Workspace(self._core.layout.widths, *key, self._core.weights[0])
        return self._workspaces[key]


def _finite_or(substitute: float, values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, substitute)
