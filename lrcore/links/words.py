"""Every word of a link, and what it says: the one table that `docs/links.md` is made from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """One word of a link: where it counts, what it says, and a value to show how it is written."""

    name: str
    page: str
    meaning: str
    example: str


_EXPERIMENT, _PLAYGROUND, _CURVES = "every page", "Playground", "Curves"

WORDS = (
    Word(
        "plan",
        _EXPERIMENT,
        "a plan in its text form; once for each plan",
        "lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration",
    ),
    Word("data", _EXPERIMENT, "the data set, with what differs from its defaults", "spirals(arms=3)"),
    Word("model", _EXPERIMENT, "the network", "MLP(hidden=[64, 64], activation=relu)"),
    Word("optimizer", _EXPERIMENT, "what uses the rate", "SGD(momentum=0)"),
    Word("batch_size", _EXPERIMENT, "points per update", "32"),
    Word("steps", _EXPERIMENT, "updates in all", "2000"),
    Word("seeds", _EXPERIMENT, "pairs of initial weights and minibatches", "5"),
    Word("lr_axis", _PLAYGROUND, "`log`: the rates on a logarithmic axis", "log"),
    Word("loss", _PLAYGROUND, "`validation`: the loss on the validation points instead", "validation"),
    Word("curve_steps", _CURVES, "updates looked at; without it as many as the experiment trains", "450360"),
    Word("curve_epoch", _CURVES, "updates per epoch, beside `curve_steps`", "5004"),
    Word("x_axis", _CURVES, "`log`: updates on a logarithmic axis", "log"),
    Word("y_axis", _CURVES, "`log`: rates on a logarithmic axis", "log"),
    Word("edit", _CURVES, "number of the plan that is edited, from 1", "2"),
    Word("ghost", _CURVES, "`yes`: that plan also with `scheduler.step()` in the other loop", "yes"),
    Word("read_at", _CURVES, "the update that the table asks about, from 0", "5000"),
    Word("read_below", _CURVES, "the rate that the table asks about", "0.01"),
    Word(
        "metric",
        _CURVES,
        "the series that a plan with feedback listens to, a number an epoch",
        "0.9, 0.7, 0.7",
    ),
    Word("devices", _CURVES, "devices that share the batches, under Theory", "4"),
    Word("accumulation", _CURVES, "batches of each device in one update, under Theory", "2"),
    Word(
        "question",
        _CURVES,
        'the numbers of the panel "StepLR or adjust_learning_rate?"',
        "decay(step_size=40)",
    ),
)
