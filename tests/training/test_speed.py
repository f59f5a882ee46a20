"""The reason for batching, as a ratio of two things that run side by side."""

from __future__ import annotations

import pytest

from tests.benchmarks.trainer import run


@pytest.mark.serial  # two things timed in turns: what runs beside them hits one more than the other
def test_the_batched_trainer_is_at_least_eight_times_faster_than_the_plain_loop() -> None:
    assert run(steps=150, repeats=4)["ratio"] >= 8
