"""Where a product of factors may turn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrcore.schedules.schedule import TURNS_MAX, Schedule
from lrcore.schedules.shapes.knots import Steps, listed
from lrcore.schedules.shapes.tails import Rests, Stays


def product_turns(factors: Sequence[Schedule], horizon: int) -> Steps | None:
    """A product turns only where a factor does, or anywhere in a piece in which one factor rises while
    another falls; None if that is not known, or in too many places."""
    inner = [_factor_turns(factor, horizon) for factor in factors]
    if any(turns is None for turns in inner):
        return None
    edges = np.unique(np.concatenate([[0, horizon], *(turns for turns in inner if turns is not None)]))
    edges = edges[(edges >= 0) & (edges <= horizon)].astype(np.int64)
    first, last = edges[:-1], edges[1:] - 1
    change = np.array([np.sign(factor.lr(last, 1.0) - factor.lr(first, 1.0)) for factor in factors])
    mixed = np.flatnonzero((change.max(axis=0) > 0) & (change.min(axis=0) < 0))
    if int((last[mixed] - first[mixed]).sum()) > TURNS_MAX:
        return None
    return np.concatenate([edges, *(np.arange(first[i], last[i] + 1) for i in mixed)])


def all_turns(schedule: Schedule, horizon: int) -> Steps | None:
    """Turning points before `horizon` of all cycles, also of equal ones; None as there."""
    turns = schedule.turning_points(horizon)
    return turns if turns is None or schedule.monotone else _with_knots(turns, schedule, horizon)


def _factor_turns(factor: Schedule, horizon: int) -> Steps | None:
    """All turns of a factor, and the knots at which a monotone one comes to rest."""
    turns = all_turns(factor, horizon)
    if turns is not None and factor.monotone and isinstance(factor.tail(1.0), Rests | Stays):
        return _with_knots(turns, factor, horizon)
    return turns


def _with_knots(turns: Steps, schedule: Schedule, horizon: int) -> Steps | None:
    knots = listed(schedule.knots(horizon), horizon, TURNS_MAX)
    return None if knots is None else np.concatenate([turns, knots])
