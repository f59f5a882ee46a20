"""How much of the loss is noise, in a sentence."""

from __future__ import annotations

from lrcore.prediction.collapse import Reference
from lrcore.prediction.error import percent
from lrcore.results.events import Split, split_name

_NONE = 0.05  # less is not to be seen in a chart
_APART = 0.3  # on the tasks that the formula describes plans differ by some 0.2, on others by more


def noise_sentence(reference: Reference, split: Split) -> str:
    """What the number c of `collapse_of` says: the share of the loss at the reference's rate that goes away
    when the rate goes to 0, at the same budget. Where plans of the run contradict each other, that is said
    instead."""
    loss = f"{split_name(split)} loss"
    low, high = reference.between
    least, most = percent(low), percent(high)
    if high < _NONE:
        return f"On this task only the budget matters: equal sums of rates give an equal {loss}."
    if high - low > _APART:
        return f"How much of the {loss} is noise cannot be told here: one plan says {least}, another {most}."
    single = f" (from one plan to another: {least} to {most})" if least != most else ""
    return (
        f"At a rate of {reference.rate:.3g} about {percent(reference.noise)} of the {loss} is noise{single}:"
        " it goes away as the rate falls to 0."
    )
