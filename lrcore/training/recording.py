"""What a run has said so far, kept to be said again at its end."""

from __future__ import annotations

import numpy as np

from lrcore.experiment import Experiment
from lrcore.results.events import Floats, History, Progress
from lrcore.results.history import history_of
from lrcore.training.divergence import Divergences
from lrcore.training.evaluation import Scores


class Recorder:
    """Collects updates and evaluations as (..., P, S). `first_lr` (P, S) is the rate of the first update,
    shown at step 0."""

    def __init__(self, experiment: Experiment, first_lr: Floats, divergences: Divergences) -> None:
        self._shape = len(experiment.plans), experiment.seeds
        self._steps_per_epoch = experiment.steps_per_epoch
        self._loss = np.full((experiment.steps, *self._shape), np.nan)
        self._lr = np.full((experiment.steps, *self._shape), np.nan)
        self._last_lr = first_lr.copy()
        self._divergences = divergences
        self._progress: list[Progress] = []
        self.done = 0

    def updates(self, losses: Floats, lr: Floats) -> None:
        """Updates were made: their minibatch losses (k, M), and the rates (K, P, S), K >= k, that were meant
        for them."""
        steps = np.arange(self.done, self.done + len(losses))
        self.done += len(losses)
        at = self._divergences.at.reshape(self._shape)
        applied = self._divergences.active.reshape(self._shape) | (steps[:, None, None] < at)
        self._loss[steps] = losses.reshape(-1, *self._shape)
        self._lr[steps] = np.where(applied, lr[: len(losses)], np.nan)
        for made, row in zip(applied, lr, strict=False):
            np.copyto(self._last_lr, row, where=made)

    def evaluation(self, scores: Scores) -> Progress:
        """The members were evaluated."""
        since = self._loss[self._progress[-1].step if self._progress else 0 : self.done]
        made = ~np.isnan(since)
        with np.errstate(invalid="ignore"):
            # 0 / 0 = NaN: no update was made
            mean = np.where(made, since, 0.0).sum(axis=0) / made.sum(axis=0)
        self._progress.append(
            Progress(
                step=self.done,
                epoch=self.done / self._steps_per_epoch,
                minibatch_loss=mean,
                train_loss=scores.train_loss.reshape(self._shape),
                val_loss=scores.val_loss.reshape(self._shape),
                val_metric=scores.val_metric.reshape(self._shape),
                lr=self._last_lr.copy(),
                diverged_at=self._divergences.at.reshape(self._shape).copy(),
            )
        )
        return self._progress[-1]

    def history(self) -> History:
        """The run so far."""
        return history_of(
            self._progress,
            self._loss[: self.done].copy(),
            self._lr[: self.done].copy(),
            self._divergences.at.reshape(self._shape).copy(),
        )
