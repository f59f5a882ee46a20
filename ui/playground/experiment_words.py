"""What is trained, in words: the experiment's line, how long it is, and hidden layers as they are typed."""

from __future__ import annotations

import re

from lrcore.errors import ExperimentError
from lrcore.experiment import MLP, Experiment
from lrcore.values.limits import LAYERS_MAX, WIDTH_MAX
from lrcore.values.value import short

_BETWEEN = r"(?<=\d)\s*-\s*(?=\d)|[\s,x×]+"


def in_short(experiment: Experiment) -> str:
    """Data, optimiser and sizes, for a line."""
    sizes = f"batch {experiment.batch_size}, {experiment.steps:,} updates, {experiment.seeds} seeds"
    return f"{experiment.data.title}, {experiment.optimizer.kind}, {sizes}"


def length(experiment: Experiment) -> str:
    """Updates, epochs, networks, and the seconds that these are expected to take."""
    seconds = experiment.estimated_seconds
    return (
        f"{experiment.steps:,} updates are {experiment.epochs:.4g} epochs of {experiment.steps_per_epoch}"
        f" updates. To train {experiment.members} networks, one for each plan and seed, takes"
        f" {f'about {seconds:.0f}' if seconds >= 1.5 else 'one or two'} seconds on one core."
    )


def read_hidden(text: str, before: MLP) -> MLP:
    """`32, 32` (or with blanks, x or -) as the model with these hidden layers; `-3` is no number of units."""
    parts = [part for part in re.split(_BETWEEN, text.strip()) if part]
    allowed = f"1-{LAYERS_MAX} whole numbers from 1 to {WIDTH_MAX}, separated by commas, like 32, 32"
    units = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 6]
    if (
        len(units) < len(parts)
        or not 1 <= len(units) <= LAYERS_MAX
        or not all(1 <= unit <= WIDTH_MAX for unit in units)
    ):
        raise ExperimentError(f"Hidden layers are {allowed}; {short(text)} arrived.")
    return MLP(hidden=tuple(units), activation=before.activation)
