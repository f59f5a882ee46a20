"""The optimisers' update rules for all members at once, each with its own rate.

Moments are flat buffers over all layers and members, so that a moment costs one kernel; only the last line of a rule, where
the rate differs from member to member, goes layer by layer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import final

import numpy as np
import torch
from torch import Tensor

from lrcore.events import Floats
from lrcore.optimizers import SGD, Adam, OptimizerSpec
from lrcore.training.layout import Layout


class Rule(ABC):
    """One update. `knobs` (K, M + 1) are the numbers that change from step to step: one for each member and one for all."""

    def __init__(self, layout: Layout, params: Tensor, grads: Tensor, moments: int) -> None:
        self.params, self.grads = params, grads
        self.moments = [torch.zeros_like(params) for _ in range(moments)]
        self._layout = layout
        self._param_layers = layout.layers(params)

    @abstractmethod
    def knobs(self, first: int, lr: Floats) -> Floats:
        """The numbers for updates first, first + 1, ... with rates `lr` (K, M), computed in float64."""

    @abstractmethod
    def apply(self, knobs: Tensor) -> None:
        """Update the parameters with the gradients (which may be overwritten); `knobs` (M + 1,)."""

    def _add(self, direction: list[Tensor], factor: Tensor) -> None:
        """params += factor * direction, a factor for each member."""
        factor = factor[:-1].view(-1, 1, 1)
        for param, part in zip(self._param_layers, direction, strict=True):
            param.addcmul_(part, factor)


@final
class SGDRule(Rule):
    """`torch.optim.SGD`: v = momentum v + g, p -= lr v; nesterov: p -= lr (g + momentum v)."""

    def __init__(self, spec: SGD, layout: Layout, params: Tensor, grads: Tensor) -> None:
        super().__init__(layout, params, grads, moments=1 if spec.momentum else 0)
        self._spec = spec
        self._direction = layout.layers(self.moments[0] if spec.momentum and not spec.nesterov else grads)

    def knobs(self, first: int, lr: Floats) -> Floats:
        return np.concatenate([-lr, np.zeros((len(lr), 1))], axis=1)

    def apply(self, knobs: Tensor) -> None:
        if self._spec.momentum:
            velocity = self.moments[0]
            velocity.mul_(self._spec.momentum).add_(self.grads)
            if self._spec.nesterov:
                self.grads.add_(velocity, alpha=self._spec.momentum)
        self._add(self._direction, knobs)


@final
class AdamRule(Rule):
    """`torch.optim.Adam`: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p -= lr (m / c1) / (sqrt(v / c2) + eps), c = 1 - b^t.

    The corrections are folded into the knobs: p -= [lr sqrt(c2) / c1] m / (sqrt(v) + [eps sqrt(c2)]).
    """

    def __init__(self, spec: Adam, layout: Layout, params: Tensor, grads: Tensor) -> None:
        super().__init__(layout, params, grads, moments=2)
        self._spec = spec
        self._direction = layout.layers(grads)

    def knobs(self, first: int, lr: Floats) -> Floats:
        t = np.arange(first + 1, first + 1 + len(lr), dtype=np.float64)[:, None]
        root = np.sqrt(1.0 - self._spec.beta2**t)
        return np.concatenate([-lr * root / (1.0 - self._spec.beta1**t), self._spec.eps * root], axis=1)

    def apply(self, knobs: Tensor) -> None:
        mean, square = self.moments
        grads, spec = self.grads, self._spec
        mean.lerp_(grads, 1.0 - spec.beta1)
        square.mul_(spec.beta2).addcmul_(grads, grads, value=1.0 - spec.beta2)
        torch.sqrt(square, out=grads).add_(knobs[-1])
        torch.div(mean, grads, out=grads)
        self._add(self._direction, knobs)


def rule_for(spec: OptimizerSpec, layout: Layout, params: Tensor, grads: Tensor) -> Rule:
    """The batched rule of an optimiser's declaration."""
    if isinstance(spec, SGD):
        return SGDRule(spec, layout, params, grads)
    if isinstance(spec, Adam):
        return AdamRule(spec, layout, params, grads)
    raise NotImplementedError(f"lrcore.training has no batched rule for {spec.kind}; add one to lrcore/training/optimizers.py.")
