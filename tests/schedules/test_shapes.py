"""The half wave that all cosines share."""

from __future__ import annotations

import numpy as np

from lrcore.schedules.shapes.ramps import half_wave

PI = np.longdouble("3.14159265358979323846264338327950288")


def test_the_half_wave_is_exact_where_it_is_read_off():
    assert half_wave(np.array([0.0, 0.5, 1.0])).tolist() == [1.0, 0.5, 0.0]


def test_the_half_wave_is_the_cosine_to_the_last_bit_or_two():
    x = np.linspace(0.0, 1.0, 200_001)
    exact = (1.0 + np.cos(PI * x.astype(np.longdouble))) / 2.0
    assert np.abs(half_wave(x) - exact).max() < 2.3e-16
