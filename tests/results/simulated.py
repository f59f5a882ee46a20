"""Runs made to order, in which it is known why a plan ends above another: for the tests of what is said of a
run, and for the rates that `python -m tests.benchmarks.evidence` prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from lrcore.experiment import Experiment
from lrcore.results.events import NOT_DIVERGED, Floats, History, Split

Draw = Callable[[np.random.Generator, tuple[int, ...]], Floats]
NOISE: dict[str, Draw] = {  # of a log loss
    "normal": lambda rng, shape: rng.normal(size=shape),
    "skewed": lambda rng, shape: rng.exponential(size=shape),
    "heavy": lambda rng, shape: rng.standard_t(2, size=shape),
    "stuck": lambda rng, shape: 0.3 * rng.normal(size=shape) + 3.0 * (rng.random(shape) < 0.1),
}
START, STEPS = 0.7, 2000
EVALUATIONS = np.unique(np.round(STEPS * np.linspace(0, 1, 60) ** 1.25).astype(np.int64))


@dataclass(frozen=True)
class World:
    """What the losses of a run are made of.

    A plan that has spent tau has the loss g(tau) (1 - noise (1 - lr / lr0)), with
    g(tau) = START (1 + tau / scale)^-power and lr0 its highest rate in the run, times e^luck from the first
    tenth on, which no rate explains, times the noise of its seeds. A validation loss takes part in a share
    1 - over_fit of what a training loss falls (above 1 it rises). `above` and `guessing` are plans whose
    training loss rises, or stays at ln 2, whatever their rates.
    """

    power: float = 0.0
    scale: float = 10.0
    noise: float = 0.0
    luck: tuple[float, ...] = ()
    over_fit: tuple[float, ...] = ()
    above: tuple[int, ...] = ()
    guessing: tuple[int, ...] = ()
    spread: float = 0.1  # of the seeds, in logarithms
    draw: Draw = NOISE["normal"]


def simulate(
    plans: Sequence[str], seeds: int, world: World, rng: np.random.Generator, **fields: Any
) -> tuple[Experiment, History]:
    """An experiment, and a run of it in this world."""
    experiment, rates = _planned(tuple(plans), seeds, tuple(fields.items()))
    count, many = len(plans), len(EVALUATIONS)
    spent = np.concatenate([np.zeros((1, count)), np.cumsum(rates, axis=0)])[EVALUATIONS]
    now = rates[np.maximum(EVALUATIONS - 1, 0)]
    losses = -world.power * np.log1p(spent / world.scale)
    losses += np.log1p(-world.noise * (1 - now / rates.max()))
    begins = np.minimum(1.0, np.arange(many) / (many // 10))[:, None]
    losses += begins * _of_plans(world.luck, count)
    rising = np.linspace(0, 0.6, many)
    for plan in world.above:
        losses[:, plan] = rising
    for plan in world.guessing:
        losses[:, plan] = np.log(np.log(2) / START)
    noise = world.spread * np.where(np.isin(np.arange(count), world.guessing), 0.0, 1.0)[:, None]
    of_seeds = 0.3 * rng.normal(size=(1, seeds)) + noise * world.draw(rng, (count, seeds))
    jitter = 0.3 * noise * rng.normal(size=(many, count, seeds))
    train = np.log(START) + losses[:, :, None] + begins[:, :, None] * (of_seeds + jitter)
    for plan in world.guessing:
        train[:, plan] = np.log(np.log(2))
    learnt = np.log(START) - train
    val = np.log(START) - (1 - _of_plans(world.over_fit, count))[:, None] * learnt
    return experiment, _history(np.exp(train), np.exp(val), now, rates)


@cache
def _planned(plans: tuple[str, ...], seeds: int, fields: tuple[Any, ...]) -> tuple[Experiment, Floats]:
    experiment = Experiment.model_validate({"plans": plans, "seeds": seeds, "steps": STEPS, **dict(fields)})
    every = np.arange(STEPS)
    rates = [plan.lr(every, experiment.steps_per_epoch) for plan in experiment.plans]
    return experiment, np.stack(rates, axis=1)


def _of_plans(values: tuple[float, ...], count: int) -> Floats:
    return np.array(values, np.float64) if values else np.zeros(count)


def _history(train: Floats, val: Floats, now: Floats, rates: Floats) -> History:
    shape = train.shape[1:]
    of_seeds, applied = (np.broadcast_to(each[:, :, None], (len(each), *shape)) for each in (now, rates))
    nothing = np.empty((0, *shape))
    return History(EVALUATIONS, train, val, 1 - val, of_seeds, np.full(shape, NOT_DIVERGED), nothing, applied)


def of_finals(finals: Floats) -> History:
    """A run of one evaluation, with these losses (P, S)."""
    losses = finals[None]
    at = np.full(finals.shape, NOT_DIVERGED)
    return History(np.zeros(1, np.int64), losses, losses, losses, losses, at, losses, losses)


@dataclass(frozen=True)
class Case:
    """A world in which plan 1 ends above plan 2, and the name of the cause; "" where no rate is. `also` is a
    cause that may be seen in its place."""

    name: str
    cause: str
    plans: tuple[str, str]
    world: World
    split: Split = "train"
    full_batch: bool = False
    also: str = ""


HIGH, LOW = "lr=0.3", "lr=0.03"
STEP = "lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration"
INVERSE = "lr=0.3 InverseTimeDecay(lr_decay=0.018) per iteration"
COSINE = "lr=0.3 CosineAnnealingLR(T_max=2000) per iteration"
FAST = "lr=0.3 ExponentialLR(gamma=0.99) per iteration"
CYCLE = "lr=0.3 OneCycleLR(max_lr=0.3, total_steps=2000) per iteration"
_LUCK = World(luck=(-0.7, -1.5))
_LEARNS = World(power=0.8)
CASES = (
    Case("noise that the rate keeps alive", "noise floor", (HIGH, STEP), World(power=0.3, noise=0.95)),
    Case("the same, under a cosine", "noise floor", (HIGH, COSINE), World(power=0.3, noise=0.9)),
    Case("a decay that is too fast", "slowed down", (INVERSE, STEP), _LEARNS),
    Case("the same, exponential", "slowed down", (FAST, COSINE), _LEARNS),
    Case("a tenth of the rate", "lower rates", (LOW, HIGH), _LEARNS),
    Case("a loss that rises", "too high a rate", (HIGH, STEP), World(power=0.3, above=(0,))),
    Case(
        "a loss that rises from a higher rate",
        "too high a rate",
        ("lr=3", HIGH),
        World(power=0.3, above=(0,)),
    ),
    Case("a dead network", "guessing", ("lr=3", HIGH), World(power=0.3, guessing=(0,))),
    Case(
        "what is learnt does not hold",
        "learnt more, of the noise too",
        (HIGH, LOW),
        World(power=0.6, over_fit=(1.3, 0.5)),
        "val",
        also="over-fitting",
    ),
    Case(
        "what is learnt at the same pace does not hold",
        "over-fitting",
        (STEP, COSINE),
        World(power=0.5, scale=1.0, over_fit=(1.3, 0.5)),
        "val",
    ),
    Case("luck, with a constant rate", "", (HIGH, STEP), _LUCK),
    Case("luck, with a constant rate and some noise", "", (HIGH, STEP), replace(_LUCK, noise=0.2)),
    Case("luck, with a fast decay", "", (INVERSE, STEP), _LUCK),
    Case("luck, with a lower rate", "", (LOW, HIGH), _LUCK),
    Case("luck, with a lower rate and losses that fall", "", (LOW, HIGH), replace(_LUCK, power=0.3)),
    Case("luck, with a fast decay and losses that fall", "", (INVERSE, STEP), replace(_LUCK, power=0.3)),
    Case("luck, with a higher rate", "", ("lr=1", HIGH), replace(_LUCK, power=0.3)),
    Case("luck on both splits", "", (HIGH, STEP), replace(_LUCK, over_fit=(0.3, 0.3)), "val"),
    Case("luck, near guessing", "", ("lr=3", HIGH), World(luck=(-0.1, -0.5))),
    Case("noise in a full batch", "", (HIGH, STEP), World(power=0.3, noise=0.9), full_batch=True),
    Case("the momentum moves too", "", (LOW, CYCLE), _LEARNS),
)
