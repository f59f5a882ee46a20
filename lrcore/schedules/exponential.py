"""ExponentialLR: the same factor at every step."""

from __future__ import annotations

from typing import final

import numpy as np
from numpy.typing import ArrayLike

from lrcore._values import param
from lrcore.schedules._base import FloatArray, Schedule, as_steps, number


@final
class ExponentialLR(Schedule):
    r"""$\eta_t = \eta_0 \gamma^t$. Never ends; gamma above 1 grows.

    >>> ExponentialLR(gamma=0.5).lr([0, 1, 2], 1.0)
    array([1.  , 0.5 , 0.25])

    Source: torch.optim.lr_scheduler.ExponentialLR.
    """

    title = "exponential decay"
    gamma: float = param(gt=0, slider=(0.9, 1), start=0.99, help="factor of every step")

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return base_lr * np.power(self.gamma, as_steps(step))

    def latex(self, base_lr: float) -> str:
        return rf"\eta_t = {number(base_lr)} \cdot {number(self.gamma)}^{{t}}"
