"""A metric as text: one number for each epoch."""

from __future__ import annotations

import pytest

from lrcore import PlanError
from lrcore.text.series import read_metric


def test_a_metric_is_read_as_it_is_pasted() -> None:
    assert read_metric("[0.9, 0.7;\n 6e-1]") == (0.9, 0.7, 0.6)
    with pytest.raises(PlanError, match=r"Number 2 is 'x'"):
        read_metric("0.9 x")
