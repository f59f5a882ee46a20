"""What a run shows of its plans: rates, budgets, and where losses fell, rose or stood still, each tested over
the seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from lrcore.experiment import Experiment
from lrcore.results.comparison import (
    CLOSE,
    Pair,
    PlanResult,
    compare,
    final_count,
    page_level,
    results,
    sign_interval,
)
from lrcore.results.comparison import final as final_losses
from lrcore.results.events import NOT_DIVERGED, Floats, History, Split

_WINDOW = 3  # evaluations that a level is the mean of, at least


@final
@dataclass(frozen=True, eq=False)
class Facts:
    """A run, seen from the plan `best`, which ends lowest in the loss `split`. Plans are numbers from 0.

    Tests over seeds have the level of the page's intervals (`page_level`). A seed that diverged has an
    infinite loss from then on.
    """

    experiment: Experiment
    history: History
    split: Split

    @cached_property
    def rows(self) -> list[PlanResult]:
        return results(self.history)

    @cached_property
    def finals(self) -> list[float]:
        return [row.final(self.split) for row in self.rows]

    @cached_property
    def best(self) -> int:
        return min(range(len(self.finals)), key=self.finals.__getitem__)

    @cached_property
    def others(self) -> list[int]:
        """All plans but the best, the lowest first."""
        return sorted((p for p in range(len(self.finals)) if p != self.best), key=self.finals.__getitem__)

    @cached_property
    def pairs(self) -> dict[int, Pair]:
        """The best plan against each other one, in the loss `split`."""
        return {p: compare(self.history, self.best, p, self.split) for p in self.others}

    @cached_property
    def in_training(self) -> dict[int, Pair]:
        """The same in training loss."""
        return {p: compare(self.history, self.best, p, "train") for p in self.others}

    @property
    def stopped(self) -> bool:
        """Whether the run ended before its last update."""
        return int(self.history.step[-1]) < self.experiment.steps

    # --- rates ---

    def drives_momentum(self, plan: int) -> bool:
        return self.experiment.plans[plan].momentum(0, self.experiment.steps_per_epoch) is not None

    @cached_property
    def rates(self) -> list[Floats]:
        """The rate of each update (N,) of each plan, in the seed that lived longest."""
        history = self.history
        lived = np.where(history.diverged_at == NOT_DIVERGED, np.inf, history.diverged_at)
        seeds = np.argmax(lived, axis=1)
        if len(history.applied_lr):
            found = [history.applied_lr[:, p, s] for p, s in enumerate(seeds)]
        else:  # stopped: the rates at evaluations are known
            times = np.diff(history.step, prepend=0)
            found = [np.repeat(history.lr[:, p, s], times) for p, s in enumerate(seeds)]
        return [_held(rates) for rates in found]

    def peak(self, plan: int) -> float:
        return float(self.rates[plan].max(initial=0.0))

    def last_rate(self, plan: int) -> float:
        return float(self.rates[plan][-1])

    def budget(self, plan: int) -> float:
        return float(self.rates[plan].sum())

    def fell(self, plan: int, other: int) -> int | None:
        """The first evaluation, once the plan has had its peak, at which its rate is below half of that and
        half of the other plan's."""
        rates, done = self.rates[plan], np.maximum(self.history.step - 1, 0)
        now, theirs = rates[done], self.rates[other][done]
        low = (done >= np.argmax(rates)) & (now < 0.5 * rates.max()) & (now < 0.5 * theirs)
        return int(np.argmax(low)) if low.any() else None

    def holds_its_rate(self, plan: int) -> bool:
        """Whether the rate does not change over the last third of the run."""
        end = self.rates[plan][-max(1, len(self.rates[plan]) // 3) :]
        return bool(end.max() <= 1.01 * end.min())

    # --- training losses ---

    @cached_property
    def train(self) -> Floats:
        return _with_losses(self.history, self.history.train_loss)

    @cached_property
    def level(self) -> float:
        return page_level(len(self.experiment.plans))

    def chance(self) -> float:
        """The loss of guessing: the logarithm of the number of classes, or the targets' variance, which
        R^2 and the validation loss tell of; NaN where they do not."""
        if self.experiment.data.task == "classification":
            return math.log(self.experiment.data.n_outputs)
        with np.errstate(divide="ignore", invalid="ignore"):
            told = self.history.val_loss / (1 - self.history.val_metric)
        told = told[np.isfinite(told) & (told > 0)]
        return float(np.median(told)) if len(told) else math.nan

    def ends(self, plan: int) -> Floats:
        """The final training losses (S,)."""
        return np.asarray(final_losses(self.history.train_loss, self.history.diverged_at)[plan])

    def unlearnt(self, plan: int) -> bool:
        """Whether the training loss is higher at the end than at first, by the sign test over seeds."""
        return self._since_start(plan)[2] < 0

    def learnt(self, plan: int) -> bool:
        """Whether the training loss is lower at the end than at first, by the sign test over seeds."""
        return self._since_start(plan)[1] > 0

    def _since_start(self, plan: int) -> tuple[float, float, float]:
        fallen = _logs(self.history.train_loss[0, plan]) - _logs(self.ends(plan))
        return sign_interval(fallen, self.level)

    def last_fall(self, plan: int) -> tuple[float, bool]:
        """How much the training loss fell over the last third of the evaluations, as a logarithm, the median
        over seeds; and whether the sign test shows that it fell. NaN in a run of few evaluations."""
        return self._fall(self.train, plan, 1 / 3, 1 / 6)

    def still_falls(self, plan: int) -> bool:
        """Whether the training loss fell to the very end: its final value, the mean over the last 5 % of the
        evaluations, is below the mean over as many before them, by the sign test over seeds, and within a
        tenth of its own lowest evaluation, the medians over seeds."""
        count = final_count(len(self.train))
        if len(self.train) < 2 * count:
            return False
        before = self.train[-2 * count : -count, plan].mean(axis=0)
        with np.errstate(invalid="ignore"):
            shown = sign_interval(_logs(before) - _logs(self.ends(plan)), self.level)[1] > 0
        return shown and self.rows[plan].final_train <= CLOSE * self.rows[plan].best_train

    def over_fits(self, plan: int) -> bool:
        """Whether the validation loss rose, and the training loss fell, from the second sixth of the
        evaluations on to the last sixth, both by the sign test."""
        val = _with_losses(self.history, self.history.val_loss)
        risen, fallen = -self._since_early(val, plan), self._since_early(self.train, plan)
        shown = [sign_interval(logs, self.level)[1] > 0 for logs in (risen, fallen)]
        return all(shown)

    def gap(self, plan: int, before: int) -> float:
        """The logarithm of the plan's training loss over the best plan's: the median over seeds, each the
        mean of the three evaluations before number `before`."""
        latest = slice(max(0, before - _WINDOW), max(1, before))
        ours, theirs = (_logs(self.train[latest, p]).mean(axis=0) for p in (self.best, plan))
        with np.errstate(invalid="ignore"):
            return float(np.median(theirs - ours))

    def at_equal_budget(self, plan: int) -> float:
        """The best plan's training loss, the median over seeds, when it had spent what the other plan spent
        in all; infinite if it never did."""
        spent = np.concatenate([[0.0], np.cumsum(self.rates[self.best])])[self.history.step]
        after = int(np.searchsorted(spent, self.budget(plan)))
        if after == len(spent):
            return math.inf
        around = self.train[max(0, after - 1) : after + 1, self.best]
        return float(np.median(around, axis=1).max())

    def _fall(self, losses: Floats, plan: int, first: float, second: float) -> tuple[float, bool]:
        count = len(losses)
        begin, middle = count - round(first * count), count - round(second * count)
        if count - middle < _WINDOW:
            return math.nan, False
        before, after = (
            _logs(part[:, plan]).mean(axis=0) for part in (losses[begin:middle], losses[middle:])
        )
        with np.errstate(invalid="ignore"):
            fall, low, _ = sign_interval(before - after, self.level)
        return fall, low > 0

    def _since_early(self, losses: Floats, plan: int) -> Floats:
        """By how much the logarithm of the losses fell between the second sixth and the last, (S,)."""
        sixth = max(1, len(losses) // 6)
        early, late = losses[sixth : 2 * sixth, plan], losses[-sixth:, plan]
        if not len(early):
            return np.full(losses.shape[2], np.nan)
        with np.errstate(invalid="ignore"):
            return np.asarray(_logs(early).mean(axis=0) - _logs(late).mean(axis=0))


def _with_losses(history: History, losses: Floats) -> Floats:
    """(E, P, S), infinite from the update on at which a member diverged."""
    lost = (history.diverged_at != NOT_DIVERGED) & (history.step[:, None, None] > history.diverged_at)
    return np.where(lost, np.inf, losses)


def _logs(losses: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(losses))


def _held(rates: Floats) -> Floats:
    """Without gaps: after a divergence the last rate stays."""
    known = rates[np.isfinite(rates)]
    return np.concatenate([known, np.full(len(rates) - len(known), known[-1] if len(known) else 0.0)])
