"""The contract of a schedule: a frozen value whose `lr` is a pure, vectorised, closed-form function of the
step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lrcore.errors import PlanError
from lrcore.schedules.formula.latex import rate_latex
from lrcore.schedules.formula.rate import Rate, table
from lrcore.schedules.shapes.heights import Heights
from lrcore.schedules.shapes.knots import Knots, Steps, every, listed
from lrcore.schedules.shapes.matched import Matched
from lrcore.schedules.shapes.repetition import Cycle
from lrcore.schedules.shapes.tails import Rests, Tail, Unknown
from lrcore.values.parameter import Parameter, parameters
from lrcore.values.registry import Registry

FloatArray = NDArray[np.float64]
TURNS_MAX = 50_000  # turning points that are looked at; beyond, every step is
KINDS: Registry[Schedule] = Registry("schedule", PlanError)
TABLE = 1000  # rates that are written out for what has no formula


class Schedule(Heights, Matched, ABC):
    """A learning-rate schedule without its optimiser. Subclasses are final; one file per family, found by the
    registry.

    A subclass's docstring gives the formula, what happens past the end, an example that runs, and the source.
    """

    error = PlanError
    title: ClassVar[str]  # a few words for the schedule menu
    listens: ClassVar[bool] = False  # its rate follows a metric: it has no curve before it has trained
    scales: ClassVar[bool] = False  # lr(t, b) = b f(t), and in a chain it multiplies the running rate
    by_hand: ClassVar[bool] = False  # a person typed its expression, which says itself what it counts
    timed: ClassVar[bool] = False  # its parameters say for how long a run it is made: it rests from there on

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.kind = cls.__name__
        KINDS.add(cls)

    @abstractmethod
    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        """The rate of update (or epoch) number `step`, counted from 0; any step >= 0, any shape; float64."""

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

    def tail(self, base_lr: float) -> Tail:
        """What it does in the long run; the verdict on its sums and the end of a chain follow from it."""
        return Unknown(self.kind)

    def made_for(self, base_lr: float) -> Rests | None:
        """The end of the run that its parameters say it is made for, and the rate that it has there."""
        tail = self.tail(base_lr) if self.timed else None
        return tail if isinstance(tail, Rests) else None

    def climb(self) -> float:
        """The step at which its warm-up is over; 0 without one."""
        return 0

    @property
    def flat(self) -> bool:
        """Constant between its knots, so that its corners draw it exactly. Of this and the next two, a kind
        that has it with any parameters says so in one line: `monotone: ClassVar[bool] = True`."""
        return False

    @property
    def monotone(self) -> bool:
        """It never turns: it only falls, or only rises."""
        return False

    @property
    def smooth(self) -> bool:
        """Smooth between its knots, also at places that are no whole steps; else each step is looked at."""
        return self.flat or self.monotone

    def knots(self, horizon: int) -> Knots:
        """Where the curve jumps or bends before `horizon`: ascending sequences of the first step of each new
        piece.

        `range` objects are welcome: a staircase of ten million treads costs nothing until it is drawn.
        """
        return ()

    def repeats(self) -> Cycle | None:
        """How it repeats itself; None if it does not, or in no whole number of steps."""
        return None

    def turning_points(self, horizon: int) -> Steps | None:
        """Steps before `horizon` between which the rate runs one way, of equal cycles those of the first two;
        None if they are not known, or too many to be looked at."""
        if self.monotone:
            return np.zeros(0, dtype=np.int64)
        if not self.smooth:
            return None
        again = self.repeats()
        if again is not None and again.ratio == 1 and again.limit == np.inf:
            horizon = min(horizon, 2 * again.period + 1)  # what happens first happens within two cycles
        return listed(self.knots(horizon), horizon, min(TURNS_MAX, horizon // 8 + 64))

    def drops(self, horizon: int) -> int | None:
        """How often a staircase falls before `horizon`; None for other curves."""
        return None

    def parts(self) -> tuple[Schedule, ...]:
        """The schedules that a composition holds, in their order."""
        return ()

    def with_parts(self, parts: tuple[Schedule, ...]) -> Schedule:
        """The same composition of other parts, as many as it has."""
        return self

    def stretched(self, ratio: float) -> Schedule | None:
        """The same curve on a clock of `ratio` times as many ticks, where the units of its parameters do not
        say it; None where they do. PlanError if there is none."""
        return None

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

    def pointwise(self, horizon: float = np.inf) -> bool:
        """Whether each rate before `horizon` is computed by itself, so that a long curve may be computed in
        blocks; False for a recursion."""
        return all(part.pointwise(horizon) for part in self.parts())

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

    def effort(self) -> float:
        """What a look at its rates costs, in looks at an ordinary schedule: known before anything is
        computed."""
        return 1.0 + sum(part.effort() for part in self.parts())

    def update_effort(self) -> float:
        """The same for a look at its `update`."""
        return 2.0 * self.effort()

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


def whole_periods(t: FloatArray, period: float) -> FloatArray:
    """How many whole periods are over at t: t // period, ten times as fast on float64 and exact for whole
    numbers below 2**52."""
    return np.floor(t / period)


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
    "Schedule",
    "as_steps",
    "every",
    "schedule_class",
    "whole_periods",
]
