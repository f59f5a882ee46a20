"""What a kind knows about curves that are a multiple of its own."""

from __future__ import annotations

from typing import Self

from lrcore.values.parameter import parameters
from lrcore.values.value import Kinded


class Heights(Kinded):
    """One answer of a kind, with a default for those that declare which of their parameters are rates."""

    def with_rates_times(self, factor: float) -> Self:
        """The same with its own rates multiplied, those of its parts not: from `factor` times the base lr it
        then gives `factor` times the rates. PlanError for a kind that has no such self."""
        own = {
            name: factor * value
            for name, item in parameters(type(self)).items()
            if item.rate and (value := getattr(self, name)) is not None
        }
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**(fields | own)) if own else self
