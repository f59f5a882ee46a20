"""The batched trainer against torch's plain loop, member by member: `python -m tests.benchmarks.trainer`.

Both in this process, on one thread, in turns, so that a busy machine is busy for both; evaluation in neither.
Times are the process's CPU seconds: on one thread those are wall seconds less what other processes took.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch

from lrcore import Experiment
from lrcore.training import one_thread
from lrcore.training.divergence import Divergences, Guard
from lrcore.training.ensemble import Ensemble
from lrcore.training.loop import BLOCK
from lrcore.training.rates import Rates
from lrcore.training.reference import train_member
from lrcore.training.stopping import StopCheck

PLANS = [
    "lr=0.3",
    "lr=0.03",
    "lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration",
    "lr=0.3 InverseTimeDecay(lr_decay=0.018) per iteration",
]


def landing(steps: int, optimizer: str = "SGD") -> Experiment:
    """The landing page's experiment: 4 plans x 5 seeds, MLP 32-32 tanh, batch 32 (Adam: at rates that suit
    it)."""
    plans = PLANS if optimizer == "SGD" else [plan.replace("lr=0.", "lr=0.00") for plan in PLANS]
    return Experiment.model_validate(
        {"plans": plans, "optimizer": {"kind": optimizer}, "seeds": 5, "steps": steps}
    )


def train_batched(experiment: Experiment) -> None:
    """What `lrcore.training.train` does, less the evaluations and the recording."""
    ensemble = Ensemble(
        experiment, experiment.data.load(), torch.device("cpu"), torch.float32, StopCheck(lambda: False)
    )
    guard, rates = Guard(ensemble, Divergences(experiment.members)), Rates(experiment)
    for first in range(0, experiment.steps, BLOCK):
        lr = rates.block(first, min(first + BLOCK, experiment.steps))
        guard.run(first, lr.reshape(len(lr), -1))


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def run(optimizer: str = "SGD", steps: int = 300, repeats: int = 7) -> dict[str, float]:
    """Member-steps a second of both, best of `repeats` turns, and their ratio. Setup (data, weights) is in
    both."""
    experiment = landing(steps, optimizer)
    train_batched(landing(20, optimizer))
    train_member(landing(20, optimizer), experiment.plans[0], 0)
    reference, batched = [], []
    for turn in range(repeats):
        plan, seed = experiment.plans[turn % len(experiment.plans)], turn % experiment.seeds
        reference.append(seconds(lambda plan=plan, seed=seed: train_member(experiment, plan, seed)))
        batched.append(seconds(lambda: train_batched(experiment)))
    plain, ours = steps / min(reference), steps * experiment.members / min(batched)
    median = float(np.median(np.array(reference) * experiment.members / np.array(batched)))
    return {"reference": plain, "batched": ours, "ratio": ours / plain, "median_ratio": median}


def main() -> None:
    """Print the table."""
    one_thread()
    print(
        f"{'optimiser':10} {'reference':>12} {'batched':>12} {'ratio':>7} {'median':>7}   (member-steps a CPU"
        " second)"
    )
    for optimizer in ("SGD", "Adam"):
        result = run(optimizer)
        print(
            f"{optimizer:10} {result['reference']:12,.0f} {result['batched']:12,.0f} {result['ratio']:6.1f}x"
            f" {result['median_ratio']:6.1f}x"
        )


if __name__ == "__main__":
    main()
