"""Each toy is what its docstring says."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.datasets import data_class
from lrcore.datasets.data import Points


def _drawn(kind: str, **fields: float) -> Points:
    return data_class(kind)(**fields).points()


@pytest.mark.parametrize("cells", [2, 3, 4])
def test_checkerboard_labels_are_the_squares(cells: int) -> None:
    x, y = _drawn("checkerboard", cells=cells)
    assert np.abs(x).max() <= 2
    side = 4 / cells
    np.testing.assert_array_equal(y, (((x[:, 0] + 2) // side) + ((x[:, 1] + 2) // side)) % 2)


def test_noise_moves_points_after_they_are_labelled() -> None:
    still, y = _drawn("checkerboard", noise=0.0)
    moved, labels = _drawn("checkerboard", noise=0.3)
    np.testing.assert_array_equal(y, labels)
    assert (moved - still).std() == pytest.approx(0.3, rel=0.1)


@pytest.mark.parametrize(("arms", "turns"), [(2, 1.5), (3, 1.0)])
def test_spirals_wind_as_the_formula_says(arms: int, turns: float) -> None:
    x, y = _drawn("spirals", arms=arms, turns=turns, noise=0.0)
    r = np.linalg.norm(x, axis=1) / 2
    assert 0.05 <= r.min() < r.max() <= 1
    angle = 2 * np.pi * (r * turns + y / arms)
    np.testing.assert_allclose(
        x, 2 * r[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), atol=1e-9
    )
    squares = np.mean(((r - 0.05) / 0.95) ** 2)  # r = .95 sqrt(u) + .05, u uniform
    assert squares == pytest.approx(0.5, abs=0.05)


def test_moons_are_two_half_circles_and_flip_turns_labels_round() -> None:
    x, y = _drawn("moons", noise=0.0)
    raw = x * (0.87, 0.5) + (0.5, 0.25)
    np.testing.assert_allclose(np.linalg.norm(raw[y == 0], axis=1), 1, rtol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(raw[y == 1] - (1, 0.5), axis=1), 1, rtol=1e-9)
    assert raw[y == 0][:, 1].min() >= -1e-9
    assert raw[y == 1][:, 1].max() <= 0.5 + 1e-9
    _, flipped = _drawn("moons", noise=0.0, flip=0.4)
    assert (flipped != y).mean() == pytest.approx(0.4, abs=0.05)


def test_circles_have_their_radii() -> None:
    x, y = _drawn("circles", noise=0.0, factor=0.3)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), np.where(y == 0, 2.0, 0.6), rtol=1e-9)


def test_xor_labels_are_the_signs() -> None:
    x, y = _drawn("xor", noise=0.0)
    np.testing.assert_array_equal(y, np.sign(x[:, 0]) != np.sign(x[:, 1]))


def test_blobs_stand_on_a_circle() -> None:
    x, y = _drawn("blobs", centers=5, noise=0.01)
    for label in range(5):
        angle = 2 * np.pi * label / 5
        np.testing.assert_allclose(
            x[y == label].mean(axis=0), [1.5 * np.cos(angle), 1.5 * np.sin(angle)], atol=0.01
        )


def test_no_model_gets_below_the_sines_noise() -> None:
    x, y = _drawn("sine", noise=0.2, n_train=4096, n_val=4096)
    assert np.abs(x).max() <= 2
    rest = y - (np.sin(3 * x[:, 0]) + 0.5 * np.sin(7 * x[:, 0] + 0.5))
    assert np.mean(rest**2) == pytest.approx(0.2**2, rel=0.1)


def test_real_sets_are_scikit_learns() -> None:
    from sklearn.datasets import load_digits

    spec = data_class("digits")()
    x, y = spec.points()
    images = load_digits()
    np.testing.assert_array_equal(x, images.data)
    np.testing.assert_array_equal(y, images.target)
    assert (spec.n_train, spec.n_val) == (1297, 500)


def test_a_scaled_target_is_in_units_of_its_training_part() -> None:
    data = data_class("diabetes")().load()
    assert data.y_train.mean() == pytest.approx(0, abs=1e-9)
    assert data.y_train.std() == pytest.approx(1)
    assert abs(data.y_val.mean()) > 1e-6
