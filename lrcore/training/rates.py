"""Where the rates come from, and the momenta: the loop asks block by block and hands back what a listening
schedule waits for."""

from __future__ import annotations

from typing import final

import numpy as np

from lrcore.experiment import Experiment
from lrcore.results.events import Floats
from lrcore.schedules import FeedbackSchedule


@final
class Rates:
    """The rates of an experiment's updates, the same for every seed of a plan unless its schedule listens.

    A schedule that listens (ReduceLROnPlateau) is stepped with each member's own validation loss at the end
    of every full epoch, as `scheduler.step(val_loss)` in a torch loop is; the plan's clock has no say. Such
    an evaluation is one pass over the validation points, of the plans that listen only.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._per_epoch = experiment.steps_per_epoch
        self._seeds = experiment.seeds
        self._listening = {
            index: _Listener(plan.schedule, plan.base_lr, experiment.seeds)
            for index, plan in enumerate(experiment.plans)
            if isinstance(plan.schedule, FeedbackSchedule)
        }
        steps = np.arange(experiment.steps)
        planned = [
            np.full(len(steps), np.nan) if index in self._listening else plan.lr(steps, self._per_epoch)
            for index, plan in enumerate(experiment.plans)
        ]
        self._table = np.stack(planned, axis=1)[:, :, None]  # (N, P, 1)

    def block(self, first: int, stop: int) -> Floats:
        """The rates of updates first ... stop - 1 as (stop - first, P, S); ask no further than
        `known_until(first)`."""
        rates: Floats = np.repeat(self._table[first:stop], self._seeds, axis=2)
        for index, listener in self._listening.items():
            rates[:, index] = listener.rates
        return rates

    def known_until(self, first: int) -> int:
        """How many updates have rates by now, if `first` were made: up to the next metric, or all."""
        return (first // self._per_epoch + 1) * self._per_epoch if self._listening else len(self._table)

    def waiting(self, done: int) -> list[tuple[int, range]]:
        """The plans that wait for a metric after `done` updates, each with its members; mostly none."""
        due = done > 0 and done % self._per_epoch == 0
        return (
            [(index, range(index * self._seeds, (index + 1) * self._seeds)) for index in self._listening]
            if due
            else []
        )

    def observe(self, plan: int, metrics: Floats) -> None:
        """The validation losses (S,) of a plan's members."""
        self._listening[plan].observe(metrics)


class _Listener:
    """The states of a schedule that listens, one for each seed."""

    def __init__(self, schedule: FeedbackSchedule, base_lr: float, seeds: int) -> None:
        self._schedule = schedule
        self._states = [schedule.start(base_lr)] * seeds

    @property
    def rates(self) -> Floats:
        return np.array([state.lr for state in self._states])

    def observe(self, metrics: Floats) -> None:
        self._states = [
            self._schedule.observe(state, float(metric))[1]
            for state, metric in zip(self._states, metrics, strict=True)
        ]


@final
class Momenta:
    """The momenta (beta1 for Adam) that schedules set; `own` is the optimiser's, which holds where they leave
    it alone."""

    def __init__(self, experiment: Experiment, own: float) -> None:
        steps = np.arange(experiment.steps)
        driven = [plan.momentum(steps, experiment.steps_per_epoch) for plan in experiment.plans]
        self.driven = any(values is not None for values in driven)
        self._seeds = experiment.seeds
        if self.driven:
            self._table = np.stack(
                [np.full(len(steps), own) if values is None else values for values in driven], axis=1
            )

    def block(self, first: int, stop: int) -> Floats:
        """The momenta of updates first ... stop - 1 as (stop - first, M); only where some plan drives
        them."""
        return np.repeat(self._table[first:stop], self._seeds, axis=1)
