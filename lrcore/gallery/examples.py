"""Experiments whose effect was measured over 20 seeds, with the numbers to compare one's own run with."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from lrcore.experiment import Experiment
from lrcore.gallery.measured import Measured, read_measured
from lrcore.results.comparison import PlanResult, factor, sentence

_SAME_POINTS = "Its points are those of the first example, of a draw that was chosen as a vivid one."
_FILE = Path(__file__).with_name("examples.json")


@dataclass(frozen=True)
class Example:
    """An experiment, what it shows in a sentence or two, and what was measured.

    `contrasts` are the pairs of plans (numbers from 0) that the claim rests on: the first ends lower. `level`
    are pairs of which it says that neither does. `note` says what else one has to know.
    """

    title: str
    claim: str
    note: str
    experiment: Experiment
    measured: Measured
    contrasts: tuple[tuple[int, int], ...]
    level: tuple[tuple[int, int], ...]

    @property
    def caption(self) -> str:
        """The claim with the numbers behind it, in Markdown."""
        ends = "; ".join(f"plan {index + 1} {_end(row)}" for index, row in enumerate(self.measured.results))
        pairs = [self._compared(a, b) for a, b in self.contrasts + self.level]
        return " ".join(
            [
                f"**{self.title}{'' if self.title.endswith('?') else '.'}** {self.claim}",
                f"Measured over {self.measured.seeds} seeds, median final training loss: {ends}.",
                *([f"There, {'; '.join(pairs)}."] if pairs else []),
                *([self.note] if self.note else []),
            ]
        )

    def _compared(self, a: int, b: int) -> str:
        words = sentence(self.measured.compared(a, b), b)
        return f"plan {a + 1} {'is ' if words.startswith(('lower', 'higher', 'equal')) else ''}{words}"


def _end(row: PlanResult) -> str:
    text = f"{row.final_train:.3g}" if math.isfinite(row.final_train) else "diverged"
    return f"{text} (diverged in {row.diverged} of {row.seeds} seeds)" if row.diverged else text


@dataclass(frozen=True)
class _Times:
    """`{times[3/1]}`: how many times lower plan 3 ends than plan 1; `{times[3/1@05_budget]}` in another
    example."""

    key: str
    measured: dict[str, Measured]

    def __getitem__(self, plans: str) -> str:
        pair, _, key = plans.partition("@")
        winner, loser = (int(number) - 1 for number in pair.split("/"))
        return factor(self.measured[key or self.key].compared(winner, loser).ratio)


@dataclass(frozen=True)
class _Metric:
    """`{metric[2]}`: the mean validation accuracy of plan 2, or its R^2."""

    measured: Measured

    def __getitem__(self, plan: int) -> str:
        return f"{self.measured.results[plan - 1].metric:.3f}"


@dataclass(frozen=True)
class _LowestRate:
    """`{lowest[1]}`: the rate at which the training loss of plan 1 was lowest, the median over seeds."""

    experiment: Experiment
    measured: Measured

    def __getitem__(self, plan: int) -> str:
        updates = np.maximum(self.measured.lowest_at[plan - 1] - 1, 0)
        rates = self.experiment.plans[plan - 1].lr(updates, self.experiment.steps_per_epoch)
        return f"{float(np.median(rates)):.2g}"


def _load() -> dict[str, Example]:
    measured = read_measured()
    examples: dict[str, Example] = {}
    for key, entry in json.loads(_FILE.read_text(encoding="utf-8")).items():
        experiment, found = Experiment.model_validate(entry["experiment"]), measured[key]
        numbers = {
            "times": _Times(key, measured),
            "metric": _Metric(found),
            "lowest": _LowestRate(experiment, found),
            "draws": found.draws,
        }
        first = next(iter(examples.values()), None)
        same_points = first is not None and experiment.data == first.experiment.data
        examples[key] = Example(
            title=entry["title"],
            claim=entry["claim"].format(**numbers),
            note=_SAME_POINTS if same_points else entry.get("note", "").format(**numbers),
            experiment=experiment,
            measured=found,
            contrasts=_pairs(entry.get("contrasts", [])),
            level=_pairs(entry.get("level", [])),
        )
    return examples


def _pairs(written: list[list[int]]) -> tuple[tuple[int, int], ...]:
    """Plans as the page numbers them, from 1."""
    return tuple((winner - 1, loser - 1) for winner, loser in written)


EXAMPLES: dict[str, Example] = _load()


def examples_of(experiment_id: str) -> tuple[Example, ...]:
    """The examples whose experiment has this content hash."""
    return _by_experiment().get(experiment_id, ())


@cache
def _by_experiment() -> dict[str, tuple[Example, ...]]:
    found: dict[str, tuple[Example, ...]] = {}
    for example in EXAMPLES.values():
        found[example.experiment.id] = (*found.get(example.experiment.id, ()), example)
    return found
