"""Scaled: another schedule at a multiple of the base lr."""

from __future__ import annotations

from typing import final

from numpy.typing import ArrayLike

from lrcore.schedules.cosine import CosineAnnealingLR
from lrcore.schedules.formula.rate import Rate
from lrcore.schedules.schedule import FloatArray, Knots, Schedule
from lrcore.schedules.shapes.knots import Steps
from lrcore.schedules.shapes.parts import Part
from lrcore.schedules.shapes.tails import Tail
from lrcore.values.parameter import param


@final
class Scaled(Schedule):
    r"""The schedule that it holds, started from $c\,\eta_0$ instead of $\eta_0$, with $c$ = factor.

    It lets the parts of a SequentialLR have peaks of their own. A rate that does not depend on base lr
    (eta_min, max_lr, a table) stays as it is.

    >>> from lrcore.schedules.exponential import ExponentialLR
    >>> Scaled(schedule=ExponentialLR(gamma=0.5), factor=4.0).lr([0, 1, 2], 1.0)
    array([4., 2., 1.])

    Source: optax.join_schedules and sgdr_schedule, whose pieces begin at values of their own.
    """

    title = "another schedule, scaled"
    schedule: Part = param(
        positional=True, start=lambda _, run: CosineAnnealingLR(T_max=run), help="the schedule to scale"
    )
    factor: float = param(
        1.0, gt=0, slider=(0.01, 10), scale="log", start=0.5, help="multiplies base lr for it"
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return self.schedule.lr(step, base_lr * self.factor)

    def momentum(self, step: ArrayLike) -> FloatArray | None:
        return self.schedule.momentum(step)

    def parts(self) -> tuple[Schedule, ...]:
        return (self.schedule,)

    def with_parts(self, parts: tuple[Schedule, ...]) -> Schedule:
        return self.replace("schedule", parts[0])

    @property
    def smooth(self) -> bool:
        return self.schedule.smooth

    def turning_points(self, horizon: int) -> Steps | None:
        return self.schedule.turning_points(horizon)

    def tail(self, base_lr: float) -> Tail:
        return self.schedule.tail(base_lr * self.factor)

    def scales_until(self) -> float:
        return self.schedule.scales_until()

    def knots(self, horizon: int) -> Knots:
        return self.schedule.knots(horizon)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        return self.schedule.formula(base_lr * self.factor, t)
