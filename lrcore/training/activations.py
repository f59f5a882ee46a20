"""The activations and their derivatives, in place and vectorised over members."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, final

import torch
from torch import Tensor

_ops = torch.ops.aten


class Activation(ABC):
    """h = f(z). `gain` multiplies z inside the matrix product that makes it, where it costs nothing."""

    gain: ClassVar[float] = 1.0

    @abstractmethod
    def forward(self, z: Tensor, h: Tensor) -> None:
        """Write f(z / gain) to `h`. `z` may be overwritten with whatever `backward` wants to find."""

    @abstractmethod
    def backward(self, delta: Tensor, z: Tensor, h: Tensor) -> None:
        """Multiply `delta`, the gradient of h, by f' in place; `z` and `h` are as `forward` left them."""


@final
class Tanh(Activation):
    """tanh z = 2 sigmoid(2 z) - 1: torch's sigmoid is vectorised five times faster than its tanh on the CPU.

    The identity costs an absolute error of 2e-7 in float32 (2e-16 in float64), one rounding of a number near
    1.
    """

    gain = 2.0

    def forward(self, z: Tensor, h: Tensor) -> None:
        torch.sub(torch.sigmoid(z, out=z).mul_(2.0), 1.0, out=h)

    def backward(self, delta: Tensor, z: Tensor, h: Tensor) -> None:
        _ops.tanh_backward.grad_input(delta, h, grad_input=delta)


@final
class ReLU(Activation):
    """max(z, 0), whose derivative at 0 is 0, as torch has it."""

    def forward(self, z: Tensor, h: Tensor) -> None:
        torch.clamp_min(z, 0.0, out=h)

    def backward(self, delta: Tensor, z: Tensor, h: Tensor) -> None:
        _ops.threshold_backward.grad_input(delta, h, 0.0, grad_input=delta)


@final
class GELU(Activation):
    """z Phi(z) with the exact normal distribution function, torch's default."""

    def forward(self, z: Tensor, h: Tensor) -> None:
        # gelu's out= ignores the strides of h in float32 (torch 2.13, CPU)
        h.copy_(torch.nn.functional.gelu(z))

    def backward(self, delta: Tensor, z: Tensor, h: Tensor) -> None:
        _ops.gelu_backward.grad_input(delta, z, grad_input=delta)


ACTIVATIONS: dict[str, Activation] = {"tanh": Tanh(), "relu": ReLU(), "gelu": GELU()}
