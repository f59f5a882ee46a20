"""ChainedScheduler: several schedules at once on one optimiser."""

from __future__ import annotations

from typing import Annotated, final

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from lrcore.schedules.exponential import ExponentialLR
from lrcore.schedules.formula.rate import Rate, apart, num
from lrcore.schedules.linear import LinearLR
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.chains import follow
from lrcore.schedules.shapes.knots import Steps
from lrcore.schedules.shapes.parts import Part
from lrcore.schedules.shapes.starts import decay_per_step, warmup_length
from lrcore.schedules.shapes.tails import Product, Tail, Unknown
from lrcore.schedules.shapes.turning import product_turns
from lrcore.values.parameter import param

PARTS_MAX = 20
_FINITE = np.finfo(np.float64).max


@final
class ChainedScheduler(Schedule):
    r"""$\eta_t = \eta_0 \prod_i f_i(t)$ while every part is a pure factor $f_i$ of base lr; else torch's
    recursion.

    At every step each part in its order changes the running rate, $\eta \leftarrow a \eta + c$. Three things
    are no product, here as in torch: CosineAnnealingLR with eta_min above 0, or past its T_max, pulls towards
    eta_min by a share of the distance; SWALR does likewise; and a part that sets the rate itself (LambdaLR,
    CyclicLR, OneCycleLR, warm restarts, a table, a formula) forgets what the parts before it did, so that
    parts after it act by their last step only. Put such a part alone or in a SequentialLR. Each part keeps
    its own numbers; in torch, constructors also overwrite what the parts share in the optimiser (its first
    rate, the swa_lr of two SWALR), and a paste that differs by that is refused. Where the recursion has no
    closed form, 10,000,000 steps are followed and more refused. Compositions nest anywhere.

    >>> from lrcore.schedules.constant import ConstantLR
    >>> from lrcore.schedules.exponential import ExponentialLR
    >>> ChainedScheduler(schedulers=[ConstantLR(factor=0.5, total_iters=2), ExponentialLR(gamma=0.5)]).lr([0,
    ...     1, 2, 3], 1.0)
    array([0.5  , 0.25 , 0.25 , 0.125])

    Source: torch.optim.lr_scheduler.ChainedScheduler.
    """

    title = "several schedules at once"
    schedulers: Annotated[tuple[Part, ...], Field(min_length=1, max_length=PARTS_MAX)] = param(
        positional=True,
        start=lambda _, run: (
            LinearLR(start_factor=0.1, total_iters=warmup_length(run)),
            ExponentialLR(gamma=decay_per_step(run)),
        ),
        help="the schedules, in the order in which they act",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        t = as_steps(step)
        if len(self.schedulers) == 1:
            return self.schedulers[0].lr(t, base_lr)
        last = self.scales_until()
        rate = np.empty_like(t)
        rate[t <= last] = self._product(t[t <= last], base_lr)
        if (late := t > last).any():
            start = float(self._product(as_steps(last), base_lr)) if last >= 0 else base_lr
            rate[late] = self._follow(t[late], base_lr, start, int(last) + 1)
        return rate

    def _product(self, t: FloatArray, base_lr: float) -> FloatArray:
        factors = [np.minimum(part.lr(t, 1.0), _FINITE) for part in self.schedulers]  # 0 times inf is no rate
        return np.asarray(base_lr * np.prod(factors, axis=0))

    def _follow(self, t: FloatArray, base_lr: float, start: float, first: int) -> FloatArray:
        keep, add = self.update(t, base_lr)
        if not keep.any():  # some part sets the rate at all of these steps: none needs the one before
            return add
        return follow(lambda steps: self.update(steps, base_lr), t, self.kind, (self, base_lr), start, first)

    def update(self, step: ArrayLike, base_lr: float) -> tuple[FloatArray, FloatArray]:
        t = as_steps(step)
        keep, add = np.ones_like(t), np.zeros_like(t)
        for part in self.schedulers:
            a, c = part.update(t, base_lr)
            keep, add = a * keep, a * add + c
        return keep, add

    def scales_until(self) -> float:
        return min(part.scales_until() for part in self.schedulers)

    def parts(self) -> tuple[Schedule, ...]:
        return self.schedulers

    def with_parts(self, parts: tuple[Schedule, ...]) -> Schedule:
        return self.replace("schedulers", parts)

    def pointwise(self, horizon: float = np.inf) -> bool:
        product = len(self.schedulers) == 1 or horizon - 1 <= self.scales_until()
        return product and super().pointwise(horizon)

    def effort(self) -> float:
        return super().effort() if self.pointwise() else 2.0 + self.update_effort()

    def update_effort(self) -> float:
        return 1.0 + sum(part.update_effort() for part in self.schedulers)

    @property
    def smooth(self) -> bool:
        return all(part.smooth for part in self.schedulers)

    def turning_points(self, horizon: int) -> Steps | None:
        if len(self.schedulers) == 1:
            return self.schedulers[0].turning_points(horizon)
        return product_turns(self.schedulers, horizon) if self.pointwise(horizon) else None

    def tail(self, base_lr: float) -> Tail:
        if len(self.schedulers) == 1:
            return self.schedulers[0].tail(base_lr)
        if self.scales_until() < np.inf:
            return Unknown(self.kind)
        return Product(self.kind, tuple(part.tail(1.0) for part in self.schedulers))

    def momentum(self, step: ArrayLike) -> FloatArray | None:
        driven = [values for part in self.schedulers if (values := part.momentum(step)) is not None]
        return driven[-1] if driven else None

    def knots(self, horizon: int) -> Knots:
        return tuple(knots for part in self.schedulers for knots in part.knots(horizon))

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        last = self.schedulers[-1]
        if len(self.schedulers) == 1 or last.forgets():
            return last.formula(base_lr, t)
        if self.scales_until() != np.inf:
            return super().formula(base_lr, t)
        factors, where = apart(part.formula(1.0, t) for part in self.schedulers)
        return Rate(f"{num(base_lr)} * " + " * ".join(f"({factor})" for factor in factors), where)

    def latex(self, base_lr: float) -> str:
        last = self.schedulers[-1]
        if len(self.schedulers) == 1 or last.forgets() or self.scales_until() == np.inf:
            return super().latex(base_lr)
        steps = r",\quad ".join(
            rf"g_{{{i}}}:\ {part.latex(base_lr)}" for i, part in enumerate(self.schedulers, 1)
        )
        return rf"\eta_t = (g_{{{len(self.schedulers)}}} \circ \dots \circ g_1)(\eta_{{t-1}}),\quad {steps}"
