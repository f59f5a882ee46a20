"""Experiments whose effect was measured over 20 seeds, with the numbers to compare one's own run with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lrcore.experiment import Experiment


@dataclass(frozen=True)
class Measured:
    """One plan over 20 seeds: final training loss (mean, standard deviation) and final accuracy, or R^2."""

    final_train: tuple[float, float]
    metric: float


@dataclass(frozen=True)
class Contrast:
    """`winner` ends `ratio` times lower than `loser` (geometric mean over paired seeds, 95 % interval), in
    `wins` of `seeds`."""

    winner: int
    loser: int
    ratio: float
    interval: tuple[float, float]
    wins: int
    seeds: int

    @property
    def text(self) -> str:
        low, high = self.interval
        return (
            f"plan {self.winner + 1} ends {self.ratio:.3g} times lower than plan {self.loser + 1} "
            f"[{low:.3g}, {high:.3g}], in {self.wins} of {self.seeds} seeds"
        )


@dataclass(frozen=True)
class Example:
    """An experiment, what it shows in one sentence, and what was measured."""

    title: str
    claim: str
    experiment: Experiment
    measured: tuple[Measured, ...]
    contrasts: tuple[Contrast, ...]


def _load() -> dict[str, Example]:
    entries = json.loads(Path(__file__).with_name("examples.json").read_text(encoding="utf-8"))
    return {
        key: Example(
            title=entry["title"],
            claim=entry["claim"],
            experiment=Experiment.model_validate(entry["experiment"]),
            measured=tuple(Measured(tuple(row["final_train"]), row["metric"]) for row in entry["measured"]),
            contrasts=tuple(
                Contrast(**{**row, "interval": tuple(row["interval"])}) for row in entry["contrasts"]
            ),
        )
        for key, entry in entries.items()
    }


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
