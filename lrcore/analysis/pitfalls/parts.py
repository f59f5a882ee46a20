"""Which schedule acts when: a composition taken apart, with the places at which one part hands over to the
next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lrcore.schedules import Schedule
from lrcore.schedules.chained import ChainedScheduler
from lrcore.schedules.scaled import Scaled
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.sequential import SequentialLR
from lrcore.schedules.warmup import Warmup


@dataclass(frozen=True)
class Acting:
    """A schedule that is no composition, or a warm-up: it acts from the tick `start` until before `end`, and
    its own clock is at 0 at the tick `zero`."""

    schedule: Schedule
    base_lr: float
    zero: float
    start: float
    end: float

    def rates(self, ticks: FloatArray) -> FloatArray:
        """Its own rates at these ticks of the run, as if it acted alone."""
        return self.schedule.lr(np.maximum(ticks - self.zero, 0.0), self.base_lr)


@dataclass(frozen=True)
class Seam:
    """The tick at which `after` takes over from `before`, and the rates of the composition that they are
    parts of: the last one before it, the one with which the part before would have gone on, and the one that
    follows."""

    tick: int
    before: Schedule
    after: Schedule
    last: float
    continued: float
    first: float


def acting(
    schedule: Schedule, base_lr: float, zero: float = 0.0, start: float = 0.0, end: float = np.inf
) -> Iterator[Acting]:
    """All that acts in a schedule, which itself acts from `start` until before `end`."""
    whole = Acting(schedule, base_lr, zero, start, end)
    if isinstance(schedule, Scaled):
        yield from acting(schedule.schedule, base_lr * schedule.factor, zero, start, end)
    elif isinstance(schedule, ChainedScheduler):
        for part in schedule.schedulers:
            yield from acting(part, base_lr, zero, start, end)
    elif isinstance(schedule, Warmup):
        takes_over = zero + max(schedule.warmup_steps, 0)
        if schedule.warmup_steps:
            yield replace(whole, end=min(end, takes_over))
        if takes_over < end:
            yield from acting(schedule.schedule, base_lr, zero + schedule.lag, max(start, takes_over), end)
    elif isinstance(schedule, SequentialLR):
        for part, first, over in schedule.in_turn():
            if zero + first < end:
                begins = zero + first
                yield from acting(part, base_lr, begins, max(start, begins), min(end, zero + over))
    else:
        yield whole


def seams(schedule: Schedule, base_lr: float, ticks: int) -> Iterator[Seam]:
    """The places before the tick `ticks` at which a part of a schedule hands over to the next one."""
    if isinstance(schedule, Scaled):
        yield from seams(schedule.schedule, base_lr * schedule.factor, ticks)
    elif isinstance(schedule, ChainedScheduler):
        for part in schedule.schedulers:
            yield from seams(part, base_lr, ticks)
    elif isinstance(schedule, Warmup):
        cut = schedule.warmup_steps
        if 0 < cut < ticks:
            last, first = schedule.lr([cut - 1, cut], base_lr).tolist()
            top = schedule.end_factor * base_lr
            yield Seam(cut, schedule, schedule.schedule, last, top, first)
        for seam in seams(schedule.schedule, base_lr, ticks - schedule.lag):
            if seam.tick + schedule.lag > cut:
                yield replace(seam, tick=seam.tick + schedule.lag)
    elif isinstance(schedule, SequentialLR):
        yield from _handovers(schedule, base_lr, ticks)


def _handovers(schedule: SequentialLR, base_lr: float, ticks: int) -> Iterator[Seam]:
    turns = [turn for turn in schedule.in_turn() if turn[1] < ticks]
    cuts = np.array([start for _, start, _ in turns[1:]], dtype=np.float64)
    if cuts.size:
        rates = schedule.lr(np.concatenate([cuts - 1, cuts]), base_lr)
        for number, (last, first) in enumerate(rates.reshape(2, -1).T.tolist()):
            (before, began, _), (after, cut, _) = turns[number], turns[number + 1]
            goes_on = type(before).resume is Schedule.resume or began == 0
            continued = float(before.lr(cut - began, base_lr)) if goes_on else last
            yield Seam(cut, before, after, last, continued, first)
    for part, start, end in turns:
        for seam in seams(part, base_lr, int(min(end, ticks)) - start):
            yield replace(seam, tick=seam.tick + start)
