"""How many seeds are asked for, against scipy's binomial distribution and against second runs."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.results.comparison import Pair, compare, page_level, sign_cut
from lrcore.results.facts import Facts
from lrcore.results.power import POWER, more_seeds, seeds_needed
from tests.benchmarks.evidence import found_with_the_estimate
from tests.results.simulated import HIGH, LOW, STEP, World, of_finals, simulate

binomial = pytest.importorskip("scipy.stats").binom


def pair(wins: int, losses: int) -> Pair:
    theirs = np.concatenate([np.full(wins, 2.0), np.full(losses, 0.5)])
    return compare(of_finals(np.stack([np.ones(wins + losses), theirs])), 0, 1)


@pytest.mark.parametrize(("wins", "losses", "plans"), [(4, 1, 2), (5, 0, 2), (5, 0, 4), (7, 2, 3), (6, 3, 2)])
def test_it_is_the_least_number_that_the_sign_test_needs(wins: int, losses: int, plans: int) -> None:
    needed = seeds_needed(pair(wins, losses), plans)
    assert needed is not None
    chance = (losses + 1) / (wins + losses + 2)

    def power(seeds: int) -> float:
        return float(binomial.cdf(sign_cut(seeds, page_level(plans)) - 1, seeds, chance))

    assert power(needed) >= POWER
    assert max(map(power, range(wins + losses + 1, needed)), default=0.0) < POWER


def test_an_even_race_has_no_number() -> None:
    assert seeds_needed(pair(3, 3), 2) is None
    assert seeds_needed(pair(2, 4), 2) is None


def test_a_second_run_of_so_many_seeds_shows_the_difference_about_as_often_as_said() -> None:
    assert found_with_the_estimate(0.8, 2, 150) > 0.75


def run(seeds: int, luck: tuple[float, ...]) -> Facts:
    world = World(luck=luck, spread=0.4)
    return Facts(*simulate((HIGH, STEP, LOW)[: len(luck)], seeds, world, np.random.default_rng(9)), "train")


def test_it_is_said_of_the_lowest_plan_that_is_not_told_from_the_best() -> None:
    facts = run(12, (-1.0, -0.9, 1.0))
    more = more_seeds(facts)
    assert more is not None
    assert {more.best, more.other} == {0, 1}
    assert "tell plan 1 from plan 2" in more.sentence or "tell plan 2 from plan 1" in more.sentence
    assert "an estimate from these 12" in more.sentence
    assert facts.pairs[2].better, "the third is told apart and is not spoken of"


def test_nothing_is_said_where_nothing_is_open() -> None:
    assert more_seeds(run(12, (-2.0, 2.0))) is None


def test_what_is_estimated_is_offered_while_a_race_may_have_as_many() -> None:
    more = more_seeds(run(5, (-2.0, 2.0)))  # all five won, and six are the least
    assert more is not None
    assert more.offered == more.needed
    assert more.least <= more.needed <= 20
    assert f"About {more.needed} seeds would tell" in more.sentence


def test_where_a_race_may_not_have_as_many_the_least_for_any_claim_are_offered() -> None:
    too_few, enough = more_seeds(run(5, (-0.1, 0.0, 0.1))), more_seeds(run(12, (-0.1, 0.0, 0.1)))
    for more in (too_few, enough):
        assert more is not None
        assert more.needed is None or more.needed > 20
        assert "a race has 20 at most" in more.sentence
    assert (too_few.offered, enough.offered) == (7, None)
    # of both counts it is said what they settle
    assert too_few.sentence.startswith(
        "7 seeds can tell two plans apart only if one is lower in all of them; to"
    )
    assert enough.sentence.startswith(("About ", "More than "))


@pytest.mark.parametrize("seeds", [1, 2])
def test_of_too_few_seeds_to_guess_from_nothing_is_estimated(seeds: int) -> None:
    more = more_seeds(run(seeds, (-0.1, 0.1)))
    assert more is not None
    assert (more.offered, more.sentence) == (6, "")
