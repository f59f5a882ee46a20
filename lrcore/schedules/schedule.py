"""The contract of a schedule: a frozen value whose `lr` is a pure, vectorised, closed-form function of the
step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BeforeValidator, SerializeAsAny

from lrcore.errors import PlanError
from lrcore.schedules.formula.latex import rate_latex
from lrcore.schedules.formula.rate import Rate, table
from lrcore.schedules.shapes.knots import Knots, every
from lrcore.values.parameter import Parameter, parameters
from lrcore.values.registry import Registry
from lrcore.values.value import Kinded, short

FloatArray = NDArray[np.float64]
KINDS: Registry[Schedule] = Registry("schedule", PlanError)
TABLE = 1000  # rates that are written out for what has no formula


class Schedule(Kinded, ABC):
    """A learning-rate schedule without its optimiser. Subclasses are final; one file per family, found by the
    registry.

    A subclass's docstring gives the formula, what happens past the end, an example that runs, and the source.
    """

    error = PlanError
    title: ClassVar[str]  # a few words for the schedule menu
    flat: ClassVar[bool] = False  # constant between its knots, so that its vertices draw it exactly
    listens: ClassVar[bool] = (
        False  # its rate follows a metric, so that it has no curve before it has trained
    )
    scales: ClassVar[bool] = (
        False  # lr(t, b) = b f(t), and chained with others it multiplies the running rate
    )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.kind = cls.__name__
        KINDS.add(cls)

    @abstractmethod
    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        """The rate of the update (or epoch) number `step`, counted from 0; any step >= 0, any shape;
        float64."""

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        """The rate as one expression of the step `t`, from which its LaTeX and what is exported follow; for a
        kind without one the table of its first rates.

        Args:
            base_lr: the rate that the schedule starts from.
            t: an expression of the step; a part of a composition gets one with its own clock.
        """
        return table(self.lr(np.arange(TABLE), base_lr).tolist(), t)

    def resumed(self, base_lr: float, running: float, t: str) -> Rate:
        """The formula of `resume`: nearly all start afresh from base lr."""
        return self.formula(base_lr, t)

    def latex(self, base_lr: float) -> str:
        r"""The formula of $\eta_t$ in LaTeX with this schedule's numbers put in, rounded to six digits."""
        try:
            return rate_latex(self.formula(base_lr))
        except PlanError:  # too long for anybody, or a table some of whose rates do not exist
            return rf"\eta_t:\ \text{{{self.title}}}"

    def knots(self, horizon: int) -> Knots:
        """Where the curve jumps or bends before `horizon`: ascending sequences of the first step of each new
        piece.

        `range` objects are welcome: a staircase of ten million treads costs nothing until it is drawn.
        """
        return ()

    def momentum(self, step: ArrayLike) -> FloatArray | None:
        """The momentum (beta1 for Adam) that the schedule sets at `step`; None if it leaves the momentum
        alone."""
        return None

    @classmethod
    def starting(cls, base_lr: float, horizon: int) -> Self:
        """What this schedule begins with when a person chooses it: every parameter where its declaration
        says, for a run of `horizon` ticks at `base_lr`."""
        return cls(**{name: item.starting_value(base_lr, horizon) for name, item in parameters(cls).items()})

    def controls(self) -> dict[str, Parameter]:
        """The parameters a person can move on this very schedule: the declared ones, and a formula's own
        names."""
        return parameters(type(self))

    def replace(self, name: str, value: Any) -> Self:
        """The same schedule with one of its controls changed, validated anew."""
        return type(self)(
            **{**{field: getattr(self, field) for field in type(self).model_fields}, name: value}
        )

    def scales_until(self) -> float:
        """The last step up to which lr(t, b) = b f(t), so that a chain is a plain product there; inf for
        ever, -1 never."""
        return np.inf if self.scales else -1

    def pointwise(self) -> bool:
        """Whether each rate is computed by itself, so that a long curve may be computed in blocks; False for
        a recursion."""
        return True

    def update(self, step: ArrayLike, base_lr: float) -> tuple[FloatArray, FloatArray]:
        """What one `step()` of torch does to the running rate: (a, c) of lr -> a lr + c; at step 0 what its
        constructor does.

        A schedule that scales multiplies by the ratio of its factors; any other one sets the rate and forgets
        the running one.
        """
        t = as_steps(step)
        last = self.scales_until()
        if last < 0:
            return np.zeros_like(t), self.lr(t, base_lr)
        now, before = self.lr(t, 1.0), self.lr(np.maximum(t - 1.0, 0.0), 1.0)
        before = np.where(t == 0, 1.0, before)
        resting = (now == 0) & (before == 0)  # past a decay to 0 torch leaves the running rate as it is
        ratio = np.divide(now, before, out=np.zeros_like(now), where=before > 0)
        keep, add = np.where(resting, 1.0, ratio), np.where((before == 0) & ~resting, now * base_lr, 0.0)
        return (
            (keep, add)
            if last == np.inf
            else (np.where(t <= last, keep, 0.0), np.where(t <= last, add, self.lr(t, base_lr)))
        )

    def forgets(self) -> bool:
        """Whether its `update` sets the rate itself at every step, so that as the last part of a chain it
        alone decides."""
        return type(self).update is Schedule.update and self.scales_until() < 0

    def resume(self, step: ArrayLike, base_lr: float, running: float) -> FloatArray:
        """The rate as a later part of a sequence that left off at the rate `running`; nearly all start afresh
        from base lr."""
        return self.lr(step, base_lr)


def as_steps(step: ArrayLike) -> FloatArray:
    """Steps as float64 (exact up to 2**53), so that products with a rate never overflow an integer."""
    return np.asarray(step, dtype=np.float64)


def turns(t: FloatArray, period: float) -> FloatArray:
    """How many whole periods are over at t: t // period, ten times as fast on float64 and exact for whole
    numbers below 2**52."""
    return np.floor(t / period)


def _part(value: Any) -> Any:
    """A member of a composition: a schedule, or its JSON form; never a schedule that waits for a metric."""
    if isinstance(value, dict) and isinstance(value.get("kind"), str):
        value = schedule_class(value["kind"])(**value)
    if not isinstance(value, Schedule):
        raise PlanError(
            f"{short(value)} is not a schedule; write a call there, like StepLR(step_size=30, gamma=0.1)."
        )
    if value.listens:
        raise PlanError(
            f"{value.kind} needs a metric and cannot be part of another schedule; torch refuses it too. Use"
            " it alone."
        )
    return value


Part = Annotated[SerializeAsAny[Schedule], BeforeValidator(_part)]

SCHEDULES = KINDS.where(lambda cls: not cls.listens)
"""Those that are a function of the step."""

FEEDBACK = KINDS.where(lambda cls: cls.listens)
"""Those that need a metric: they parse and train like the others, but have no curve of their own."""


def schedule_class(kind: str) -> type[Schedule]:
    """The schedule's class by its name; PlanError with the nearest name if there is none."""
    return KINDS.find(kind)


__all__ = [
    "FEEDBACK",
    "SCHEDULES",
    "FloatArray",
    "Knots",
    "Part",
    "Schedule",
    "as_steps",
    "every",
    "schedule_class",
    "turns",
]
