"""What holds for every data set that is registered, so for every one that is added."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.datasets import DATASETS, DataSpec, data_class
from lrcore.errors import ExperimentError

KINDS = sorted(DATASETS)


def _small(kind: str, seed: int = 0) -> DataSpec:
    spec: DataSpec = DATASETS[kind](seed=seed)
    return spec


def _rows(x: np.ndarray) -> set[bytes]:
    return {row.tobytes() for row in np.ascontiguousarray(x)}


@pytest.mark.parametrize("kind", KINDS)
def test_sizes_types_and_ranges(kind: str) -> None:
    spec = _small(kind)
    data = spec.load()
    assert data.x_train.shape == (spec.n_train, spec.n_features)
    assert data.x_val.shape == (spec.n_val, spec.n_features)
    assert data.x_train.dtype == data.x_val.dtype == np.float64
    assert data.task == spec.task
    assert np.isfinite(data.x_train).all()
    assert np.isfinite(data.x_val).all()
    if spec.task == "classification":
        assert data.y_train.shape == (spec.n_train,)
        assert data.y_val.shape == (spec.n_val,)
        assert data.y_train.dtype == data.y_val.dtype == np.int64
        for y in (data.y_train, data.y_val):
            assert np.unique(y).tolist() == list(range(spec.n_outputs)), "every class, in both parts"
    else:
        assert data.y_train.shape == (spec.n_train, 1)
        assert data.y_val.shape == (spec.n_val, 1)
        assert data.y_train.dtype == np.float64
        assert spec.n_outputs == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_data_and_another_seed_does_not(kind: str) -> None:
    a, b, other = _small(kind, 3).load(), _small(kind, 3).load(), _small(kind, 4).load()
    for name in ("x_train", "y_train", "x_val", "y_val", "x_mean", "x_scale"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert not np.array_equal(a.x_train, other.x_train)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_standardised_on_the_training_part_alone(kind: str) -> None:
    spec = _small(kind)
    data = spec.load()
    axis = None if spec.one_unit else 0
    np.testing.assert_allclose(data.x_train.mean(axis=axis), 0, atol=1e-9)
    np.testing.assert_allclose(data.x_train.std(axis=axis), spec.deviation, rtol=1e-9)
    assert np.abs(data.x_val.mean(axis=axis)).max() > 1e-6  # the validation part had no say
    assert data.x_mean.shape == data.x_scale.shape == (spec.n_features,)
    drawn, _ = spec.points()
    back = _rows(np.round(data.x_train * data.x_scale + data.x_mean, 9) + 0.0)
    assert back <= _rows(np.round(drawn, 9) + 0.0)  # mean and scale lead back to the points as drawn


@pytest.mark.parametrize("kind", KINDS)
def test_no_point_is_in_both_parts(kind: str) -> None:
    data = _small(kind).load()
    x_train, x_val = _rows(data.x_train), _rows(data.x_val)
    assert len(x_train) == len(data.x_train)
    assert not x_train & x_val


@pytest.mark.parametrize("kind", KINDS)
def test_sizes_can_be_chosen(kind: str) -> None:
    spec = DATASETS[kind](n_val=30)
    assert len(spec.load().x_val) == 30
    if "n_train" in DATASETS[kind].model_fields:
        assert len(DATASETS[kind](n_train=40).load().x_train) == 40


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    with pytest.raises(
        ExperimentError, match=r"no data set called 'chekerboard'\. Did you mean checkerboard"
    ):
        data_class("chekerboard")


def test_a_parameter_out_of_range_is_said_in_a_sentence() -> None:
    with pytest.raises(ExperimentError, match="cells=1 is not allowed"):
        data_class("checkerboard")(cells=1)
