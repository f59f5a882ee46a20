"""Every data set, discovered: one file per kind of source; `data` is the contract."""

from lrcore.datasets.data import DATASETS, Dataset, DataSpec, data_class
from lrcore.values.registry import discover

discover(__name__, __path__)

__all__ = ["DATASETS", "DataSpec", "Dataset", "data_class"]
