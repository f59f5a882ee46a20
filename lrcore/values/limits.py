"""The limits of an experiment, declared and enforced in this one place, and what an experiment will cost.

A page shows them, the command line obeys them and a worker never sees an experiment that breaks them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from lrcore.errors import ExperimentError

if TYPE_CHECKING:
    from lrcore.experiment import Experiment

PLANS_MAX = 20
SEEDS_MAX = 20
STEPS_MAX = 20_000
BATCH_MAX = 1024
POINTS_MAX = 4096  # training points of a generated data set
LAYERS_MAX = 6
WIDTH_MAX = 256
COST_MAX_S = 900.0  # a shared machine's patience for one job

# Seconds on one core for a layer of one step, for a member's share of that, for a multiply-add of the matrix
# products, and for a unit's activation at one point. Fitted to 27 experiments from 0.2 to 8 s (1-160 members,
# widths 2-256, 1-6 hidden layers, batches of 1-1024, both optimisers): the estimate was 0.6 to 1.4 times what
# they took.
_LAYER_S, _MEMBER_S, _MADD_S, _UNIT_S = 8e-5, 4e-6, 1.6e-11, 1.75e-9
_EVALUATIONS = 60


def estimate_seconds(experiment: Experiment) -> float:
    """About how long training takes on one CPU core, within a factor of 2 where it takes a second or more.

    steps x layers x (overhead + members x their share) + members x (multiply-adds + activations), the last
    two counted over forward and backward (3 x and 2 x a forward) of every step and over the evaluations on
    all points; a plan that listens to the validation loss costs a forward of the validation points in each
    epoch.
    """
    widths = [experiment.data.n_features, *experiment.model.hidden, experiment.data.n_outputs]
    layers, units = len(widths) - 1, sum(widths[1:])
    weights = sum((a + 1) * b for a, b in pairwise(widths))
    trained = experiment.steps * min(experiment.batch_size, experiment.data.n_train)
    evaluated = min(_EVALUATIONS, experiment.steps + 1) * (experiment.data.n_train + experiment.data.n_val)
    overhead = experiment.steps * layers * (_LAYER_S + experiment.members * _MEMBER_S)
    products = 2 * weights * (3 * trained + evaluated) * _MADD_S
    listening = experiment.seeds * sum(plan.schedule.listens for plan in experiment.plans)
    metrics = (experiment.steps // experiment.steps_per_epoch if listening else 0) * experiment.data.n_val
    heard = listening * metrics * (2 * weights * _MADD_S + units * _UNIT_S)
    return overhead + experiment.members * (products + units * (2 * trained + evaluated) * _UNIT_S) + heard


def check(experiment: Experiment) -> None:
    """Raise ExperimentError if the experiment as a whole costs more than a shared machine gives to one
    job."""
    cost = estimate_seconds(experiment)
    if cost > COST_MAX_S:
        raise ExperimentError(
            f"This experiment would train for about {cost / 60:.0f} minutes; one job may take"
            f" {COST_MAX_S / 60:.0f}. Take fewer steps, seeds or plans, a smaller model or a smaller batch."
        )
