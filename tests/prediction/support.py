"""Runs that obey the formula, for tests that know what has to come out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from lrcore.experiment import Experiment
from lrcore.prediction import Collapse, NotPredicted, Prediction, collapse_of, predict
from lrcore.results.events import NOT_DIVERGED, Floats, History

RATE, STEPS = 0.2, 2000
SPREAD = (0.4, 1.0, 30.0)  # what the seeds' losses are multiplied with: the median is that of the formula
FLAT = f"lr={RATE}"
COSINE = f"lr={RATE} CosineAnnealingLR(T_max={STEPS}) per iteration"
STEP = f"lr={RATE} StepLR(step_size=500, gamma=0.3) per iteration"
INVERSE = f"lr={RATE} InverseTimeDecay(lr_decay=0.01) per iteration"
WSD = f"lr={RATE} WarmupStableDecay(total_steps={STEPS}, decay_steps=400) per iteration"
FIVE = (FLAT, COSINE, STEP, INVERSE, WSD)


def experiment(*plans: str, **fields: Any) -> Experiment:
    return Experiment.model_validate({"plans": plans, "seeds": len(SPREAD), "steps": STEPS, **fields})


def evaluations(steps: int = STEPS) -> Any:
    return np.unique(np.round(steps * np.linspace(0, 1, 60) ** 1.25).astype(np.int64))


def of_budget(tau: Floats) -> Floats:
    """The loss of the constant rate."""
    return 0.7 * (1 + tau) ** -0.6


def formula(one: Experiment, plan: int, noise: float, done: Any) -> Floats:
    """The loss of a plan after `done` updates, written anew, one update after the other."""
    if one.plans[plan].schedule.listens:
        return np.ones(len(done))
    losses, tau, rate = [], 0.0, RATE
    rates = one.plans[plan].lr(np.arange(one.steps), one.steps_per_epoch)
    wanted = set(done.tolist())
    for update in range(one.steps + 1):
        if update in wanted:
            losses.append(of_budget(np.array(tau)) * (1 - noise * (1 - rate / RATE)))
        if update < one.steps:
            rate = float(rates[update])
            tau += rate
    return np.array(losses)


def run(one: Experiment, noise: float) -> History:
    """A history that obeys the formula in both losses; the validation loss is twice the training loss."""
    done = evaluations(one.steps)
    losses = np.stack([formula(one, plan, noise, done) for plan in range(len(one.plans))], axis=1)
    train = losses[:, :, None] * np.array(SPREAD)
    nothing = np.empty((0, *train.shape[1:]))
    return History(
        step=done,
        train_loss=train,
        val_loss=2 * train,
        val_metric=np.zeros_like(train),
        lr=np.ones_like(train),
        diverged_at=np.full(train.shape[1:], NOT_DIVERGED),
        minibatch_loss=nothing,
        applied_lr=nothing,
    )


def stopped(history: History, evaluations: int) -> History:
    """The run as if it had been stopped after so many evaluations."""
    names = ("step", "train_loss", "val_loss", "val_metric", "lr")
    return dataclasses.replace(history, **{name: getattr(history, name)[:evaluations] for name in names})


def fitted(plans: Sequence[str] = FIVE, noise: float = 0.6) -> Collapse:
    """What a run of these plans says."""
    one = experiment(*plans)
    found = collapse_of(one, run(one, noise), "train")
    assert isinstance(found, Collapse), found
    return found


def moved(collapse: Collapse, plan: str, **fields: Any) -> Prediction | NotPredicted:
    """The prediction of one plan alone."""
    return predict(collapse, experiment(plan, **fields), 0)
