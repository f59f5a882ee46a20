"""What training will cost in time and memory, from sizes alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

# Seconds on one core for a layer of one step, for a member's share of that, for a multiply-add of the matrix
# products, and for a unit's activation at one point. Fitted to 27 experiments from 0.2 to 8 s (1-160 members,
# widths 2-256, 1-6 hidden layers, batches of 1-1024, both optimisers): the estimate was 0.6 to 1.4 times what
# they took.
_LAYER_S, _MEMBER_S, _MADD_S, _UNIT_S = 8e-5, 4e-6, 1.6e-11, 1.75e-9
_EVALUATIONS = 60


def training_seconds(
    widths: Sequence[int], *, members: int, steps: int, trained: int, points: int, heard: int
) -> float:
    """About how long training takes on one CPU core, within a factor of 2 where it takes a second or more.

    `widths` are the units of every layer, the input's and the output's included; `trained` is how many points
    one member sees in all its updates, `points` how many it has for training and validation, and `heard` how
    many validation points are passed forward for plans that listen to the validation loss, over all members.

    steps x layers x (overhead + members x their share) + members x (multiply-adds + activations), the last
    two counted over forward and backward (3 x and 2 x a forward) of every step and over the evaluations on
    all points.
    """
    layers, units = len(widths) - 1, sum(widths[1:])
    weights = sum((a + 1) * b for a, b in pairwise(widths))
    evaluated = min(_EVALUATIONS, steps + 1) * points
    overhead = steps * layers * (_LAYER_S + members * _MEMBER_S)
    products = 2 * weights * (3 * trained + evaluated) * _MADD_S
    listening = heard * (2 * weights * _MADD_S + units * _UNIT_S)
    return overhead + members * (products + units * (2 * trained + evaluated) * _UNIT_S) + listening


def training_mb(widths: Sequence[int], *, members: int, steps: int, points: int) -> float:
    """About how many MB a worker takes for it beyond what every worker has; measured were 0.6 to 1.0 times
    that.

    Weights seven times over in float32 (themselves, gradients, two moments of Adam, and what is at hand
    between them), one layer's activations of an evaluation on all `points`, and three copies of each update's
    loss and rate in float64: the record, the result and the result on its way.
    """
    weights = sum((a + 1) * b for a, b in pairwise(widths))
    return members * (7 * 4 * weights + 4 * points * max(widths) + 3 * 2 * 8 * steps) / 2**20
