"""A prediction against the race that followed: how far off, and whether the order was right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from lrcore.prediction.error import percent
from lrcore.prediction.predict import Prediction
from lrcore.results.comparison import compare, results
from lrcore.results.events import History, Split


@final
@dataclass(frozen=True)
class Score:
    """`off`: the relative error of the final loss, the mean over the predicted plans (inf if one diverged, or
    ended at 0).

    `pairs` counts the pairs of plans, one of them predicted, whose final losses differ in the race (the
    interval of `compare` excludes 1), `right` those of them that the prediction orders as the race does.
    """

    off: float
    pairs: int
    right: int

    @property
    def sentence(self) -> str:
        """`6 % off; order right`."""
        if not np.isfinite(self.off):
            return "the plan diverged, or came to a loss of 0, which no prediction foresees"
        if not self.pairs:
            order = "which plan is lower cannot be told from these seeds"
        elif self.right == self.pairs:
            order = "order right"
        else:
            order = f"order right in {self.right} of {self.pairs} pairs" if self.right else "order wrong"
        return f"{percent(self.off)} off; {order}"


def score(predicted: Mapping[int, Prediction], history: History, split: Split) -> Score:
    """The predictions, by the number of their plan, against the run of these plans.

    A plan that was not predicted stands in the predicted order with the loss that it has.
    """
    rows = results(history)
    real = [row.final(split) for row in rows]
    said = [predicted[index].final if index in predicted else loss for index, loss in enumerate(real)]
    # nothing is a share of a loss that is 0, as it may be where classes lie apart
    off = [abs(said[index] / real[index] - 1) if 0 < real[index] < np.inf else np.inf for index in predicted]
    pairs = right = 0
    for a in predicted:
        for b in range(len(rows)):
            if b == a or (b in predicted and b < a):
                continue
            pair = compare(history, a, b, split)
            if pair.better or pair.worse:
                pairs += 1
                right += (said[a] < said[b]) == (pair.ratio > 1)
    return Score(float(np.mean(off)), pairs, right)
