"""Every word of a link, and what it says: the one table that `docs/links.md` is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lrcore.values.value import short

_SHOWN = 5  # sentences; the others are counted


@dataclass(frozen=True)
class Word:
    """One word of a link: where it counts, what it says, a value to show how it is written, and, where they
    are few, all values that it may have."""

    name: str
    page: str
    meaning: str
    example: str
    allowed: tuple[str, ...] = ()


_LOG = ("log", "linear")
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
    Word("lr_axis", _PLAYGROUND, "`log`: the rates on a logarithmic axis", "log", _LOG),
    Word(
        "loss",
        _PLAYGROUND,
        "`validation`: the loss on the validation points instead",
        "validation",
        ("validation", "training"),
    ),
    Word(
        "loss_axis",
        _PLAYGROUND,
        "`epochs`, `samples` or `budget` (the sum of the rates so far): what the losses are drawn against,"
        " instead of updates",
        "budget",
        ("budget", "epochs", "samples", "updates"),
    ),
    Word("curve_steps", _CURVES, "updates looked at; without it as many as the experiment trains", "450360"),
    Word("curve_epoch", _CURVES, "updates per epoch, beside `curve_steps`", "5004"),
    Word("x_axis", _CURVES, "`log`: updates on a logarithmic axis", "log", _LOG),
    Word("y_axis", _CURVES, "`log`: rates on a logarithmic axis", "log", _LOG),
    Word("edit", _CURVES, "number of the plan that is edited, from 1", "2"),
    Word(
        "ghost",
        _CURVES,
        "`yes`: that plan also with `scheduler.step()` in the other loop",
        "yes",
        ("yes", "no"),
    ),
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


def unknown_words(params: Mapping[str, Sequence[str]]) -> list[str]:
    """A sentence for each word of a link that is none, or has a value that it cannot have."""
    known = {word.name: word for word in WORDS}
    problems = []
    for name, values in params.items():
        word = known.get(name)
        if word is None:
            problems.append(f"The link's word {short(name)} means nothing here and was left out.")
        elif word.allowed and values and values[-1] not in word.allowed:
            problems.append(
                f"The link's {name} was left out: it is {' or '.join(word.allowed)}, but {short(values[-1])}"
                " arrived."
            )
    more = len(problems) - _SHOWN
    return problems if more <= 0 else [*problems[:_SHOWN], f"And {more} more of its words were left out."]
