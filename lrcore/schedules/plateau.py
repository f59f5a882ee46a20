"""ReduceLROnPlateau: the schedule that listens to a metric."""

from __future__ import annotations

import math
from typing import Literal, final

from lrcore.schedules.formula.latex import number
from lrcore.schedules.shapes.feedback import FeedbackSchedule, State
from lrcore.values.parameter import TICKS, param


@final
class ReduceLROnPlateau(FeedbackSchedule):
    r"""$\eta \leftarrow \max(f \eta, \eta_{min})$ after more than patience metrics in a row that were no
    improvement.

    A metric improves if it is below best (1 - threshold) (min, rel) or best - threshold (min, abs), mirrored
    for max. Equal and NaN metrics do not. After a cut the next cooldown metrics are not counted. A cut by no
    more than eps is ignored. As in torch, in rel mode with negative metrics a slightly *worse* one counts as
    better, so that the rate is never cut: use threshold_mode="abs". factor = 0, with which the first cut ends
    the training, is refused.

    >>> ReduceLROnPlateau(factor=0.5, patience=1).replay([1.0, 1.0, 1.0, 0.5], 0.1)
    array([0.1 , 0.1 , 0.1 , 0.05, 0.05])

    Source: torch.optim.lr_scheduler.ReduceLROnPlateau.
    """

    title = "cut when a metric stalls"
    mode: Literal["min", "max"] = param(
        "min", quiet=True, help="whether a good metric is a small or a large one"
    )
    factor: float = param(0.1, gt=0, lt=1, slider=(0.05, 0.95), start=0.3, help="factor of each cut")
    patience: int = param(
        10,
        ge=0,
        slider=(0, 100),
        unit=TICKS,
        start=0.08,
        help="epochs without improvement that are tolerated",
    )
    threshold: float = param(
        1e-4, ge=0, slider=(1e-5, 0.1), scale="log", quiet=True, help="how much better counts as better"
    )
    threshold_mode: Literal["rel", "abs"] = param(
        "rel", quiet=True, help="threshold as a share of the best metric, or as it is"
    )
    cooldown: int = param(
        0, ge=0, slider=(0, 100), unit=TICKS, quiet=True, help="epochs after a cut in which none is counted"
    )
    min_lr: float = param(0.0, ge=0, slider=(0, 0.1), quiet=True, rate=True, help="the lowest rate")
    eps: float = param(1e-8, ge=0, slider=(0, 1e-6), quiet=True, help="a cut by no more than this is ignored")

    def start(self, base_lr: float = 1.0) -> State:
        return State(lr=base_lr, best=math.inf if self.mode == "min" else -math.inf)

    def observe(self, state: State, metric: float) -> tuple[float, State]:
        better = self._is_better(metric, state.best)
        bad = 0 if better else state.bad + 1
        cooldown, rate = state.cooldown, state.lr
        if cooldown > 0:
            cooldown, bad = cooldown - 1, 0
        if bad > self.patience:
            lower = max(rate * self.factor, self.min_lr)
            rate = lower if rate - lower > self.eps else rate
            cooldown, bad = self.cooldown, 0
        after = State(lr=rate, best=metric if better else state.best, bad=bad, cooldown=cooldown)
        return (rate / state.lr if state.lr else 1.0), after

    def _is_better(self, metric: float, best: float) -> bool:
        if self.mode == "min":
            return metric < (
                best * (1.0 - self.threshold) if self.threshold_mode == "rel" else best - self.threshold
            )
        return metric > (
            best * (self.threshold + 1.0) if self.threshold_mode == "rel" else best + self.threshold
        )

    def latex(self, base_lr: float) -> str:
        cut = rf"\max({number(self.factor)}\, \eta, {number(self.min_lr)})"
        return (
            rf"\eta_0 = {number(base_lr)},\quad \eta \leftarrow {cut}\ \text{{after {self.patience + 1}"
            r" metrics without improvement}"
        )
