"""How far predictions are off on the task at hand, from plans of the run that are held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, final

from lrcore.results.events import Floats


@final
@dataclass(frozen=True)
class TaskError:
    """Errors of the final loss, relative to the real one, over `plans` plans of the run; each was predicted
    with the number fitted on the others."""

    plans: int
    mean: float
    worst: float

    @classmethod
    def of(cls, errors: Floats) -> Self | None:
        """None without any."""
        return cls(len(errors), float(errors.mean()), float(errors.max())) if len(errors) else None

    @property
    def sentence(self) -> str:
        if self.plans == 1:
            return f"On this run the prediction of the one plan held out was {percent(self.mean)} off."
        return (
            f"On this run predictions of {self.plans} plans, each held out, were {percent(self.mean)} off at"
            f" the end on average, {percent(self.worst)} at worst."
        )


def percent(share: float) -> str:
    """`6 %`; a figure below 1 % is said so.

    >>> percent(0.061), percent(0.004)
    ('6 %', 'under 1 %')
    """
    return "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"
