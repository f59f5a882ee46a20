"""Fewer seeds first: what is shown of an experiment while the workers have much to do."""

from __future__ import annotations

from lrcore.experiment import Experiment

_SEEDS = 2
_WORTH = 0.75  # of the whole's time at most, or it is no shortcut


def preview_of(experiment: Experiment) -> Experiment | None:
    """The same experiment with its first 2 seeds, or None if that is no shortcut.

    A seed is a number from 0 on and trains alike whatever is trained beside it, so these are the first two of
    the whole's networks and not others.

    >>> preview_of(Experiment(plans=["lr=0.1"], seeds=20)).seeds
    2
    >>> preview_of(Experiment(plans=["lr=0.1"], seeds=2)) is None
    True
    """
    if experiment.seeds <= _SEEDS:
        return None
    fields = {name: getattr(experiment, name) for name in Experiment.model_fields}
    preview = Experiment(**{**fields, "seeds": _SEEDS})
    return preview if preview.estimated_seconds <= _WORTH * experiment.estimated_seconds else None
