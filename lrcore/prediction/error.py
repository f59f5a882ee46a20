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
            return f"Tried on one plan of this run, such a prediction ended {percent(self.mean)} off."
        return (
            f"Tried on {self.plans} plans of this run, such predictions ended {percent(self.mean)} off on"
            f" average, {percent(self.worst)} at worst."
        )

    @property
    def refusal(self) -> str:
        """Why nothing is drawn where they are too far off."""
        tried = "one plan of this run" if self.plans == 1 else f"{self.plans} plans of this run"
        average = "" if self.plans == 1 else " on average"
        return f"No predicted loss is drawn: tried on {tried}, it ended {percent(self.mean)} off{average}."


def percent(share: float) -> str:
    """`6 %`; a figure below 1 % is said so.

    >>> percent(0.061), percent(0.004)
    ('6 %', 'under 1 %')
    """
    return "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"
