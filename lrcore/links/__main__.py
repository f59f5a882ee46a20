"""`python -m lrcore.links` prints docs/links.md: the words of a link and everything that they can name."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from lrcore.analysis.decay_question import Question
from lrcore.datasets import DATASETS
from lrcore.experiment import MLP, OPTIMIZERS
from lrcore.links.words import WORDS
from lrcore.schedules import FEEDBACK, SCHEDULES
from lrcore.schedules.text import value_text
from lrcore.values.parameter import TICKS, Parameter, parameters
from lrcore.values.value import Value

_HEAD = """# The words of a link

The address bar describes what is on the screen, in words a person can read and edit. A word that is missing
means what the page opens with, but for `seeds`, which means 5 beside any other word of the experiment; a word
that cannot be used is left out, and the page says so. Links made by an earlier version keep their meaning. A
link is text and is parsed as text: nothing in it is evaluated.

This page is made from the declarations: `make docs` writes it.
"""

_SCHEDULES = """
## Schedules

A plan is `lr=…`, a schedule's call, and `per iteration` or `per epoch`; if neither is said, it is per epoch.
A tick is one of what the plan counts. Parameters have these names also in pasted text, on the sliders and in
the JSON form.
"""


def page() -> Iterator[str]:
    """The lines of docs/links.md."""
    yield from _HEAD.splitlines()
    example = urlencode(
        [(word.name, word.example) for word in WORDS if word.name in ("plan", "data", "seeds")]
    )
    yield from ("", f"For example `/?{example}`: blanks may be written as `+`.", "")
    yield from _table(("word", "read on", "says", "example"), _words())
    yield from _SCHEDULES.splitlines()
    for kind, cls in {**SCHEDULES, **FEEDBACK}.items():
        yield from _kind(kind, cls.title, cls)
    yield from ("", "## Data sets")
    for kind, data in DATASETS.items():
        yield from _kind(kind, data.title, data)
    yield from ("", "## Model")
    yield from _kind("MLP", "multilayer perceptron", MLP)
    yield from ("", "## Optimisers")
    for kind, optimizer in OPTIMIZERS.items():
        yield from _kind(kind, optimizer.title, optimizer)
    yield from ("", "## The question")
    yield from _kind("decay", "the numbers of the panel on the Curves page", Question)


def _words() -> Iterator[tuple[str, ...]]:
    for word in WORDS:
        yield f"`{word.name}`", word.page, word.meaning, f"`{word.example}`"


def _kind(name: str, title: str, cls: type[Value]) -> Iterator[str]:
    known = parameters(cls)
    yield from ("", f"### {name}", "", f"{title[:1].upper()}{title[1:]}.")
    if known:
        yield ""
        yield from _table(("parameter", "default", "allowed", "meaning"), map(_row, known.values()))


def _row(item: Parameter) -> tuple[str, ...]:
    unit = f" ({item.unit})" if item.unit == TICKS else ""
    default = "needed" if item.required else f"`{value_text(item.default)}`"
    ranged = item.type in (int, float) or item.choices or item.type is bool
    return f"`{item.name}`", default, _allowed(item) if ranged else "", f"{item.help}{unit}"


def _allowed(item: Parameter) -> str:
    return "`True` or `False`" if item.type is bool else item.allowed.replace("|", "\\|")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    yield from ("| " + " | ".join(row) + " |" for row in rows)


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()) + "\n")
