"""Where the rates come from: the loop asks block by block and hands back what it measured, so a source may listen."""

from __future__ import annotations

from typing import Protocol, final

import numpy as np

from lrcore.events import Floats
from lrcore.experiment import Experiment


class RateSource(Protocol):
    """Rates of updates to come. The loop never asks beyond the next evaluation."""

    def block(self, first: int, stop: int) -> Floats:
        """The rates of updates first ... stop - 1 as (stop - first, P, S)."""


@final
class PlannedRates:
    """Rates that are known beforehand: `plan.lr` of every step, computed once; every seed of a plan has the same."""

    def __init__(self, experiment: Experiment) -> None:
        steps = np.arange(experiment.steps)
        table = np.stack([plan.lr(steps, experiment.steps_per_epoch) for plan in experiment.plans], axis=1)
        self._table = np.broadcast_to(table[:, :, None], (*table.shape, experiment.seeds))

    def block(self, first: int, stop: int) -> Floats:
        return self._table[first:stop]
