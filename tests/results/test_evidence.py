"""A run of equal plans claims nothing, and an interval holds the truth: by simulation."""

from __future__ import annotations

import pytest

from tests.benchmarks.evidence import coverage, false_claims
from tests.results.simulated import NOISE


@pytest.mark.parametrize(("plans", "seeds"), [(2, 3), (2, 6), (4, 8), (8, 12)])
def test_equal_plans_are_told_apart_in_one_run_of_twenty_at_most(plans: int, seeds: int) -> None:
    claims, whys = false_claims(NOISE["normal"], plans, seeds, 300)
    assert claims <= 0.07  # 0.05 and the noise of 300 runs
    assert whys <= claims


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("seeds", [6, 10])
def test_the_interval_holds_the_true_median(noise: str, seeds: int) -> None:
    assert coverage(NOISE[noise], seeds, 400) >= 0.93
