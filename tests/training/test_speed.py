"""The reason for batching, as a ratio of two things that run side by side."""

from __future__ import annotations

from tests.benchmarks.trainer import run


def test_the_batched_trainer_is_at_least_eight_times_faster_than_the_plain_loop() -> None:
    assert run(steps=150, repeats=4)["ratio"] >= 8
