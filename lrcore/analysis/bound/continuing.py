"""Going on with a run: what a plan does past the end that it was made for, and what the convex bound says of
other ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lrcore.analysis.bound.cooldown import cooldown
from lrcore.analysis.bound.terms import Bound, convex_bound
from lrcore.analysis.crossings import leaves_peak, peak
from lrcore.analysis.run import Run
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.constant import Constant
from lrcore.schedules.scaled import Scaled
from lrcore.schedules.sequential import SequentialLR

Kind = Literal["library", "held", "unchanged", "two-stage", "longer", "fresh"]
# the cooldown of the run that goes on unchanged, and of the two-stage one: a share of all updates
SHORT = 0.2
_STAGES = 40  # factors of the second stage that are tried
_HALVINGS = 12  # of the share of the cooldown: to a part in four thousand
_LOOKED_AT = 2048  # ticks at which two ways are compared


@dataclass(frozen=True)
class Way:
    """One way to go on: the plan of the whole run, the update from which it goes on, the bound at the base
    lr that was best for the shorter run (None where it says nothing), and the factor of the second stage, or
    the share of all updates over which the rate falls to 0."""

    kind: Kind
    plan: Plan
    from_update: int
    bound: float | None
    number: float | None = None


def ways_on(plan: Plan, run: Run, updates: int) -> tuple[Way, ...]:
    r"""How to go on with a run to `updates` updates in all.

    - library: the plan as it is, with its clock running on;
    - held: the last rate is kept, which is the one curve without a jump;
    - unchanged: the highest rate is kept until a linear cooldown over the last fifth;
    - two-stage: the same with a lower rate from where the shorter run began to fall;
    - longer: the highest rate with a longer linear cooldown;
    - fresh: a straight line to 0 from the start, at its own best base lr, to compare with.

    The base lr stays what it was, since the first updates are made; it is taken as the best one of the
    shorter run. The factor and the length are those for which it is the best one of the longer run too.
    `from_update` is the end of the shorter run, or where it needs a checkpoint from: three of the ways go on
    from where the rate began to fall, or fall earlier themselves. Left out is what does not apply: a way
    whose curve is that of another one, and one that would begin at update 0, which goes on with nothing.

    PlanError if `updates` are not more than the run has, or the plan has no curve or no bound.

    Source: Schaipp et al., arXiv 2501.18965, section 5.1.
    """
    if updates <= run.steps:
        raise PlanError(
            f"A run of {run.steps:,} updates goes on to more of them, but {updates:,} arrived; give a larger"
            " number."
        )
    return _Continued(plan, run, Run.of(updates, run.steps_per_epoch)).ways()


class _Continued:
    def __init__(self, plan: Plan, before: Run, after: Run) -> None:
        self._plan, self._before, self._after = plan, before, after
        self._stride, self._ticks = after.stride(plan.clock), after.ticks(plan.clock)
        top = peak(plan, before.steps, before.steps_per_epoch)
        self._top = top.lr
        self._first = top.step // self._stride
        self._end = before.ticks(plan.clock)
        falls = leaves_peak(plan, before.steps, before.steps_per_epoch)
        # the last tick at the highest rate
        highest = self._end if falls is None else max(falls // self._stride - 1, self._first)
        latest = max(self._ticks - round(SHORT * self._ticks), self._first)  # where a cooldown has to begin
        self._turn = min(highest, latest)
        self._stage = self._turn < latest  # whether there is room for one
        now = convex_bound(plan, before.steps, before.steps_per_epoch)
        if not now.says:
            raise PlanError("The bound says nothing of this plan: its rates are 0, or end as good as 0.")
        self._factor = now.best_factor

    def ways(self) -> tuple[Way, ...]:
        found = [self._way("library", self._plan, self._end)]
        if (last := float(self._plan.lr(self._before.steps - 1, self._before.steps_per_epoch))) > 0:
            self._add(found, "held", self._from(self._end, Constant(), last), self._end)
        falling = min(SHORT, 1.0 - self._turn / self._ticks)
        self._add(found, "unchanged", self._staged(1.0), self._turn, falling)
        if self._stage:
            lower = self._lower()
            self._add(found, "two-stage", self._staged(lower), self._turn, lower)
        most = 1.0 - self._first / self._ticks
        share = self._longer(min(SHORT, most), most)
        self._add(found, "longer", self._cooled(share), self._cooling(share), share)
        line = Plan(base_lr=self._top, schedule=cooldown(self._ticks, 1.0), clock=self._plan.clock)
        found.append(Way("fresh", line, 0, self._bound(line).best))
        return tuple(found)

    def _add(self, found: list[Way], kind: Kind, plan: Plan, tick: int, number: float | None = None) -> None:
        if tick > 0 and not any(self._alike(plan, way.plan) for way in found):
            found.append(self._way(kind, plan, tick, number))

    def _alike(self, one: Plan, other: Plan) -> bool:
        """Whether nobody could tell the two curves apart; factors are rounded to six digits."""
        steps = np.unique(np.linspace(0, self._ticks - 1, _LOOKED_AT).astype(np.int64)) * self._stride
        first, second = (plan.lr(steps, self._after.steps_per_epoch) for plan in (one, other))
        return bool(np.allclose(first, second, rtol=1e-5, atol=1e-5 * self._top))

    def _bound(self, plan: Plan) -> Bound:
        return convex_bound(plan, self._after.steps, self._after.steps_per_epoch)

    def _way(self, kind: Kind, plan: Plan, tick: int, number: float | None = None) -> Way:
        bound = self._bound(plan)
        start = min(tick * self._stride, self._before.steps)  # the last epoch may have been broken off
        return Way(kind, plan, start, bound.at(self._factor) if bound.says else None, number)

    def _from(self, tick: int, schedule: Schedule, rate: float) -> Plan:
        """The plan that was run until a tick, then another schedule that starts from `rate`."""
        factor = float(f"{rate / self._plan.base_lr:.6g}")
        part = schedule if factor == 1 else Scaled(schedule=schedule, factor=factor)
        if tick == 0:
            return Plan(base_lr=self._plan.base_lr, schedule=part, clock=self._plan.clock)
        both = SequentialLR(schedulers=(self._plan.schedule, part), milestones=(tick,))
        return Plan(base_lr=self._plan.base_lr, schedule=both, clock=self._plan.clock)

    def _staged(self, factor: float) -> Plan:
        left = self._ticks - self._turn
        return self._from(self._turn, cooldown(left, SHORT * self._ticks / left), factor * self._top)

    def _cooling(self, share: float) -> int:
        """The tick from which a run with that share of cooldown is another one."""
        return max(self._first, min(self._turn, self._ticks - round(share * self._ticks)))

    def _cooled(self, share: float) -> Plan:
        start = self._cooling(share)
        left = self._ticks - start
        return self._from(start, cooldown(left, share * self._ticks / left), self._top)

    def _lower(self) -> float:
        """The highest factor of the second stage, in steps of a fortieth, at which the base lr is not too
        high; where there is none, as with very low ones it is too high again, the one at which it is least
        so."""
        fits = 1.0
        best = 0.0
        for step in range(_STAGES, 0, -1):
            found = self._bound(self._staged(step / _STAGES)).best_factor
            if found > best:
                fits, best = step / _STAGES, found
            if found >= self._factor:
                break
        return fits

    def _longer(self, low: float, high: float) -> float:
        """The share of the cooldown at which the base lr is the best one, which rises with the share."""
        if self._bound(self._cooled(low)).best_factor >= self._factor:
            return low
        if self._bound(self._cooled(high)).best_factor <= self._factor:
            return high
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self._bound(self._cooled(middle)).best_factor > self._factor:
                high = middle
            else:
                low = middle
        return (low + high) / 2
