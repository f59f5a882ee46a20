"""SWALR: the glide to the constant rate at which weights are averaged."""

from __future__ import annotations

from typing import ClassVar, Literal, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.ramps import half_wave
from lrcore.schedules.shapes.tails import Rests, Tail
from lrcore.values.parameter import TICKS, param


@final
class SWALR(Schedule):
    r"""$\eta_t = (1 - \alpha)\,\eta_0 + \alpha\,\eta_{swa}$ with $\alpha = (1 - \cos \pi x)/2$ or $x$, and $x
    = \min(1, t/A)$.

    $A$ = anneal_epochs; swa_lr is held from $t = A$ on, and at once for $A = 0$. As a later part of a
    SequentialLR it glides from the rate that it finds, not from base lr, as torch's does.

    >>> SWALR(swa_lr=0.1, anneal_epochs=2, anneal_strategy="linear").lr([0, 1, 2, 3], 0.5)
    array([0.5, 0.3, 0.1, 0.1])

    Source: torch.optim.swa_utils.SWALR; Izmailov et al., arXiv 1803.05407.
    """

    title = "glide to the averaging rate"
    monotone: ClassVar[bool] = True
    swa_lr: float = param(
        ge=0,
        slider=(1e-4, 1),
        scale="log",
        start=lambda lr, _: lr / 10,
        search="rate",
        rate=True,
        help="the rate at which weights are averaged",
    )
    anneal_epochs: int = param(10, ge=0, slider=(0, 100), unit=TICKS, start=0.5, help="length of the glide")
    anneal_strategy: Literal["cos", "linear"] = param(
        "cos", quiet=True, help="along a cosine or a straight line"
    )

    def _alpha(self, t: FloatArray) -> FloatArray:
        if self.anneal_epochs == 0:
            return np.ones_like(t)
        share = np.minimum(t / self.anneal_epochs, 1.0)
        return share if self.anneal_strategy == "linear" else 1.0 - half_wave(share)

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        alpha = self._alpha(as_steps(step))
        return base_lr + (self.swa_lr - base_lr) * alpha

    def update(self, step: ArrayLike, base_lr: float) -> tuple[FloatArray, FloatArray]:
        t = as_steps(step)
        alpha, before = self._alpha(t), np.where(t == 0, 0.0, self._alpha(t - 1.0))
        keep = np.divide(1.0 - alpha, 1.0 - before, out=np.zeros_like(alpha), where=before < 1.0)
        return keep, self.swa_lr * (alpha - before * keep)

    def resume(self, step: ArrayLike, base_lr: float, running: float) -> FloatArray:
        return self.lr(step, running)

    def knots(self, horizon: int) -> Knots:
        return ((self.anneal_epochs,),) if self.anneal_epochs else ()

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        if self.anneal_epochs == 0:
            return Rate(num(self.swa_lr))
        share = f"u / {self.anneal_epochs}"
        alpha = share if self.anneal_strategy == "linear" else f"(1 - cos(pi * {share})) / 2"
        return Rate(
            f"{num(base_lr)} + {num(self.swa_lr - base_lr)} * ({alpha})",
            (("u", f"min({t}, {self.anneal_epochs})"),),
        )

    def resumed(self, base_lr: float, running: float, t: str) -> Rate:
        return self.formula(running, t)

    def tail(self, base_lr: float) -> Tail:
        return Rests(self.swa_lr, self.anneal_epochs)
