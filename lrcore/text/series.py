"""A series of numbers as a person types or pastes it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from lrcore.errors import PlanError
from lrcore.values.value import short

METRIC_MAX = 1000
_TEXT_MAX = 50_000  # characters; a thousand numbers with all their digits are half of that
_NUMBER = re.compile(r"[^\s,;|]+")


def read_metric(text: str) -> tuple[float, ...]:
    """A pasted series: numbers between blanks, commas, semicolons or line ends. PlanError names the first
    that is none.

    >>> read_metric("0.9, 0.7\\n0.65")
    (0.9, 0.7, 0.65)
    """
    if len(text) > _TEXT_MAX:
        raise PlanError(
            f"This series has {len(text):,} characters; at most {_TEXT_MAX:,} are read, and {METRIC_MAX:,}"
            " numbers. Keep every n-th, or the part that counts."
        )
    words = _NUMBER.findall(text.replace("[", " ").replace("]", " "))
    if len(words) > METRIC_MAX:
        raise PlanError(
            f"This series has {len(words):,} numbers; at most {METRIC_MAX:,} are read. Keep every n-th, or"
            " the part that counts."
        )
    return tuple(number_at(word, place) for place, word in enumerate(words, 1))


def metric_text(metric: Sequence[float]) -> str:
    """A series as a person would type it."""
    return ", ".join(f"{value:.6g}" for value in metric)


def number_at(word: str, place: int) -> float:
    """The number that stands at that place of a series; PlanError if it is none."""
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise PlanError(f"Number {place} is {short(word)}; write plain numbers such as 0.93, 0.81, 0.8.")
    return value
