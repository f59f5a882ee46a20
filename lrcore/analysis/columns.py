"""A curve that swings faster than a picture shows: what each column of its pixels spans.

For each column the steps with the least and the greatest rate are kept: a line through both covers what one
through all steps in it would. (Jugel et al. 2014, M4: A visualization-oriented time series data aggregation.)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

import numpy as np

from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.shapes.knots import Knots, Steps

Rate = Callable[[Steps], FloatArray]

_BLOCK = 65_536  # ticks that are looked at together: their arrays stay in the cache
_CORNERS = 16  # of each column


def column_edges(columns: int, steps: int, *, log_x: bool) -> Steps:
    """The first step of each of so many equally wide columns of a picture of the steps 0 .. steps - 1, and
    `steps`; fewer where a column has no step of its own."""
    edges = np.geomspace(1, steps, columns + 1) if log_x else np.linspace(0, steps, columns + 1)
    return np.unique(np.append(np.ceil(edges * (1 - 1e-12)).astype(np.int64), 0))


def column_extremes(curve: Rate, tread: int, edges: Steps) -> Steps:
    """The updates with the least and the greatest rate in each column, ascending.

    Args:
        curve: the rate of updates.
        tread: for how many updates the rate holds (those of an epoch); all rates are looked at.
        edges: as `column_edges` gives them.
    """
    starts, ends = edges[:-1], edges[1:] - 1
    first, last = starts // tread, ends // tread
    found = []
    for columns in _blocks(last // _BLOCK):
        begin, width = first[columns], int((last - first)[columns].max()) + 1
        rates = curve(np.arange(begin[0], last[columns][-1] + 1) * tread)
        ticks = np.minimum(begin[:, None] + np.arange(width), last[columns][:, None])
        table = rates[ticks - begin[0]]
        for place in (table.argmin(axis=1), table.argmax(axis=1)):
            found.append(np.clip((begin + place) * tread, starts[columns], ends[columns]))
    return np.unique(np.concatenate(found))


def every_tick(rate: Rate, ticks: int, apart: int) -> Iterator[tuple[Steps, FloatArray]]:
    """Each tick, or of so many one, and its rate, in blocks."""
    for start in range(0, ticks, _BLOCK * apart):
        block = np.arange(start, min(start + _BLOCK * apart, ticks), apart)
        yield block, rate(block)


def corner_extremes(rate: Rate, knots: Knots, edges: Steps) -> Steps:
    """The same of a curve that turns at its knots only, among the first few of each column: all of them, if
    they are few."""
    candidates = [edges[:-1], edges[1:] - 1]
    for sequence in knots:
        # a range is searched without being made
        begins = [bisect_left(sequence, int(start)) for start in edges[:-1]]
        near = [sequence[i] for at in begins for i in range(at, min(at + _CORNERS, len(sequence)))]
        corners = np.asarray([tick for tick in near if 0 < tick < edges[-1]], dtype=np.int64)
        candidates += [corners, corners - 1]
    ticks = np.unique(np.concatenate(candidates))
    column, values = np.searchsorted(edges, ticks, side="right"), rate(ticks)
    order = np.lexsort((values, column))
    least = np.flatnonzero(np.diff(column[order], prepend=-1))
    greatest = np.append(least[1:] - 1, len(order) - 1)
    return np.unique(np.concatenate([ticks[order[least]], ticks[order[greatest]]]))


def _blocks(numbers: Steps) -> Iterator[slice]:
    """The stretches of equal numbers."""
    cuts = np.flatnonzero(np.diff(numbers)) + 1
    for start, stop in zip([0, *cuts], [*cuts, len(numbers)], strict=True):
        yield slice(int(start), int(stop))
