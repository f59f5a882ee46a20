"""Minibatches: an epoch is a shuffled pass over the training points, every point once; its last batch may be
smaller."""

from __future__ import annotations

import numpy as np

from lrcore.results.events import Ints

_STREAM = 2  # keeps a seed's shuffles apart from the draws that data sets make with the same seed


def epoch_order(seed: int, epoch: int, n: int, batch: int) -> Ints:
    """The order (n,) in which seed `seed` sees the points in this epoch; it depends on nothing else.

    A batch that holds every point is taken as it lies: its mean has no order, and at an epoch for each step a
    shuffle would cost as much as the step.
    """
    if batch >= n:
        return np.arange(n)
    return np.random.default_rng([seed, _STREAM, epoch]).permutation(n)


def batch_bounds(step: int, n: int, batch: int) -> tuple[int, int, int]:
    """Update number `step` as (epoch, start, stop): it uses `epoch_order(...)[start:stop]`."""
    epoch, index = divmod(step, -(-n // batch))
    return epoch, index * batch, min(n, (index + 1) * batch)
