"""The base rates at which plans are tried, each twice the one before, and the races that takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lrcore.errors import ExperimentError
from lrcore.experiment import Experiment
from lrcore.results.comparison import least_seeds
from lrcore.values.limits import SEEDS_MAX

STEP = 2.0  # from one rate to the next: a best one between two of them is missed by a factor of 1.4 at most
FIRST = (0, -1, 1, -2, 2)  # the powers of it at which every plan is raced, in this order
REACH = 5  # the greatest power: a plan's rates are moved by a factor of 32 at most


def pick_seeds(experiment: Experiment) -> int:
    """On how many seeds rates are picked, the first ones: those of the experiment, but no more than leave as
    many to judge on."""
    return min(experiment.seeds, SEEDS_MAX // 2)


def row(experiment: Experiment, plans: Sequence[int], power: int) -> Experiment:
    """Some plans (by their numbers from 0) at one power of `STEP` times their rates, on the seeds for
    picking and as many more.

    >>> made = row(Experiment(plans=["lr=0.3", "lr=0.1"], seeds=8), [1], -2)
    >>> made.plans[0].text, made.seeds
    ('lr=0.025', 16)
    """
    moved = tuple(experiment.plans[plan].multiplied(STEP**power) for plan in plans)
    return _with(experiment, plans=moved, seeds=2 * pick_seeds(experiment))


def estimated_seconds(experiment: Experiment) -> float:
    """About how long the first rates take on one core; each one beyond takes a fifth of that or less.
    ExperimentError if a race costs too much."""
    return len(FIRST) * _with(experiment, seeds=2 * pick_seeds(experiment)).estimated_seconds


def lacking(experiment: Experiment) -> str:
    """Why no tuning of it could tell plans apart, and what would; "" where its seeds suffice. What is advised
    is allowed: a race of it costs no more than one may."""
    count, had = len(experiment.plans), pick_seeds(experiment)
    if count < 2 or had >= least_seeds(count):
        return ""
    few = f"{had} seed{'s are' if had > 1 else ' is'} too few to tell {count} plans apart."
    dearest = sorted(experiment.plans, key=lambda plan: not plan.schedule.listens)
    for plans in range(count, 1, -1):
        seeds = max(had, least_seeds(plans))
        if seeds > SEEDS_MAX // 2 or not _allowed(experiment, plans=tuple(dearest[:plans]), seeds=2 * seeds):
            continue
        if plans == count:
            return f"{few} Raise the seeds to {seeds}."
        most = f" A tuning judges on {SEEDS_MAX // 2} at most." if least_seeds(count) > SEEDS_MAX // 2 else ""
        return f"{few}{most} Take {plans} plans or fewer, and {seeds} seeds."
    return f"{few} More would take too long: take fewer steps, a smaller model or a smaller batch."


def _allowed(experiment: Experiment, **changes: Any) -> bool:
    try:
        _with(experiment, **changes)
    except ExperimentError:
        return False
    return True


def _with(experiment: Experiment, **changes: Any) -> Experiment:
    fields = {name: getattr(experiment, name) for name in Experiment.model_fields}
    return Experiment(**{**fields, **changes})
