"""Real measurements, from the files that scikit-learn carries; nothing is downloaded."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar, final

import numpy as np

from lrcore.datasets.data import DataSpec, Points
from lrcore.values.parameter import param


class Table(DataSpec, ABC):
    """A table of fixed size: `n_val` of its rows validate, the rest trains."""

    rows: ClassVar[int]
    columns: ClassVar[int]
    outputs: ClassVar[int]
    loader: ClassVar[str]

    seed: int = param(0, ge=0, le=2**31 - 1, slider=(0, 20), help="another number splits the rows anew")

    @property
    def n_features(self) -> int:
        return self.columns

    @property
    def n_outputs(self) -> int:
        return self.outputs

    @property
    def n_train(self) -> int:
        return self.rows - self.n_val

    def points(self) -> Points:
        import sklearn.datasets  # heavy, and only these sets need it

        x, y = getattr(sklearn.datasets, self.loader)(return_X_y=True)
        return np.asarray(x, np.float64), y


@final
class Digits(Table):
    """1797 scanned digits of 8 x 8 grey values, ten classes."""

    kind = "digits"
    title = "handwritten digits"
    one_unit = True
    picture = (8, 16.0)
    task = "classification"
    rows, columns, outputs, loader = 1797, 64, 10, "load_digits"
    n_val: int = param(500, ge=8, le=1700, slider=(100, 1000), help="validation rows")


@final
class BreastCancer(Table):
    """569 tumours, 30 measured features, benign or malignant."""

    kind = "breast_cancer"
    title = "breast cancer"
    task = "classification"
    rows, columns, outputs, loader = 569, 30, 2, "load_breast_cancer"
    n_val: int = param(169, ge=8, le=500, slider=(50, 400), help="validation rows")


@final
class Diabetes(Table):
    """442 patients, 10 features, progression after a year in units of the training part's deviation."""

    kind = "diabetes"
    title = "diabetes progression"
    task = "regression"
    scale_target = True
    rows, columns, outputs, loader = 442, 10, 1, "load_diabetes"
    n_val: int = param(142, ge=8, le=400, slider=(50, 300), help="validation rows")
