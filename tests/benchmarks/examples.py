"""Measure every example over 20 seeds and write the numbers that the page shows beside it into
`lrcore/examples.json`.

python -m tests.benchmarks.examples [NAME ...]     all of them, or those that are named
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import lrcore.gallery.examples
from lrcore.experiment import Experiment
from lrcore.results.comparison import compare, final, results
from lrcore.results.events import Finished, History
from lrcore.training import one_thread, train

SEEDS = 20
FILE = Path(lrcore.gallery.examples.__file__).with_name("examples.json")


def measure(experiment: Experiment) -> History:
    """Train the example's plans on 20 seeds."""
    *_, last = train(
        Experiment(
            **{**{name: getattr(experiment, name) for name in Experiment.model_fields}, "seeds": SEEDS}
        )
    )
    assert isinstance(last, Finished)
    return last.history


def short(value: float) -> float:
    return float(f"{value:.3g}")


def numbers(history: History, contrasts: list[dict[str, Any]]) -> dict[str, Any]:
    """What `examples.json` keeps of a run: mean and deviation of each plan's final loss, and the contrasts it
    names."""
    train_loss = final(history.train_loss, history.diverged_at)
    rows = [
        {"final_train": [short(losses.mean()), short(losses.std(ddof=1))], "metric": short(result.metric)}
        for losses, result in zip(train_loss, results(history), strict=True)
    ]
    pairs = []
    for contrast in contrasts:
        pair = compare(history, contrast["winner"], contrast["loser"])
        sizes = {
            "ratio": short(pair.ratio),
            "interval": [short(pair.low), short(pair.high)],
            "wins": pair.wins,
            "seeds": pair.seeds,
        }
        pairs.append({"winner": contrast["winner"], "loser": contrast["loser"], **sizes})
    return {"measured": rows, "contrasts": pairs}


def main() -> None:
    one_thread()
    entries = json.loads(FILE.read_text(encoding="utf-8"))
    for key, entry in entries.items():
        if sys.argv[1:] and key not in sys.argv[1:]:
            continue
        entry |= numbers(measure(Experiment.model_validate(entry["experiment"])), entry["contrasts"])
        print(
            key,
            [row["final_train"] for row in entry["measured"]],
            [pair["ratio"] for pair in entry["contrasts"]],
            flush=True,
        )
    FILE.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
