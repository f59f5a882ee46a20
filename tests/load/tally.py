"""What a process of clients has measured; the sums of several make a run's."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Self


class Tally:
    """Seconds by what was waited for, and counts: of events, of errors, of broken promises."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        self.counts: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()  # events that were lost, doubled or in the wrong order

    def took(self, what: str, seconds: float) -> None:
        self.seconds[what].append(seconds)

    def error(self, what: str) -> None:
        self.errors[what[:200]] += 1

    def add(self, other: Tally) -> None:
        for what, values in other.seconds.items():
            self.seconds[what] += values
        self.counts += other.counts
        self.errors += other.errors
        self.lost += other.lost

    def to_json(self) -> str:
        return json.dumps(
            {"seconds": self.seconds, "counts": self.counts, "errors": self.errors, "lost": self.lost}
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        read, tally = json.loads(text), cls()
        tally.seconds.update(read["seconds"])
        for name in ("counts", "errors", "lost"):
            getattr(tally, name).update(read[name])
        return tally


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value that `share` of the values do not exceed; None of no values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
