"""SequentialLR: one schedule after another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Annotated, Self, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from lrcore.errors import PlanError
from lrcore.schedules.cosine import CosineAnnealingLR
from lrcore.schedules.formula.rate import Rate, apart
from lrcore.schedules.linear import LinearLR
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.knots import Steps, moved, shifted
from lrcore.schedules.shapes.parts import Part
from lrcore.schedules.shapes.starts import descent_length, warmup_length
from lrcore.schedules.shapes.tails import Tail, later
from lrcore.values.parameter import TICKS, TICKS_MAX, param

PARTS_MAX = 100


@final
class SequentialLR(Schedule):
    r"""$\eta_t = f_i(t - m_{i-1})$ with $i = \#\{m \le t\}$: each part starts afresh from base lr, with its
    own clock at 0.

    A MultiplicativeLR or SWALR as a later part goes on from the rate that it finds, as in torch. The last
    part never ends. A OneCycleLR or CyclicLR leaves the base lr of the others alone (torch's constructors
    overwrite it: a pasted sequence is read with the one that they leave, or refused). Compositions nest
    anywhere (torch knows them as the first part only). torch does not look at the order of the milestones;
    here they ascend, and there is one less than there are parts. Two equal milestones skip the part between
    them.

    >>> from lrcore.schedules.constant import ConstantLR
    >>> from lrcore.schedules.exponential import ExponentialLR
    >>> parts = [ConstantLR(factor=0.5, total_iters=9), ExponentialLR(gamma=0.5)]
    >>> SequentialLR(schedulers=parts, milestones=[2]).lr([0, 1, 2, 3, 4], 1.0)
    array([0.5 , 0.5 , 1.  , 0.5 , 0.25])

    Source: torch.optim.lr_scheduler.SequentialLR; optax.join_schedules (with Scaled for values of their own).
    """

    title = "one schedule after another"
    schedulers: Annotated[tuple[Part, ...], Field(min_length=1, max_length=PARTS_MAX)] = param(
        positional=True,
        start=lambda _, run: (
            LinearLR(start_factor=0.1, total_iters=warmup_length(run)),
            CosineAnnealingLR(T_max=descent_length(run)),
        ),
        help="the schedules, in their order",
    )
    milestones: Annotated[
        tuple[Annotated[int, Field(ge=0, le=TICKS_MAX)], ...], Field(max_length=PARTS_MAX)
    ] = param(
        unit=TICKS,
        start=lambda _, run: (warmup_length(run),),
        help="the steps at which the next one takes over",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        parts, cuts = len(self.schedulers), self.milestones
        if len(cuts) != parts - 1:
            raise PlanError(
                f"SequentialLR: {parts} schedules need {parts - 1} milestones between them, but {len(cuts)}"
                " arrived."
            )
        if any(later < earlier for earlier, later in pairwise(cuts)):
            raise PlanError(f"SequentialLR: the milestones {list(cuts)} do not ascend; sort them.")
        return self

    def in_turn(self) -> Iterator[tuple[Schedule, int, float]]:
        """The parts that get a turn, with its first step and the step after its last."""
        starts = (0, *self.milestones)
        for part, start, end in zip(self.schedulers, starts, (*self.milestones, np.inf), strict=True):
            if start < end:
                yield part, start, end

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return self._follow(as_steps(step), base_lr, None)

    def resume(self, step: ArrayLike, base_lr: float, running: float) -> FloatArray:
        return self._follow(as_steps(step), base_lr, running)

    def _follow(self, t: FloatArray, base_lr: float, running: float | None) -> FloatArray:
        rate = np.empty_like(t)
        last = t.max(initial=0.0)
        for part, start, end in self.in_turn():
            if start > last:
                break
            turn = _during(t, start, end)
            if (clock := t[turn]).size:
                rate[turn] = _rate(part, clock - start, base_lr, running)
            if end <= last:
                running = float(_rate(part, as_steps(end - start - 1), base_lr, running))
        return rate

    def update(self, step: ArrayLike, base_lr: float) -> tuple[FloatArray, FloatArray]:
        t = as_steps(step)
        keep, add = np.empty_like(t), np.empty_like(t)
        for part, start, end in self.in_turn():
            turn = _during(t, start, end)
            keep[turn], add[turn] = part.update(t[turn] - start, base_lr)
            if start > 0:
                # torch's milestone: nearly every part sets its first rate there and forgets the running one
                first = float(part.resume(0, base_lr, 0.0))
                keep[t == start], add[t == start] = float(part.resume(0, base_lr, 1.0)) - first, first
            else:
                keep[t == 0], add[t == 0] = 0.0, float(part.lr(0, base_lr))
        return keep, add

    def update_effort(self) -> float:
        return 1.0 + sum(part.update_effort() for part in self.schedulers)

    def parts(self) -> tuple[Schedule, ...]:
        return self.schedulers

    def with_parts(self, parts: tuple[Schedule, ...]) -> Schedule:
        return self.replace("schedulers", parts)

    @property
    def smooth(self) -> bool:
        return all(part.smooth for part in self.schedulers)

    def turning_points(self, horizon: int) -> Steps | None:
        found = [np.zeros(0, dtype=np.int64)]
        for part, start, end in self.in_turn():
            if start < horizon:
                until = int(min(end, horizon))
                inner = moved(part.turning_points(until - start), start, start, until)
                if inner is None:
                    return None
                found.append(inner)
        return np.concatenate(found)

    def tail(self, base_lr: float) -> Tail:
        start = self.milestones[-1] if self.milestones else 0
        return later(self.schedulers[-1].tail(base_lr), start, start)

    def momentum(self, step: ArrayLike) -> FloatArray | None:
        t = as_steps(step)
        driven = [values for part in self.schedulers if (values := part.momentum(0)) is not None]
        if not driven:
            return None
        # each constructor writes its first momentum; the last one built wins until a part has its turn
        held = float(driven[-1])
        momentum = np.empty_like(t)
        for part, start, end in self.in_turn():
            turn = _during(t, start, end)
            values = part.momentum(t[turn] - start)
            momentum[turn] = held if values is None else values
            if values is not None and end < np.inf:
                held = float(np.asarray(part.momentum(end - start - 1)))
        return momentum

    def knots(self, horizon: int) -> Knots:
        turns = [turn for turn in self.in_turn() if turn[1] < horizon]
        inner = (
            shifted(part.knots(int(min(horizon, end) - start)), start, end) for part, start, end in turns
        )
        return (tuple(start for _, start, _ in turns if start > 0), *chain.from_iterable(inner))

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        return self._formula(base_lr, None, t)

    def resumed(self, base_lr: float, running: float, t: str) -> Rate:
        return self._formula(base_lr, running, t)

    def _formula(self, base_lr: float, running: float | None, t: str) -> Rate:
        rates: list[Rate] = []
        ends: list[float] = []
        for part, start, end in self.in_turn():
            clock = f"max({t} - {start}, 0)" if start else t
            rates.append(
                part.formula(base_lr, clock) if running is None else part.resumed(base_lr, running, clock)
            )
            ends.append(end)
            if end < np.inf:
                running = float(_rate(part, as_steps(end - start - 1), base_lr, running))
        texts, where = apart(rates)
        text = texts.pop()
        for piece, end in zip(reversed(texts), reversed(ends[:-1]), strict=True):
            text = f"({piece} if {t} < {end:.0f} else {text})"
        return Rate(text, where)


def _rate(part: Schedule, t: FloatArray, base_lr: float, running: float | None) -> FloatArray:
    return part.lr(t, base_lr) if running is None else part.resume(t, base_lr, running)


def _during(t: FloatArray, start: float, end: float) -> slice | NDArray[np.bool_]:
    """Where start <= t < end: a slice, which copies nothing, if the steps ascend, as those of a curve do."""
    if t.ndim == 1 and bool((t[1:] >= t[:-1]).all()):
        return slice(*(int(i) for i in np.searchsorted(t, [start, end])))
    return (t >= start) & (t < end)
