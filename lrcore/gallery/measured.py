"""What the examples' plans did over 20 seeds. All that a page says of an example in numbers is computed from
this; `python -m tests.benchmarks.examples` measures it anew."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from lrcore.results.comparison import Pair, PlanResult, compare, factor, results
from lrcore.results.events import NOT_DIVERGED, Floats, History, Ints

FILE = Path(__file__).with_name("measured.json")


@dataclass(frozen=True)
class Draws:
    """How many times lower one plan ended than another with other draws of the points: a ratio for each draw,
    from so many seeds, by the plans' numbers ("3/1")."""

    seeds: int
    ratios: dict[str, tuple[float, ...]]

    @property
    def count(self) -> int:
        return len(next(iter(self.ratios.values())))

    def __getitem__(self, plans: str) -> str:
        """`7.2 to 27 (median 15)`: of all draws."""
        found = self.ratios[plans]
        return f"{factor(min(found))} to {factor(max(found))} (median {factor(float(np.median(found)))})"


@dataclass(frozen=True, eq=False)
class Measured:
    """The ends of a run: P plans, S seeds.

    `experiment` is the content hash of what was run. `final_train` (P, S) is the mean over the last 5 % of
    the evaluations, infinite for a seed that diverged; `metric` (P, S) accuracy or R^2 on the validation
    points, NaN there; `lowest_at` (P, S) after how many updates the training loss was lowest.
    """

    experiment: str
    final_train: Floats
    metric: Floats
    lowest_at: Ints
    draws: Draws | None = None

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """From JSON, in which null stands for a seed that diverged."""
        draws = stored.get("draws")
        return cls(
            experiment=stored["experiment"],
            final_train=np.nan_to_num(np.array(stored["final_train"], dtype=np.float64), nan=np.inf),
            metric=np.array(stored["metric"], dtype=np.float64),
            lowest_at=np.array(stored["lowest_at"], dtype=np.int64),
            draws=draws
            and Draws(draws["seeds"], {plans: tuple(found) for plans, found in draws["ratios"].items()}),
        )

    @property
    def seeds(self) -> int:
        return len(self.final_train[0])

    @cached_property
    def results(self) -> list[PlanResult]:
        """One for each plan, as the page's table has it for a run of one's own."""
        return results(self._history)

    def compared(self, a: int, b: int) -> Pair:
        """Plan number `a` against plan number `b`, as in that table."""
        return compare(self._history, a, b)

    @cached_property
    def _history(self) -> History:
        """A run of which nothing but its end is left."""
        none = np.full((1, *self.final_train.shape), np.nan)
        diverged = np.isinf(self.final_train)
        return History(
            step=np.zeros(1, dtype=np.int64),
            train_loss=self.final_train[None],
            val_loss=none,
            val_metric=self.metric[None],
            lr=none,
            diverged_at=np.where(diverged, 0, NOT_DIVERGED),
            minibatch_loss=none,
            applied_lr=none,
        )


def read_measured() -> dict[str, Measured]:
    """By the examples' keys."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    return {key: Measured.read(found) for key, found in stored.items()}
