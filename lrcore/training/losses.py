"""The two losses, batched over members, with their gradients and the measure that goes with each.

Everything is feature-first: outputs z (M, C, B), targets (M or 1, C, B), B = points of the batch.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lrcore.datasets import Dataset
from lrcore.results.events import Floats, Ints


class Loss(ABC):
    """A mean over the batch, as `torch.nn.functional` takes it."""

    slope: ClassVar[float]  # the gradient of the mean loss is slope / B times what `gradient` leaves in z

    @abstractmethod
    def targets(self, y: Floats | Ints, outputs: int) -> NDArray[np.float64]:
        """Targets as a matrix (C, n)."""

    @abstractmethod
    def chance(self, data: Dataset, outputs: int) -> float:
        """The loss of a model that knows nothing of x."""

    @abstractmethod
    def total(self, z: Tensor, target: Tensor) -> Tensor:
        """The loss summed over the batch (M,); may overwrite z."""

    @abstractmethod
    def gradient(self, z: Tensor, target: Tensor) -> Tensor:
        """The loss summed over the batch (M,); leaves in z its gradient with respect to z, divided by
        `slope`."""

    @abstractmethod
    def metric_sum(self, z: Tensor, target: Tensor) -> Tensor:
        """What the metric sums over the points, (M,)."""

    @abstractmethod
    def metric(self, metric_sum: NDArray[np.float64], y: Floats | Ints) -> NDArray[np.float64]:
        """The metric from `metric_sum` over all points."""


@final
class CrossEntropy(Loss):
    """-log softmax(z)[y], `torch.nn.functional.cross_entropy`; the metric is accuracy."""

    slope = 1.0

    def targets(self, y: Floats | Ints, outputs: int) -> NDArray[np.float64]:
        return np.asarray(np.arange(outputs)[:, None] == y[None, :], np.float64)

    def chance(self, data: Dataset, outputs: int) -> float:
        return math.log(outputs)

    def total(self, z: Tensor, target: Tensor) -> Tensor:
        logs: Tensor = torch.log_softmax(z, 1, out=z)  # type: ignore[call-overload]  # its stub lacks out
        return logs.mul_(target).sum((1, 2)).neg_()

    def gradient(self, z: Tensor, target: Tensor) -> Tensor:
        logp = torch.log_softmax(z, 1)
        torch.exp(logp, out=z).sub_(target)
        return logp.mul_(target).sum((1, 2)).neg_()

    def metric_sum(self, z: Tensor, target: Tensor) -> Tensor:
        # thirty times faster than argmax over so few rows (CPU)
        return (z.max(1).indices == target.max(1).indices).sum(1)

    def metric(self, metric_sum: NDArray[np.float64], y: Floats | Ints) -> NDArray[np.float64]:
        return metric_sum / len(y)


@final
class SquaredError(Loss):
    """(z - y)^2, `torch.nn.functional.mse_loss` for one output; the metric is R^2 = 1 - sum (z - y)^2 / sum
    (y - mean y)^2."""

    slope = 2.0

    def targets(self, y: Floats | Ints, outputs: int) -> NDArray[np.float64]:
        return np.asarray(y.T, np.float64)

    def chance(self, data: Dataset, outputs: int) -> float:
        return float(data.y_train.var())

    def total(self, z: Tensor, target: Tensor) -> Tensor:
        return z.sub_(target).square_().sum((1, 2))

    def gradient(self, z: Tensor, target: Tensor) -> Tensor:
        return z.sub_(target).square().sum((1, 2))

    def metric_sum(self, z: Tensor, target: Tensor) -> Tensor:
        return (z - target).square_().sum((1, 2))

    def metric(self, metric_sum: NDArray[np.float64], y: Floats | Ints) -> NDArray[np.float64]:
        spread = float(np.square(y - y.mean()).sum())
        return 1.0 - metric_sum / spread if spread > 0 else np.full_like(metric_sum, np.nan)


LOSSES: dict[str, Loss] = {"classification": CrossEntropy(), "regression": SquaredError()}
