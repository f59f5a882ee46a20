"""Trainers that behave as a test asks, in a real worker process and without torch: `--runner
tests.jobs.fake_runners:run`.

What an experiment says is read as orders: `seeds` picks the behaviour, `steps` how many evaluations,
`batch_size` the milliseconds between them; `lr` only makes one experiment differ from another.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Iterator

import numpy as np

from lrcore import Experiment, ExperimentError
from lrcore.jobs import worker
from lrcore.results.events import Event, Finished, History, Progress, Started

BEHAVIOURS = ("steady", "deaf", "refuse", "break", "exit", "silent", "garble", "no_check", "fat")
DEAF_AFTER_S = 0.05


def make(behaviour: str = "steady", evaluations: int = 5, ms: int = 1, lr: float = 0.1) -> Experiment:
    seeds = BEHAVIOURS.index(behaviour) + 1
    return Experiment.model_validate(
        {"plans": [f"lr={lr}"], "seeds": seeds, "steps": evaluations, "batch_size": max(1, ms)}
    )


def behaviour(experiment: Experiment) -> str:
    return BEHAVIOURS[experiment.seeds - 1]


def run(
    experiment: Experiment, device: str = "auto", should_stop: Callable[[], bool] = lambda: False
) -> Iterator[Event]:
    order = behaviour(experiment)
    if order == "refuse":
        raise ExperimentError("The data set has no points; add some.")
    size = 1_000_000 if order == "fat" else 1
    yield Started(experiment.id, 1, size, experiment.steps, 1, device, np.arange(experiment.steps))
    if (
        order == "deaf"
    ):  # stuck in C and in possession of the interpreter: no Python of this process runs any more
        time.sleep(DEAF_AFTER_S)  # until the word that it has started is out
        ctypes.PyDLL(None).sleep(3600)
    elif order == "break":
        raise ZeroDivisionError("a secret path")
    elif order == "exit":
        os._exit(3)
    elif order == "silent":
        return
    elif order == "garble":
        worker.events.encode = lambda event: b"nonsense"
    stopped = False
    for step in range(1, experiment.steps + 1):
        stopped = order != "no_check" and should_stop()
        if stopped:
            break
        if experiment.batch_size > 1:
            time.sleep(experiment.batch_size / 1000)
        values = np.full((1, size), float(step))
        yield Progress(step, float(step), values, values, values, values, values, np.full((1, size), -1))
    trace = np.full((1, 1, 1), 1.0)
    history = History(np.arange(1), trace, trace, trace, trace, np.full((1, 1), -1), trace, trace)
    yield Finished(experiment.id, step, stopped, 0.0, ("",), history)
