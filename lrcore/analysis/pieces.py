"""What the analysis knows of a curve without looking at it: where it is smooth, where it is monotone, what it
is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrcore.analysis.sums.closed import cycle
from lrcore.schedules import Schedule
from lrcore.schedules.chained import ChainedScheduler
from lrcore.schedules.scaled import Scaled
from lrcore.schedules.sequential import SequentialLR
from lrcore.schedules.warmup import Warmup

Ints = NDArray[np.int64]
PIECES_MAX = 50_000  # knots that are looked at; beyond, every step is

# fmt: off
_MONOTONE = frozenset({
    "Constant", "ConstantLR", "StepLR", "MultiStepLR", "ExponentialLR", "ExponentialDecay",
    "InverseTimeDecay", "LinearLR", "PolynomialLR", "PowerLaw", "REX", "SWALR",
})
_PIECEWISE = _MONOTONE | {
    "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CosineCycles", "CyclicLR", "InverseSqrt",
    "Noam", "OneCycleLR", "Piecewise", "PolynomialCycles", "PolynomialDecay",
    "TanhDecay", "TriStage", "WarmupStableDecay",
}
# fmt: on
"""Kinds that run one way for ever, and those that are smooth between their knots; a kind that is not named is
evaluated step by step."""
_COMPOSITE = (ChainedScheduler, Scaled, SequentialLR, Warmup)


def parts(schedule: Schedule) -> Iterator[Schedule]:
    """The schedules that this one holds."""
    for name in type(schedule).model_fields:
        value: Any = getattr(schedule, name)
        yield from (
            item for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, Schedule)
        )


def is_recursive(schedule: Schedule, ticks: float) -> bool:
    """Does a rate follow from the one before it, so that all of them are made at once?"""
    held = list(parts(schedule))
    if isinstance(schedule, ChainedScheduler) and len(held) > 1 and ticks - 1 > schedule.scales_until():
        return True
    return any(is_recursive(part, ticks) for part in held) if held else not schedule.pointwise()


def is_smooth(schedule: Schedule, ticks: float) -> bool:
    """Is it smooth between the steps before and after its knots, also at places that are no whole steps?"""
    if isinstance(schedule, _COMPOSITE):
        return not is_recursive(schedule, ticks) and all(is_smooth(part, ticks) for part in parts(schedule))
    return schedule.kind in _PIECEWISE


def inner_knots(schedule: Schedule, ticks: int, most: int) -> Ints | None:
    """The knots inside 1 .. ticks - 1, ascending; None if there are more than `most`."""
    sequences = schedule.knots(ticks)
    if sum(len(sequence) for sequence in sequences) > most:
        return None
    found = [
        np.asarray(sequence[:] if isinstance(sequence, range) else list(sequence), dtype=np.int64)
        for sequence in sequences
    ]
    knots = np.unique(np.concatenate([np.zeros(0, np.int64), *found]))
    return knots[(knots > 0) & (knots < ticks)]


def runs(schedule: Schedule, ticks: int) -> Ints | None:
    """Edges 0 = e_0 < e_1 < ... <= ticks such that the rate never turns within a [e_i, e_{i+1}); None if that
    is not known.

    A jump up or down next to an edge is allowed for: the steps e - 1, e and e + 1 are looked at one by one by
    those who use this.
    """
    inner = _turns(schedule, ticks)
    if inner is None or len(inner) > PIECES_MAX:
        return None
    inner = np.unique(inner)
    return np.concatenate([[0], inner[(inner > 0) & (inner < ticks)], [ticks]]).astype(np.int64)


def _turns(schedule: Schedule, ticks: int) -> Ints | None:
    none = np.zeros(0, dtype=np.int64)
    s: Any = schedule
    if schedule.kind in _MONOTONE:
        return none
    if isinstance(schedule, Scaled):
        return _turns(schedule.schedule, ticks)
    if isinstance(schedule, Warmup):
        lag = schedule.warmup_steps if schedule.shift is None else schedule.shift
        return _shifted(_turns(schedule.schedule, ticks), lag, schedule.warmup_steps, ticks)
    if isinstance(schedule, SequentialLR):
        found = []
        for part, start, end in schedule._turns():
            inner = (
                _shifted(_turns(part, int(min(end, ticks)) - start), start, start, int(min(end, ticks)))
                if start < ticks
                else none
            )
            if inner is None:
                return None
            found.append(inner)
        return np.concatenate(found)
    if isinstance(schedule, ChainedScheduler):
        return _product_turns(schedule, ticks)
    if schedule.kind == "CyclicLR" and s.mode == "exp_range" and s.gamma < 1:
        return None
    if schedule.kind not in _PIECEWISE:
        return None
    period, ratio, limit = cycle(schedule)
    if (
        period and ratio == 1.0 and limit == np.inf
    ):  # what happens for the first time happens within two periods
        ticks = min(ticks, 2 * period + 1)
    return inner_knots(schedule, ticks, min(PIECES_MAX, ticks // 8 + 64))


def _shifted(turns: Ints | None, lag: int, start: int, end: int) -> Ints | None:
    if turns is None:
        return None
    moved = turns + lag
    return np.append(moved[(moved > start) & (moved < end)], start)


def _product_turns(schedule: ChainedScheduler, ticks: int) -> Ints | None:
    """A product turns only where a factor does, or anywhere in a piece in which one factor rises while
    another falls."""
    if len(schedule.schedulers) == 1:
        return _turns(schedule.schedulers[0], ticks)
    if is_recursive(schedule, ticks):
        return None
    inner = [_factor_turns(part, ticks) for part in schedule.schedulers]
    if any(turns is None for turns in inner):
        return None
    edges = np.unique(np.concatenate([[0, ticks], *(turns for turns in inner if turns is not None)]))
    edges = edges[(edges >= 0) & (edges <= ticks)].astype(np.int64)
    first, last = edges[:-1], edges[1:] - 1
    change = np.array([np.sign(part.lr(last, 1.0) - part.lr(first, 1.0)) for part in schedule.schedulers])
    mixed = np.flatnonzero((change.max(axis=0) > 0) & (change.min(axis=0) < 0))
    if int((last[mixed] - first[mixed]).sum()) > PIECES_MAX:
        return None
    return np.concatenate([edges, *(np.arange(first[i], last[i] + 1) for i in mixed)])


def _factor_turns(part: Schedule, ticks: int) -> Ints | None:
    """The turns of a factor, and the knots at which a monotone one comes to rest."""
    turns = _turns(part, ticks)
    if turns is None or part.kind in (
        "Constant",
        "StepLR",
        "ExponentialLR",
        "ExponentialDecay",
        "InverseTimeDecay",
        "PowerLaw",
    ):
        return turns
    knots = inner_knots(part, ticks, PIECES_MAX)
    return None if knots is None else np.concatenate([turns, knots])
