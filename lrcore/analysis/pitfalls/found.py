"""What silently costs people runs: conditions on a plan and a run, each with a sentence that names the
numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lrcore.analysis.pitfalls.parts import Acting, Seam, acting, seams
from lrcore.analysis.run import Run
from lrcore.plan import Clock, Plan
from lrcore.schedules.schedule import FloatArray

Kind = Literal["jump", "restart", "warm-up", "never", "unfinished", "outlived", "above"]
JUMP = 0.05  # of a rate, outside what the part before would have given
NOTICED = 0.05  # of a descent
_SLACK = 0.02  # of the run, by which the end of a schedule may miss it; and one tick
_PLACES = 64  # at which a stretch of a curve is looked at
_CLOCKS: dict[Clock, str] = {"epoch": "epochs", "iteration": "updates"}


@dataclass(frozen=True)
class Pitfall:
    """What was found, the update at which it begins, and the sentence about it."""

    kind: Kind
    update: int
    sentence: str


def pitfalls(plan: Plan, steps: int, steps_per_epoch: int = 1) -> list[Pitfall]:
    """What a run of N = `steps` updates does under a plan that its author may not know, by the update.

    - jump: where a part of a composition hands over, the rate jumps by more than 5 % beyond what the part
      before would have gone on with;
    - restart: a schedule that has come to its end climbs back;
    - warm-up: it is as long as the run;
    - never: a part never gets its turn;
    - unfinished, outlived: the schedule is made for more or fewer ticks than the run has, by more than 2 %
      and one;
    - above: it ends in time, yet with its last update 5 % of the descent above the rate that it says it ends
      at.

    PlanError for a plan without a curve.

    >>> from lrcore.plan import parse_plan
    >>> for found in pitfalls(parse_plan("lr=0.1 CosineAnnealingLR(T_max=50)"), 80):
    ...     print(found.sentence)
    CosineAnnealingLR is over at update 50 and climbs back from there, from 0 to 0.06243 at the last update;
    its T_max is 50 epochs, and the run has 80.
    """
    return sorted(_Found(plan, Run.of(steps, steps_per_epoch)).all(), key=lambda found: found.update)


class _Found:
    def __init__(self, plan: Plan, run: Run) -> None:
        self._plan, self._run = plan, run
        self._stride, self._ticks = run.stride(plan.clock), run.ticks(plan.clock)
        plan.lr(0)
        self._acting = list(acting(plan.schedule, plan.base_lr))

    def all(self) -> Iterator[Pitfall]:
        for seam in seams(self._plan.schedule, self._plan.base_lr, self._ticks):
            yield from self._jump(seam)
        for one in self._acting:
            yield from self._climb(one)
            yield from self._end(one)
        late = [one for one in self._acting if one.start >= self._ticks]
        yield from map(self._never, late[:1])

    def _rate(self, tick: float) -> float:
        return float(self._plan.lr(int(tick) * self._stride, self._run.steps_per_epoch))

    def _update(self, tick: float) -> int:
        return int(np.ceil(tick)) * self._stride

    def _counted(self, ticks: float) -> str:
        return f"{ticks:,.6g} {_CLOCKS[self._plan.clock]}"

    def _loop(self) -> str:
        """The usual reason, where the other clock counts as many as the plan is made for."""
        other: Clock = "iteration" if self._plan.clock == "epoch" else "epoch"
        ends = [one.zero + end.start for one in self._acting if (end := one.schedule.made_for(one.base_lr))]
        count = self._run.ticks(other)
        if self._run.steps_per_epoch == 1 or not ends or abs(max(ends) - count) > self._slack(count):
            return ""
        return (
            f" It counts {_CLOCKS[self._plan.clock]}, and the run has {count:,} {_CLOCKS[other]}:"
            " scheduler.step() may stand in the wrong loop."
        )

    def _slack(self, ticks: float) -> float:
        return max(1.0, _SLACK * ticks)

    def _jump(self, seam: Seam) -> Iterator[Pitfall]:
        low, high = sorted((seam.last, seam.continued))
        if (1 - JUMP) * low <= seam.first <= (1 + JUMP) * high:
            return
        at = self._update(seam.tick)
        before, after = self._rate(seam.tick - 1), self._rate(seam.tick)
        size = (
            f"by {100 * abs(after / before - 1):,.0f} %"
            if before > 0 and 0.1 < after / before < 10
            else f"{max(after, before) / min(after, before):,.4g} times"
            if min(after, before) > 0
            else "at once"
        )
        way = "rises" if after > before else "falls"
        yield Pitfall(
            "jump",
            at,
            f"At update {at:,}, where {seam.after.kind} takes over from {seam.before.kind}, the rate {way}"
            f" {size}, from {before:.4g} to {after:.4g}.",
        )

    def _climb(self, one: Acting) -> Iterator[Pitfall]:
        over = one.zero + one.schedule.climb()
        if one.start > 0 or not one.schedule.climb() or over < self._ticks or one.end < self._ticks:
            return
        yield Pitfall(
            "warm-up",
            0,
            f"The warm-up of {one.schedule.kind} takes {self._counted(over)}, and the run has"
            f" {self._ticks:,}: it ends in it, at a rate of {self._rate(self._ticks - 1):.4g}.{self._loop()}",
        )

    def _never(self, one: Acting) -> Pitfall:
        return Pitfall(
            "never",
            self._run.steps,
            f"{one.schedule.kind} never gets its turn: that begins after {self._counted(one.start)}, and the"
            f" run has {self._ticks:,}.{self._loop()}",
        )

    def _end(self, one: Acting) -> Iterator[Pitfall]:
        made_for = one.schedule.made_for(one.base_lr)
        if made_for is None or made_for.start == np.inf or one.start >= self._ticks:
            return
        end = one.zero + made_for.start
        last = min(one.end, self._ticks) - 1
        way_down = one.rates(_between(one.start, end))
        low, top = float(way_down[-1]), float(way_down.max())
        if not low < top * (1 - NOTICED):  # a ramp that rises is a warm-up
            return
        noticed = low + NOTICED * (top - low)
        if last > end and (after := one.rates(_between(end, last))).max() > noticed:
            yield self._restart(one, end, last, after)
        elif one.end == np.inf:
            yield from self._last(one, end, noticed)

    def _restart(self, one: Acting, end: float, last: float, after: FloatArray) -> Pitfall:
        at, rate = self._update(end), self._rate(last)
        where = "the last update" if last == self._ticks - 1 else f"update {self._update(last):,}"
        turns = int((last - one.zero) // (2 * (end - one.zero)))
        again = (
            f"climbs back and comes down again, {turns:,} times"
            if turns > 1
            else f"climbs back from there, from {self._rate(np.ceil(end)):.4g} to {rate:.4g} at {where}"
            if rate >= 0.9 * after.max()
            else "climbs back from there and comes down again"
        )
        return Pitfall(
            "restart",
            at,
            f"{one.schedule.kind} is over at update {at:,} and {again}; its {self._length(one)} is"
            f" {self._counted(end - one.zero)}, and {self._had(one)}.{self._loop()}",
        )

    def _had(self, one: Acting) -> str:
        if one.start == 0 and one.end >= self._ticks:
            return f"the run has {self._ticks:,}"
        return f"it has {min(one.end, self._ticks) - one.start:,.6g}"

    def _length(self, one: Acting) -> str:
        """The parameter that says how long it is, where one alone does."""
        end = one.schedule.made_for(one.base_lr)
        names = [
            name
            for name in one.schedule.controls()
            if end is not None and getattr(one.schedule, name, None) == end.start
        ]
        return names[0] if names else "length"

    def _last(self, one: Acting, end: float, noticed: float) -> Iterator[Pitfall]:
        ticks, rate = self._ticks, self._rate(self._ticks - 1)
        stated = float(one.rates(np.array([end]))[0])
        own = float(one.rates(np.array([ticks - 1.0]))[0])
        slack = self._slack(ticks)
        made = (
            f"{one.schedule.kind} reaches its last rate after {self._counted(end)}, and the run has {ticks:,}"
        )
        if end - ticks > slack:
            yield Pitfall(
                "unfinished",
                self._run.steps,
                f"{made}: it ends at {rate:.4g}, not {stated:.4g}.{self._loop()}",
            )
        elif ticks - end > slack:
            left = self._run.steps - self._update(end)
            yield Pitfall(
                "outlived",
                self._update(end),
                f"{made}: the last {left:,} updates ({100 * left / self._run.steps:.3g} %) run at {rate:.4g}"
                f"{', so nothing is learnt in them' if rate == 0 else ''}.{self._loop()}",
            )
        elif own > noticed:
            yield Pitfall(
                "above",
                self._run.steps,
                f"The run ends at {rate:.4g}, above the {stated:.4g} that {one.schedule.kind} reaches after"
                f" {self._counted(end)}: the last of {ticks:,} has the number {ticks - 1:,}.",
            )


def _between(first: float, last: float) -> FloatArray:
    """Whole ticks from one to another, not all of them where there are many."""
    return np.unique(np.linspace(np.ceil(first), max(np.ceil(last), np.ceil(first)), _PLACES).round())
