"""A thumb on a slider: the values that it stands for, as `scale.js` of the component has them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

POSITIONS = 400


@dataclass(frozen=True)
class Scale:
    """A slider's range; a thumb goes from 0 to `POSITIONS` in whole steps."""

    minimum: float
    maximum: float
    logarithmic: bool
    integer: bool

    @classmethod
    def of(cls, spec: dict[str, object]) -> Self:
        """The scale of one of the specs that the page sends to the component."""
        low, high = float(str(spec["minimum"])), float(str(spec["maximum"]))
        return cls(low, high, spec["scale"] == "log", bool(spec["integer"]))

    def value(self, position: float) -> float:
        share = position / POSITIONS
        raw = (
            self.minimum * (self.maximum / self.minimum) ** share
            if self.logarithmic
            else self.minimum + (self.maximum - self.minimum) * share
        )
        if self.integer:
            return min(max(round(raw), self.minimum), self.maximum)
        return min(max(float(f"{raw:.4g}"), self.minimum), self.maximum)


def drag(scale: Scale, rng: random.Random, held: float) -> Callable[[float], float]:
    """A drag of `held` seconds between two places: the value after so many seconds, its last one from then
    on."""
    start, end = rng.sample(range(1, POSITIONS), 2)
    return lambda passed: scale.value(round(start + (end - start) * min(passed / held, 1.0)))
