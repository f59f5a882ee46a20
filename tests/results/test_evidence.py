"""A run of equal plans claims nothing, and an interval holds the truth: by simulation."""

from __future__ import annotations

import pytest

from tests.benchmarks.evidence import NOISE, coverage, false_claims


@pytest.mark.parametrize(("plans", "seeds"), [(2, 3), (2, 6), (4, 10), (8, 12)])
def test_equal_plans_are_told_apart_in_one_run_of_twenty_at_most(plans: int, seeds: int) -> None:
    assert false_claims(NOISE["normal"], plans, seeds, 100) <= 0.08  # 0.05 and the noise of 100 runs


@pytest.mark.parametrize("noise", NOISE)
def test_the_interval_holds_the_true_median(noise: str) -> None:
    assert coverage(NOISE[noise], 10, 500) >= 0.93
