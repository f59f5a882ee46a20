"""How long the questions about a plan will take, estimated before anything is computed.

Not measured: what is decided by it (here, or outside the web process) is the same on a busy machine. The
estimate is coarse, and too high rather than too low; `tests/analysis/test_work.py` holds it against the CPU
time of plans of every kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lrcore.analysis.bound.grouped import EACH_MAX, PIECES_MAX, TREADS_MAX
from lrcore.analysis.run import Run
from lrcore.analysis.vertices import ticks_apart
from lrcore.plan import Plan

_LOOKS_TO_DRAW_MS = 1.6  # the some thirty looks with which an ordinary curve is refined
_LOOKS_TO_SUM_MS = 5.0  # those of all read-outs
_KNOT_MS, _RANGED_KNOT_MS = 1.2e-3, 3e-4  # a knot that is looked at, and one of evenly spaced ones
_SUMMED_KNOT_MS = 8e-3  # a piece between two knots that is summed
_FOLLOWED_TICK_MS, _DRAWN_TICK_MS, _SUMMED_TICK_MS = 3e-5, 2e-5, 2e-4  # a step of each kind
_LOOKED_AGAIN = 128_000  # steps of a recursion that are followed for a look at all points of a drawing
_TREADS_SEEN = 20_000  # knots of one sequence that a drawing looks at
_KNOTS_KNOWN = 2_000  # with more of them it is not asked whether each step will be looked at
_WRITTEN_MS = 2.0
_GROUPED_MS, _GROUPED_KNOT_MS, _GROUPED_TICK_MS = 8.0, 0.25, 3e-4  # for the convex bound


@dataclass(frozen=True)
class Work:
    """Milliseconds of an idle core: for the points of the curve (those of the momentum take as long), for all
    read-outs, for the formula in LaTeX or the code of a library, for the convex bound."""

    points_ms: float
    numbers_ms: float
    written_ms: float
    bound_ms: float


@lru_cache(maxsize=512)
def work(plan: Plan, run: Run) -> Work:
    """The estimate for a plan over a run.

    >>> from lrcore.plan import parse_plan
    >>> cheap = work(parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.1)"), Run(steps=2000))
    >>> dear = work(parse_plan("lr=0.1 LambdaLR('1 / (1 + epoch)')"), Run(steps=10_000_000))
    >>> cheap.numbers_ms < 10, dear.numbers_ms > 500
    (True, True)
    """
    schedule, ticks = plan.schedule, run.ticks(plan.clock)
    if schedule.listens:
        return Work(0.0, 0.0, 0.0, 0.0)
    effort, followed = schedule.effort(), not schedule.pointwise(ticks)
    sequences = schedule.knots(ticks)
    knots = sum(map(len, sequences))
    apart = ticks_apart(schedule, ticks)
    if not apart:
        steps_ms = sum(
            min(len(sequence), _TREADS_SEEN) * (_RANGED_KNOT_MS if _evenly(sequence) else _KNOT_MS)
            for sequence in sequences
        ) + (_FOLLOWED_TICK_MS * ticks * effort if followed else 0.0)
    elif followed:
        steps_ms = _FOLLOWED_TICK_MS * (3 * ticks + 8 * min(ticks, _LOOKED_AGAIN)) * effort
    else:
        steps_ms = _DRAWN_TICK_MS * ticks / apart * effort
    points_ms = _LOOKS_TO_DRAW_MS * effort + steps_ms
    each = (
        followed
        or not schedule.smooth
        or knots > _KNOTS_KNOWN
        or (ticks > _KNOTS_KNOWN and schedule.turning_points(ticks) is None)
    )
    numbers_ms = (
        _LOOKS_TO_SUM_MS * effort
        + _SUMMED_KNOT_MS * min(knots, _TREADS_SEEN)
        + (_SUMMED_TICK_MS * ticks * effort if each else 0.0)
    )
    if schedule.flat and knots <= TREADS_MAX:
        bound_ms = 1.0 + _GROUPED_TICK_MS * knots
    elif followed or not schedule.smooth or ticks <= EACH_MAX or knots > PIECES_MAX:
        bound_ms = 1.0 + _GROUPED_TICK_MS * ticks * effort
    else:
        bound_ms = (_GROUPED_MS + _GROUPED_KNOT_MS * knots) * effort
    return Work(points_ms, numbers_ms, _WRITTEN_MS * effort, bound_ms)


def _evenly(sequence: object) -> bool:
    return isinstance(sequence, range)
