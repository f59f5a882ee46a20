"""Trainers that behave as a test asks, in a real worker process and without torch: `--runner
tests.jobs.fake_runners:run`.

What an experiment says is read as orders: `seeds` picks the behaviour, `steps` how many evaluations,
`batch_size` the milliseconds between them; `lr` and the data's seed only make one experiment differ from
another. `Started.device` is the process, so that a test can speak to it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterator

import numpy as np

from lrcore import Experiment, ExperimentError
from lrcore.jobs import worker
from lrcore.results.events import Event, Finished, History, Progress, Started

BEHAVIOURS = (
    *("steady", "deaf", "refuse", "break", "exit", "silent", "garble", "no_check", "fat"),
    *("quiet", "hog", "torch_hog", "burn"),
)
data_seed = 0  # another one for each test
worker.BEAT_S = 0.1  # in the helper: a test of silence need not be long, and a busy machine is no silence
_PR_SET_NAME = 15


def make(behaviour: str = "steady", evaluations: int = 5, ms: int = 1, lr: float = 0.1) -> Experiment:
    seeds = BEHAVIOURS.index(behaviour) + 1
    return Experiment.model_validate(
        {
            "data": {"kind": "checkerboard", "seed": data_seed},
            "plans": [f"lr={lr}"],
            "seeds": seeds,
            "steps": evaluations,
            "batch_size": max(1, ms),
        }
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
    heard: list[int] = []  # SIGUSR1: the word that it has started has arrived
    signal.signal(signal.SIGUSR1, lambda number, _frame: heard.append(number))
    evaluations = np.arange(experiment.steps)
    yield Started(experiment.id, 1, size, experiment.steps, 1, str(os.getpid()), evaluations)
    if order == "deaf":
        while not heard:
            time.sleep(0.001)
        ctypes.CDLL(None).prctl(_PR_SET_NAME, b"deaf")  # seen from outside, see `support.said_something`
        # stuck in C and in possession of the interpreter: no Python of this process runs any more
        ctypes.PyDLL(None).sleep(3600)
    elif order == "break":
        raise ZeroDivisionError(f"a secret path, and {experiment.plans}")
    elif order == "exit":
        os._exit(3)
    elif order == "silent":
        return
    elif order == "quiet":  # says nothing for a while, but works
        for _ in range(experiment.batch_size):
            time.sleep(0.01)
            if should_stop():
                break
    elif order == "hog":
        bytearray(1 << 40)
    elif order == "torch_hog":
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")
    elif order == "burn":
        while True:
            should_stop()
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
