"""The optimisers' update rules for all members at once, each with its own rate.

Moments are flat buffers over all layers and members, so that a moment costs one kernel; only the last line of
a rule, where the rate differs from member to member, goes layer by layer. So do the lines with the momentum
if a schedule drives it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import final

import numpy as np
import torch
from torch import Tensor

from lrcore.experiment import Experiment, OptimizerSpec
from lrcore.experiment.optimizers import SGD, Adam
from lrcore.results.events import Floats
from lrcore.training.layout import Layout
from lrcore.training.rates import Momenta


class UpdateRule(ABC):
    """One update. `rates_and_momenta` (K, `width`) are the numbers that change from step to step: a factor of
    each member, then the momentum of each if schedules drive it, then one number for all."""

    def __init__(self, layout: Layout, params: Tensor, grads: Tensor, moments: int, momenta: Momenta) -> None:
        self.params, self.grads = params, grads
        self.momenta = momenta if momenta.driven else None
        self.width = layout.members * (2 if momenta.driven else 1) + 1
        self.moments = [torch.zeros_like(params) for _ in range(moments)]
        self._layout = layout
        self._param_layers = layout.layers(params)

    def rates_and_momenta(self, first: int, lr: Floats) -> Floats:
        """The numbers for updates first, first + 1, ... with rates `lr` (K, M), computed in float64."""
        driven = self.momenta.block(first, first + len(lr)) if self.momenta else None
        factors, shared = self._factors(
            np.arange(first, first + len(lr), dtype=np.float64)[:, None], lr, driven
        )
        return np.concatenate([factors, *([] if driven is None else [driven]), shared], axis=1)

    @abstractmethod
    def _factors(self, step: Floats, lr: Floats, momentum: Floats | None) -> tuple[Floats, Floats]:
        """The factors (K, M) and the shared number (K, 1) of the updates `step` (K, 1)."""

    @abstractmethod
    def apply(self, rates_and_momenta: Tensor) -> None:
        """Update the parameters with the gradients (which may be overwritten); `rates_and_momenta` is
        (`width`,)."""

    def _add(self, direction: list[Tensor], factor: Tensor) -> None:
        """params += factor * direction, a factor for each member."""
        factor = factor[: self._layout.members].view(-1, 1, 1)
        for param, part in zip(self._param_layers, direction, strict=True):
            param.addcmul_(part, factor)

    def _momentum(self, rates_and_momenta: Tensor) -> Tensor:
        """The driven momentum of each member, (M, 1, 1)."""
        members = self._layout.members
        return rates_and_momenta[members : 2 * members].view(-1, 1, 1)


@final
class SGDRule(UpdateRule):
    """`torch.optim.SGD`: v = momentum v + g, p -= lr v; nesterov: p -= lr (g + momentum v).

    A schedule may drive the momentum of an SGD that was made without one, as in torch. Where it sets exactly
    0 torch leaves v alone.
    """

    def __init__(self, spec: SGD, layout: Layout, params: Tensor, grads: Tensor, momenta: Momenta) -> None:
        super().__init__(layout, params, grads, 1 if spec.momentum or momenta.driven else 0, momenta)
        self._spec = spec
        self._direction = layout.layers(
            self.moments[0] if spec.momentum and not spec.nesterov and not momenta.driven else grads
        )
        self._velocity = layout.layers(self.moments[0]) if momenta.driven else []

    def _factors(self, step: Floats, lr: Floats, momentum: Floats | None) -> tuple[Floats, Floats]:
        return -lr, np.zeros_like(step)

    def apply(self, rates_and_momenta: Tensor) -> None:
        if self.momenta:
            momentum = self._momentum(rates_and_momenta)
            moving = (momentum != 0).to(momentum.dtype)
            for velocity, grad in zip(self._velocity, self._direction, strict=True):
                velocity.mul_(torch.where(momentum != 0, momentum, 1.0)).addcmul_(grad, moving)
                grad.addcmul_(velocity, momentum) if self._spec.nesterov else grad.lerp_(velocity, moving)
        elif self._spec.momentum:
            velocity = self.moments[0]
            velocity.mul_(self._spec.momentum).add_(self.grads)
            if self._spec.nesterov:
                self.grads.add_(velocity, alpha=self._spec.momentum)
        self._add(self._direction, rates_and_momenta)


@final
class AdamRule(UpdateRule):
    """`torch.optim.Adam`: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p -= lr (m / c1) / (sqrt(v / c2) +
    eps), c = 1 - b^t.

    The corrections are folded into the factors: p -= [lr sqrt(c2) / c1] m / (sqrt(v) + [eps sqrt(c2)]). A
    schedule's momentum is b1, and c1 is computed from the b1 of the update at hand, as in torch.
    """

    def __init__(self, spec: Adam, layout: Layout, params: Tensor, grads: Tensor, momenta: Momenta) -> None:
        super().__init__(layout, params, grads, 2, momenta)
        self._spec = spec
        self._direction = layout.layers(grads)
        self._mean = layout.layers(self.moments[0])

    def _factors(self, step: Floats, lr: Floats, momentum: Floats | None) -> tuple[Floats, Floats]:
        t = step + 1.0
        root = np.sqrt(1.0 - self._spec.beta2**t)
        beta1 = self._spec.beta1 if momentum is None else momentum
        return -lr * root / (1.0 - beta1**t), self._spec.eps * root

    def apply(self, rates_and_momenta: Tensor) -> None:
        mean, square = self.moments
        grads, spec = self.grads, self._spec
        if self.momenta:
            rest = 1.0 - self._momentum(rates_and_momenta)
            for layer, grad in zip(self._mean, self._direction, strict=True):
                layer.lerp_(grad, rest)
        else:
            mean.lerp_(grads, 1.0 - spec.beta1)
        square.mul_(spec.beta2).addcmul_(grads, grads, value=1.0 - spec.beta2)
        torch.sqrt(square, out=grads).add_(rates_and_momenta[-1])
        torch.div(mean, grads, out=grads)
        self._add(self._direction, rates_and_momenta)


def rule_for(experiment: Experiment, layout: Layout, params: Tensor, grads: Tensor) -> UpdateRule:
    """The batched rule of the experiment's optimiser, and of the momenta that its plans drive."""
    spec: OptimizerSpec = experiment.optimizer
    if isinstance(spec, SGD):
        return SGDRule(spec, layout, params, grads, Momenta(experiment, spec.momentum))
    if isinstance(spec, Adam):
        return AdamRule(spec, layout, params, grads, Momenta(experiment, spec.beta1))
    raise NotImplementedError(
        f"lrcore.training has no batched rule for {spec.kind}; add one to lrcore/training/update_rules.py."
    )
