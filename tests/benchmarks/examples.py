"""Measure every example over 20 seeds, and say which of the numbers that the page shows have moved.

python -m tests.benchmarks.examples [--write] [NAME ...]     all of them, or those that are named (about ten
seconds each)

With --write what was measured is stored in `lrcore/gallery/measured.json`, from which captions and claims are
computed. On another kind of processor losses that are chaotic move a little: look at the intervals.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from lrcore.experiment import Experiment
from lrcore.gallery.measured import FILE, Measured
from lrcore.results.comparison import compare, factor, final
from lrcore.results.events import NOT_DIVERGED, Finished, History
from lrcore.training import one_thread, train

EXAMPLES = FILE.with_name("examples.json")
SEEDS = 20
# With what the opening experiment is measured on other draws of its points, and which plans are held
# against which there.
DRAWS, SEEDS_OF_A_DRAW = range(1, 17), 5
DRAWN = {"01_open": ("3/1", "3/4")}


def changed(experiment: Experiment, **fields: Any) -> Experiment:
    before = {name: getattr(experiment, name) for name in Experiment.model_fields}
    return Experiment(**{**before, **fields})


def run(experiment: Experiment) -> History:
    *_, last = train(experiment)
    assert isinstance(last, Finished)
    return last.history


def ends(experiment: Experiment) -> dict[str, Any]:
    """What `measured.json` keeps of a run of the experiment."""
    history = run(experiment)
    alive = history.diverged_at == NOT_DIVERGED
    lowest = history.step[np.argmin(history.train_loss, axis=0)]
    return {
        "experiment": experiment.id,
        "final_train": _listed(final(history.train_loss, history.diverged_at), alive),
        "metric": _listed(final(history.val_metric, history.diverged_at), alive),
        "lowest_at": lowest.tolist(),
    }


def _listed(values: np.ndarray, alive: np.ndarray) -> list[list[float | None]]:
    rows = zip(values, alive, strict=True)
    return [[float(f"{v:.6g}") if a else None for v, a in zip(*row, strict=True)] for row in rows]


def other_draws(experiment: Experiment, pairs: tuple[str, ...]) -> dict[str, Any]:
    """How many times lower one plan ends than another, with other draws of the same points."""
    ratios: dict[str, list[float]] = {pair: [] for pair in pairs}
    for seed in DRAWS:
        data = type(experiment.data)(**{**experiment.data.model_dump(exclude={"kind"}), "seed": seed})
        history = run(changed(experiment, data=data, seeds=SEEDS_OF_A_DRAW))
        for pair in pairs:
            winner, loser = (int(number) - 1 for number in pair.split("/"))
            ratios[pair].append(float(f"{compare(history, winner, loser).ratio:.3g}"))
    return {"seeds": SEEDS_OF_A_DRAW, "ratios": ratios}


def numbers(measured: Measured, pairs: list[list[int]]) -> dict[str, str]:
    """All numbers that a caption shows, by what they are of: plans, and pairs of plans as the page numbers
    them."""
    found = {f"plan {index + 1}": f"{row.final_train:.3g}" for index, row in enumerate(measured.results)}
    for a, b in pairs:
        pair = measured.compared(a - 1, b - 1)
        size = f"{factor(pair.ratio)} [{factor(pair.low)}, {factor(pair.high)}]"
        found[f"plans {a}/{b}"] = f"{size}, {pair.wins} of {pair.seeds}"
    return found


def text(stored: dict[str, Any]) -> str:
    """JSON with a plan on each line."""
    return (
        "{\n" + ",\n".join(f" {json.dumps(key)}: {_entry(found)}" for key, found in stored.items()) + "\n}\n"
    )


def _entry(found: dict[str, Any]) -> str:
    lines = []
    for name, value in found.items():
        rows = isinstance(value, list)
        written = (
            "[\n" + ",\n".join(f"   {json.dumps(row)}" for row in value) + "\n  ]"
            if rows
            else json.dumps(value)
        )
        lines.append(f"  {json.dumps(name)}: {written}")
    return "{\n" + ",\n".join(lines) + "\n }"


def main() -> None:
    entries = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    stored = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="among " + ", ".join(entries))
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if unknown := set(given.names) - set(entries):
        parser.error(f"there is no example called {', '.join(sorted(unknown))}")
    one_thread()
    for key in given.names or entries:
        entry = entries[key]
        experiment = Experiment.model_validate(entry["experiment"])
        found = ends(changed(experiment, seeds=SEEDS))
        if key in DRAWN:
            found["draws"] = other_draws(experiment, DRAWN[key])
        pairs = [*entry.get("contrasts", []), *entry.get("level", [])]
        before = numbers(Measured.read(stored[key]), pairs) if key in stored else {}
        for what, now in numbers(Measured.read(found), pairs).items():
            said = before.get(what, "nothing")
            print(f"{key:18} {what:12} {now:40} {'' if said == now else f'stored: {said}'}", flush=True)
        stored[key] = found
        if given.write:
            FILE.write_text(
                text({name: stored[name] for name in entries if name in stored}), encoding="utf-8"
            )


if __name__ == "__main__":
    main()
