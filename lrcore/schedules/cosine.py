"""CosineAnnealingLR: half a cosine wave, which goes on past its end."""

from __future__ import annotations

from typing import final

import numpy as np
from numpy.typing import ArrayLike

from lrcore._values import TICKS, param
from lrcore.schedules._base import FloatArray, Knots, Schedule, as_steps, every, number


@final
class CosineAnnealingLR(Schedule):
    r"""$\eta_t = \eta_{min} + (\eta_0 - \eta_{min}) (1 + \cos(\pi t / T)) / 2$ with $T$ = T_max.

    Past T_max it climbs back, with period 2 T_max, as torch's does. eta_min is reached at $t = T$: one step after the
    last of T updates. eta_min above base lr rises first. T_max need not be whole; 0 divides by zero in torch and is refused.

    >>> CosineAnnealingLR(T_max=2, eta_min=0.5).lr([0, 1, 2, 3, 4], 1.0)
    array([1.  , 0.75, 0.5 , 0.75, 1.  ])

    Source: torch.optim.lr_scheduler.CosineAnnealingLR; Loshchilov & Hutter, SGDR, arXiv 1608.03983.
    """

    title = "cosine annealing"
    T_max: float = param(gt=0, slider=(1, 1000), unit=TICKS, scale="log", start=1, help="steps from base lr down to eta_min")
    eta_min: float = param(0.0, ge=0, slider=(0, 0.1), quiet=True, help="the lowest rate")

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        turn = np.mod(as_steps(step), 2.0 * self.T_max) / self.T_max
        return self.eta_min + (base_lr - self.eta_min) * (1.0 + np.cos(np.pi * turn)) / 2.0

    def knots(self, horizon: int) -> Knots:
        return (every(self.T_max, horizon),)

    def latex(self, base_lr: float) -> str:
        low, swing = number(self.eta_min), number(base_lr - self.eta_min)
        lead = f"{low} + " if self.eta_min else ""
        return rf"\eta_t = {lead}{swing} \cdot \frac{{1 + \cos(\pi t / {number(self.T_max)})}}{{2}}"
