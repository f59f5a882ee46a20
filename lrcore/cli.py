"""What the commands do. `train` imports torch when it is called; nothing else here does."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from lrcore.errors import ExperimentError, LRLabError, PlanError
from lrcore.experiment import MLP, Experiment
from lrcore.gallery.examples import EXAMPLES
from lrcore.links import read_word
from lrcore.plan import Plan, parse_plan
from lrcore.results.events import Finished, Progress, Started
from lrcore.results.reports import FORMATS, Format, as_csv, as_json, run_as_text
from lrcore.values.value import short

ROWS_MAX = 5_000_000
_BLOCK = 20_000  # rows that are made at once, so that a long curve begins to appear at once
_INTERRUPTED = 130
_BAR = 24


def curve(given: argparse.Namespace) -> int:
    """Print step, epoch and each plan's rate."""
    plans = [parse_plan(text) for text in given.plans]
    for name, value in (
        ("steps", given.steps),
        ("steps-per-epoch", given.steps_per_epoch),
        ("every", given.every),
    ):
        if not 1 <= value <= 10**12:
            raise PlanError(f"--{name} must be a whole number from 1 to 1e12, but {value} arrived.")
    rows = -(-given.steps // given.every)
    if rows > ROWS_MAX:
        raise PlanError(
            f"This curve has {rows:,} rows; at most {ROWS_MAX:,} are printed. Raise --every or lower --steps."
        )
    form = _format(given)
    with _output(given.output) as out:
        if form == "json":
            steps = np.concatenate(list(_steps(given.steps, given.every)))
            curves = [{"plan": plan.text, "lr": plan.lr(steps, given.steps_per_epoch)} for plan in plans]
            out.write(
                as_json(
                    {"step": steps, "epoch": steps // given.steps_per_epoch, "plans": curves}, indent=False
                )
            )
        else:
            out.writelines(_curve_lines(plans, given, form))
    return 0


def _steps(steps: int, every: int) -> Iterator[np.ndarray]:
    """0, every, 2 every ... and always steps - 1, in blocks."""
    for start in range(0, steps, every * _BLOCK):
        yield np.arange(start, min(start + every * _BLOCK, steps), every, dtype=np.int64)
    if (steps - 1) % every:
        yield np.array([steps - 1], dtype=np.int64)


def _curve_lines(plans: Sequence[Plan], given: argparse.Namespace, form: Format) -> Iterator[str]:
    """CSV has every number in the shortest digits that read back as the same float64; a table has six
    digits."""
    if form == "csv":
        yield as_csv([["step", "epoch", *(plan.text for plan in plans)]])
    else:
        yield from (f"plan {number}: {plan.text}\n" for number, plan in enumerate(plans, 1))
        width = max(len(str(given.steps - 1)), 5)
        names = "".join(f"  {f'plan {number}':>12}" for number in range(1, len(plans) + 1))
        yield f"\n{'step':>{width}}  {'epoch':>{width}}{names}\n"
    for steps in _steps(given.steps, given.every):
        epochs = (steps // given.steps_per_epoch).tolist()
        rates = zip(*(plan.lr(steps, given.steps_per_epoch).tolist() for plan in plans), strict=True)
        rows = zip(steps.tolist(), epochs, rates, strict=True)
        if form == "csv":
            yield as_csv([step, epoch, *map(repr, row)] for step, epoch, row in rows)
        else:
            yield "".join(
                f"{step:>{width}}  {epoch:>{width}}" + "".join(f"  {rate:>12.6g}" for rate in row) + "\n"
                for step, epoch, row in rows
            )


def train(given: argparse.Namespace) -> int:
    """Train the experiment that the flags describe and print its results; 130 if it was interrupted."""
    experiment = read_experiment(given)
    if not 1 <= given.against <= len(experiment.plans):
        raise ExperimentError(
            f"--against names a plan from 1 to {len(experiment.plans)}, but {given.against} arrived."
        )
    form = _format(given)
    os.environ["OMP_NUM_THREADS"] = "1"  # torch's thread pool reads it once, when it is imported
    from lrcore.training import one_thread
    from lrcore.training import train as run

    one_thread()
    with _interrupt() as interrupted, _output(given.output) as out:
        started: Started | None = None
        finished: Finished | None = None
        bar = _Bar(experiment.steps) if given.progress or sys.stderr.isatty() else None
        for event in run(experiment, device=given.device, should_stop=lambda: bool(interrupted)):
            if isinstance(event, Started):
                started = event
            elif isinstance(event, Finished):
                finished = event
            if bar and isinstance(event, Progress):
                bar.show(event.step)
        if bar:
            bar.clear()
        assert started
        assert finished
        if len(finished.history.step) == 0:
            print("Stopped before the first evaluation: there is no result.", file=sys.stderr)
            return _INTERRUPTED
        against = given.against - 1
        out.write(
            run_as_text(experiment, finished, started.device, against, form, with_history=given.history)
        )
        return _INTERRUPTED if finished.stopped else 0


def read_experiment(given: argparse.Namespace) -> Experiment:
    """The experiment of --experiment or --example, or the defaults, with what the other flags name put in its
    place."""
    fields: dict[str, Any] = {}
    if given.experiment is not None:
        base = _experiment_file(given.experiment)
        fields = {name: getattr(base, name) for name in Experiment.model_fields}
    elif given.example is not None:
        if given.example not in EXAMPLES:
            raise ExperimentError(
                f"There is no example called {given.example!r}. Known are: {', '.join(EXAMPLES)}."
            )
        fields = {name: getattr(EXAMPLES[given.example].experiment, name) for name in Experiment.model_fields}
    if given.plan:
        fields["plans"] = tuple(parse_plan(text) for text in given.plan)
    for name in ("data", "model", "optimizer", "batch_size", "steps", "seeds"):
        text = getattr(given, name)
        if text is not None:
            fields[name] = read_word(name, text)
    layers = fields.get("model", MLP())
    if given.hidden is not None:
        layers = MLP(hidden=_units(given.hidden), activation=layers.activation)
    if given.activation is not None:
        layers = MLP(hidden=layers.hidden, activation=given.activation)
    if "plans" not in fields:
        raise ExperimentError(
            'There is nothing to train: give --plan "lr=0.3 StepLR(step_size=500, gamma=0.3)", --example or'
            " --experiment."
        )
    return Experiment(**{**fields, "model": layers})


def _units(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.strip("[]() ").split(","))
    except ValueError:
        raise ExperimentError(
            f"--hidden is whole numbers with commas, such as 64,64, but {short(text)} arrived."
        ) from None


def _experiment_file(name: str) -> Experiment:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExperimentError(
            f"The experiment {name!r} cannot be read: {getattr(error, 'strerror', None) or 'it is not text'}."
        ) from None
    try:
        return Experiment.model_validate(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise ExperimentError(
            f'{name} is not JSON ({error}); an experiment looks like {{"plans": ["lr=0.3"]}}.'
        ) from None


def _format(given: argparse.Namespace) -> Format:
    asked = given.format or Path(given.output or "").suffix.lstrip(".").lower()
    return next((form for form in FORMATS if form == asked), "table")


@contextlib.contextmanager
def _output(name: str | None) -> Iterator[IO[str]]:
    """Standard output, or the file; opened before the work, so that a wrong name does not cost a run."""
    if name is None:
        yield sys.stdout
        return
    try:
        # Only opening it may fail with this sentence, so no `with` around what follows.
        out = open(name, "w", encoding="utf-8", newline="")  # noqa: SIM115
    except OSError as error:
        raise LRLabError(f"The output {name!r} cannot be written: {error.strerror}.") from None
    with out:
        yield out


@contextlib.contextmanager
def _interrupt() -> Iterator[list[int]]:
    """The first Ctrl-C fills the list, and the run ends with what it has; the second ends the program."""
    asked: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def ask(number: int, frame: object) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


class _Bar:
    """One line on standard error that says how far the run is."""

    def __init__(self, steps: int) -> None:
        self._steps, self._began = steps, 0.0

    def show(self, step: int) -> None:
        if not step:  # what came before, such as loading the data, says nothing about the updates to come
            self._began = time.perf_counter()
        share = step / self._steps
        left = f"  {(time.perf_counter() - self._began) * (1 - share) / share:.0f} s left" if step else ""
        filled = round(share * _BAR)
        print(
            f"\r[{'#' * filled}{'.' * (_BAR - filled)}] {share:4.0%}{left}\033[K",
            end="",
            file=sys.stderr,
            flush=True,
        )

    def clear(self) -> None:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
