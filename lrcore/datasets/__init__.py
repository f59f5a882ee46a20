"""Every data set, discovered: one file per kind of source."""

from __future__ import annotations

from lrcore._registry import discover, lookup
from lrcore.datasets._base import Dataset, DataSpec
from lrcore.errors import ExperimentError

DATASETS: dict[str, type[DataSpec]] = discover(__name__, __path__, DataSpec)  # type: ignore[type-abstract]


def data_class(kind: str) -> type[DataSpec]:
    """The data set's class by its kind; ExperimentError with the nearest name if there is none."""
    return lookup(DATASETS, kind, "data set", ExperimentError)


__all__ = ["DATASETS", "DataSpec", "Dataset", "data_class"]
