"""The real trainer, which stops on the way until a test lets it on: `--runner tests.jobs.gated_trainer:run`.

A gate is a file in the folder GATES, named by the number of steps of the experiment. The first plan may ask
for something else.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lrcore import Experiment, ExperimentError
from lrcore.results.events import Event
from lrcore.training import one_thread, train

__all__ = ["one_thread", "run"]
GATES = "TEST_GATES"  # an environment variable
EVENTS_BEFORE_GATE = 6
STUCK = "lr=0.125"  # says one word, and hangs once it is let on
REFUSED = "lr=0.25"


def gate(experiment: Experiment) -> Path:
    return Path(os.environ[GATES], str(experiment.steps))


def run(
    experiment: Experiment,
    device: str = "auto",
    should_stop: Callable[[], bool] = lambda: False,
    first_seed: int = 0,
) -> Iterator[Event]:
    order = experiment.plans[0].text
    if order == REFUSED:
        raise ExperimentError("Not this one.")
    for number, event in enumerate(train(experiment, "cpu", should_stop, first_seed=first_seed), 1):
        yield event
        if order == STUCK:
            while not gate(experiment).exists():  # until the word has been heard, however busy the machine is
                time.sleep(0.005)
            # in C and in possession of the interpreter: no Python of this process runs any more
            ctypes.PyDLL(None).sleep(3600)
        while number == EVENTS_BEFORE_GATE and not (gate(experiment).exists() or should_stop()):
            time.sleep(0.005)
