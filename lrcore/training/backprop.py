"""Forward and backward of a stack of small networks, by hand: two matrix products a layer and one kernel an
activation.

Autograd records, allocates and accumulates for every one of these. Written out into buffers that are made
once, a step of 20 members (MLP 32-32 tanh, batch 32, one thread) takes 0.27 ms instead of 0.50 ms, and a CUDA
graph can replay it.

Activations are feature-first, (M, features, B): a batch of B points then fills whole vector registers also
where a layer is two units wide, which makes the softmax over two classes five times faster than batch-first.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lrcore.training.activations import Activation
from lrcore.training.losses import Loss


class Workspace:
    """Buffers for `members` networks of these widths on `batch` points."""

    def __init__(self, widths: Sequence[int], members: int, batch: int, like: Tensor) -> None:
        self.z = [like.new_empty(members, width, batch) for width in widths[1:]]
        self._deltas = [like.new_empty(members, width, batch) for width in widths[1:-1]]
        # the last row stays 1: it meets the bias
        inputs = [like.new_ones(members, width + 1, batch) for width in widths[:-1]]
        self.inputs, self._h = inputs, [full[:, :-1] for full in inputs[1:]]

    def forward(self, weights: Sequence[Tensor], activation: Activation, x: Tensor) -> Tensor:
        """The outputs (M, C, B) for inputs `x` (M, D + 1, B) with their row of ones; valid until the next
        call."""
        for weight, z, h, out in zip(
            weights[:-1], self.z[:-1], (x, *self.inputs[1:-1]), self._h, strict=True
        ):
            torch.baddbmm(z, weight, h, beta=0, alpha=activation.gain, out=z)
            activation.forward(z, out)
        return torch.bmm(weights[-1], self.inputs[-1] if self._h else x, out=self.z[-1])

    def gradient(
        self,
        weights: Sequence[Tensor],
        grads: Sequence[Tensor],
        activation: Activation,
        loss: Loss,
        target: Tensor,
    ) -> Tensor:
        """Fill `grads` with the gradient of the mean loss of `self.inputs[0]`; returns the loss summed over
        the batch (M,)."""
        delta = self.forward(weights, activation, self.inputs[0])
        total = loss.gradient(delta, target)
        scale = loss.slope / delta.shape[2]
        for layer in reversed(range(len(weights))):
            torch.baddbmm(grads[layer], delta, self.inputs[layer].mT, beta=0, alpha=scale, out=grads[layer])
            if layer:
                below = self._deltas[layer - 1]
                torch.bmm(weights[layer][:, :, :-1].mT, delta, out=below)
                activation.backward(below, self.z[layer - 1], self._h[layer - 1])
                delta = below
        return total
