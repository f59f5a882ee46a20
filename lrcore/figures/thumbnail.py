"""A data set at a glance: a small SVG, drawn from the points that train."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lrcore.datasets import Dataset, DataSpec
from lrcore.figures.theme import COLORS

_SIZE, _DOTS, _PAD = 100, 260, 5


def thumbnail(spec: DataSpec) -> str:
    """Two features as dots in their class's colour; one feature against the target; pictures as their
    pixels; else two main axes."""
    data = spec.load()
    if spec.picture is not None:
        body = _pictures(data, *spec.picture)
    elif spec.n_features == 1:
        body = _dots(
            np.column_stack([data.x_train[:, 0], data.y_train[:, 0]]), np.zeros(len(data.x_train), np.int64)
        )
    else:
        labels = (
            data.y_train
            if data.task == "classification"
            else (data.y_train[:, 0] > np.median(data.y_train)).astype(np.int64)
        )
        body = _dots(data.x_train if spec.n_features == 2 else _main_axes(data.x_train), labels)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}">{body}</svg>'


def _dots(points: NDArray[np.float64], labels: NDArray[np.int64]) -> str:
    points, labels = points[:_DOTS], labels[:_DOTS]
    low, span = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-9)
    places = _PAD + (points - low) / span * (_SIZE - 2 * _PAD)
    return "".join(
        f'<circle cx="{x:.1f}" cy="{_SIZE - y:.1f}" r="1.7" fill="{COLORS[int(label) % len(COLORS)]}"/>'
        for (x, y), label in zip(places, labels, strict=True)
    )


def _main_axes(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The two directions in which the points vary most (principal components)."""
    _, _, axes = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    return np.asarray(x @ axes[:2].T, dtype=np.float64)


def _pictures(data: Dataset, side: int, most: float) -> str:
    """Nine pictures in a square, side x side grey values from 0 to `most` each."""
    pixels = np.clip(data.x_train[:9] * data.x_scale + data.x_mean, 0, most)
    cell = _SIZE / 3
    pitch = cell / (side + 1)
    parts = []
    for number, image in enumerate(pixels):
        left, top = number % 3 * cell, number // 3 * cell
        for at, value in enumerate(image):
            if value >= 1:
                x, y = left + at % side * pitch, top + at // side * pitch
                parts.append(
                    f'<rect x="{x:.1f}" y="{y:.1f}" width="{pitch + 0.1:.1f}" height="{pitch + 0.1:.1f}"'
                    f' fill="{COLORS[0]}" opacity="{value / most:.2f}"/>'
                )
    return "".join(parts)
