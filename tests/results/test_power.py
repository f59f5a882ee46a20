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
    assert more.sentence.startswith("An estimate from these 12 seeds: to tell plan ")
    assert facts.pairs[2].better, "the third is told apart and is not spoken of"


def test_nothing_is_said_where_nothing_is_open_or_the_seeds_are_too_few_to_guess_from() -> None:
    assert more_seeds(run(12, (-2.0, 2.0))) is None
    assert more_seeds(run(2, (-0.1, 0.1))) is None


def test_a_number_that_no_race_may_have_is_said_to_be_that() -> None:
    more = more_seeds(run(6, (-0.1, 0.0, 0.1)))
    assert more is not None
    assert more.needed is None or more.needed > 20
    assert "more than 200" in more.sentence or "20 at most" in more.sentence
