"""What is trained, in words: the experiment's line, and how long it is."""

from __future__ import annotations

from lrcore.experiment import Experiment


def in_short(experiment: Experiment) -> str:
    """Data, optimizer and sizes, for a line."""
    sizes = f"batch {experiment.batch_size}, {experiment.steps:,} updates, {experiment.seeds} seeds"
    return f"{experiment.data.title}, {experiment.optimizer.kind}, {sizes}"


def length(experiment: Experiment) -> str:
    """Updates, epochs, networks, and the seconds that they are expected to take."""
    seconds = experiment.estimated_seconds
    return (
        f"{experiment.steps:,} updates = {experiment.epochs:.4g} epochs of {experiment.steps_per_epoch}"
        f" updates; {experiment.members} networks,"
        f" {'about ' + format(seconds, '.0f') if seconds >= 1.5 else 'one or two'} s on one core."
    )
