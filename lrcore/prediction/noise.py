"""How much of the loss is noise, in a sentence."""

from __future__ import annotations

from lrcore.prediction.collapse import Reference
from lrcore.prediction.error import percent
from lrcore.results.events import Split

_NONE = 0.05  # less is not to be seen in a chart


def noise_sentence(reference: Reference, split: Split) -> str:
    """What the number c of `collapse_of` says: the share of the loss at the reference's rate that goes away
    when the rate goes to 0, at the same budget. Where it does not describe the task, that is said instead."""
    loss = "training loss" if split == "train" else "validation loss"
    if reference.error is not None and not reference.error.sound:
        return (
            f"The budget and one number do not describe the {loss} of this task: predictions of plans held"
            f" out are {percent(reference.error.mean)} off on average."
        )
    if reference.noise < _NONE:
        return f"On this task only the budget matters: equal sums of rates give an equal {loss}."
    return (
        f"About {percent(reference.noise)} of the {loss} at a rate of {reference.rate:.3g} is noise: a plan"
        " that lowers its rate to 0 at the same budget ends that much lower."
    )
