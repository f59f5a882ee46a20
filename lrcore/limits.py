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

# Measured on one core (`make bench` prints the same figures): seconds for the Python and dispatch of one training step, for
# one member's share of it, and for one multiply-add of the matrix products.
_STEP_S, _MEMBER_S, _MADD_S = 1.6e-4, 3e-6, 5e-11


def estimate_seconds(experiment: Experiment) -> float:
    """About how long training takes on one CPU core: steps x (overhead + members x (their share + 6 x weights x batch))."""
    widths = [experiment.data.n_features, *experiment.model.hidden, experiment.data.n_outputs]
    weights = sum(a * b for a, b in pairwise(widths))
    members = len(experiment.plans) * experiment.seeds
    layers = len(widths) - 1
    batch = min(experiment.batch_size, experiment.data.n_train)
    step = _STEP_S * layers / 3 + members * (_MEMBER_S * layers / 3 + 6 * weights * batch * _MADD_S)
    evaluations = 60 * members * 2 * weights * (experiment.data.n_train + experiment.data.n_val) * _MADD_S
    return experiment.steps * step + evaluations


def check(experiment: Experiment) -> None:
    """Raise ExperimentError if the experiment as a whole costs more than a shared machine gives to one job."""
    cost = estimate_seconds(experiment)
    if cost > COST_MAX_S:
        raise ExperimentError(
            f"This experiment would train for about {cost / 60:.0f} minutes; one job may take {COST_MAX_S / 60:.0f}. "
            "Take fewer steps, seeds or plans, a smaller model or a smaller batch."
        )
