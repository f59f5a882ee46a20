"""What is remembered of a race: a few numbers of each network, where its history has thousands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from lrcore.results import comparison
from lrcore.results.events import NOT_DIVERGED, Floats, History, Split


@final
@dataclass(frozen=True, eq=False)
class Finals:
    """The final losses of a run (P, S), infinite where a seed diverged, and the highest rate that each plan
    applied (P,)."""

    train: Floats
    val: Floats
    peaks: Floats

    def losses(self, split: Split) -> Floats:
        return self.train if split == "train" else self.val


def finals_of(history: History) -> Finals:
    """The ends of a whole run."""
    rates = history.applied_lr
    return Finals(
        comparison.final(history.train_loss, history.diverged_at),
        comparison.final(history.val_loss, history.diverged_at),
        np.max(rates, axis=(0, 2), where=np.isfinite(rates), initial=0.0),
    )


def as_history(losses: Floats) -> History:
    """Final losses (P, S) as a run of one evaluation, for what compares runs."""
    whole, nothing = losses[None], np.empty((0, *losses.shape))
    lost = np.full(losses.shape, NOT_DIVERGED, np.int64)
    return History(np.zeros(1, np.int64), whole, whole, whole, whole, lost, nothing, nothing)
