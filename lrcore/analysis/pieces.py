"""What the analysis knows of a curve without looking at it, put together from what its schedule says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lrcore.schedules import Schedule
from lrcore.schedules.schedule import TURNS_MAX
from lrcore.schedules.shapes.knots import listed

Ints = NDArray[np.int64]


def is_recursive(schedule: Schedule, ticks: float) -> bool:
    """Does a rate follow from the one before it, so that all of them are made at once?"""
    return not schedule.pointwise(ticks)


def is_smooth(schedule: Schedule, ticks: float) -> bool:
    """Is it smooth between the steps before and after its knots, also at places that are no whole steps?"""
    return schedule.smooth and schedule.pointwise(ticks)


def inner_knots(schedule: Schedule, ticks: int, most: int) -> Ints | None:
    """The knots inside 1 .. ticks - 1, ascending; None if there are more than `most`."""
    return listed(schedule.knots(ticks), ticks, most)


def runs(schedule: Schedule, ticks: int) -> Ints | None:
    """Edges 0 = e_0 < e_1 < ... <= ticks such that the rate never turns within a [e_i, e_{i+1}); None if that
    is not known.

    A jump up or down next to an edge is allowed for: the steps e - 1, e and e + 1 are looked at one by one by
    those who use this.
    """
    inner = schedule.turning_points(ticks)
    if inner is None or len(inner) > TURNS_MAX:
        return None
    inner = np.unique(inner)
    return np.concatenate([[0], inner[(inner > 0) & (inner < ticks)], [ticks]]).astype(np.int64)
