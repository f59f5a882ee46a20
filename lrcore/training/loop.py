"""The training loop: an experiment as a stream of events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import torch

from lrcore.errors import ExperimentError
from lrcore.experiment import Experiment
from lrcore.results.events import Event, Finished, Progress, Started
from lrcore.training.divergence import EXPLODED, Divergences, Guard
from lrcore.training.ensemble import Ensemble
from lrcore.training.evaluation import Evaluator, evaluation_steps
from lrcore.training.rates import Rates
from lrcore.training.recording import Recorder
from lrcore.training.stopping import StopCheck

BLOCK = 16  # updates between two looks at the losses


def _never() -> bool:
    return False


def train(
    experiment: Experiment,
    device: str = "auto",
    should_stop: Callable[[], bool] = _never,
    *,
    first_seed: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Iterator[Event]:
    """Train every plan from every seed, and report it: `Started`, a `Progress` for each evaluation,
    `Finished`.

    `device`: "cpu", "cuda" or "auto" (cuda where there is one); ExperimentError if it is not there.
    `should_stop` is polled at every event and every 10 ms; once it is true, `Finished(stopped=True)` comes
    with the history of the updates done. The same experiment on the same device gives the same bits.

    The seeds are `first_seed`, `first_seed` + 1, ...: a part of a larger experiment is trained as one with
    fewer plans and seeds (`lrcore.experiment.part`). A member is that of its seed whoever is trained beside
    it; how many there are only moves the rounding of sums in float32, by some 1e-7 of a loss.

    >>> from lrcore.experiment import Experiment
    >>> events = list(train(Experiment.model_validate({"plans": ["lr=0.3"], "seeds": 1, "steps": 2}),
    ...     device="cpu"))
    >>> [event.kind for event in events]
    ['started', 'progress', 'progress', 'progress', 'finished']
    """
    return _events(experiment, _device(device), StopCheck(should_stop), dtype, first_seed)


def _device(name: str) -> torch.device:
    if name not in ("auto", "cpu", "cuda"):
        raise ExperimentError(f"The device is auto, cpu or cuda, but {name!r} arrived.")
    if name == "cpu":  # to ask for a GPU may begin to use it, which whoever forks later would pay for
        return torch.device("cpu")
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise ExperimentError(
            "The device cuda was asked for, but this machine has no GPU that torch can use; ask for cpu or"
            " auto."
        )
    return torch.device("cuda" if there else "cpu")


def _events(
    experiment: Experiment,
    device: torch.device,
    stop_check: StopCheck,
    dtype: torch.dtype,
    first_seed: int,
) -> Iterator[Event]:
    began = time.perf_counter()
    yield Started(
        experiment_id=experiment.id,
        plans=len(experiment.plans),
        seeds=experiment.seeds,
        steps=experiment.steps,
        steps_per_epoch=experiment.steps_per_epoch,
        device=device.type,
        evaluations=evaluation_steps(experiment.steps),
    )
    rates, divergences = Rates(experiment), Divergences(experiment.members)
    recorder = Recorder(experiment, rates.block(0, 1)[0], divergences)
    if not stop_check.poll():
        data = experiment.data.load()
        ensemble = Ensemble(experiment, data, device, dtype, stop_check, first_seed)
        yield from _run(
            experiment, Evaluator(ensemble, data), Guard(ensemble, divergences), rates, recorder, stop_check
        )
    yield Finished(
        experiment_id=experiment.id,
        steps_done=recorder.done,
        stopped=stop_check.stopped,
        seconds=time.perf_counter() - began,
        reasons=tuple(divergences.reasons),
        history=recorder.history(),
    )


def _run(
    experiment: Experiment,
    evaluator: Evaluator,
    guard: Guard,
    rates: Rates,
    recorder: Recorder,
    stop_check: StopCheck,
) -> Iterator[Progress]:
    """Train up to each evaluation and report it; ends early when told to stop."""
    for target in evaluation_steps(experiment.steps):
        while recorder.done < target and not stop_check.poll_at_most_every_10ms():
            lr = rates.block(
                recorder.done, min(recorder.done + BLOCK, int(target), rates.known_until(recorder.done))
            )
            recorder.updates(guard.run(recorder.done, lr.reshape(len(lr), -1)), lr)
            for plan, members in rates.waiting(recorder.done):
                if (metrics := evaluator.val_loss(members, stop_check)) is None:
                    return
                rates.observe(plan, metrics)
        if stop_check.poll() or (scores := evaluator.scores(stop_check)) is None:
            return
        if target == 0:
            guard.limit = EXPLODED * np.maximum(scores.train_loss, evaluator.chance)
        yield recorder.evaluation(scores)
