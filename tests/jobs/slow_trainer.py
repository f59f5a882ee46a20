"""The real trainer, slowed down so that a test can step in: `--runner tests.jobs.slow_trainer:run`.

The first plan of an experiment may ask for something else.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator

from lrcore import Experiment, ExperimentError
from lrcore.results.events import Event
from lrcore.training import one_thread, train

__all__ = ["one_thread", "run"]
PAUSE_S = 0.015
STUCK = "lr=0.125"  # says one word and hangs
REFUSED = "lr=0.25"


def run(
    experiment: Experiment,
    device: str = "auto",
    should_stop: Callable[[], bool] = lambda: False,
    first_seed: int = 0,
) -> Iterator[Event]:
    order = experiment.plans[0].text
    if order == REFUSED:
        raise ExperimentError("Not this one.")
    for event in train(experiment, "cpu", should_stop, first_seed=first_seed):
        yield event
        if experiment.steps > 1:  # not when the helper warms up
            time.sleep(PAUSE_S)
        if order == STUCK:
            # in C and in possession of the interpreter: no Python of this process runs any more
            ctypes.PyDLL(None).sleep(3600)
