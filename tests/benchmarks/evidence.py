"""How often a page claims what is not so: `python -m tests.benchmarks.evidence` simulates runs of known truth
and prints the rates, for the page as a whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np

from lrcore.results.causes import CAUSES, reasons
from lrcore.results.comparison import Pair, compare
from lrcore.results.facts import Facts
from lrcore.results.power import POWER, seeds_needed
from tests.results.simulated import (
    CASES,
    COSINE,
    FAST,
    HIGH,
    INVERSE,
    LOW,
    NOISE,
    STEP,
    Case,
    Draw,
    World,
    of_finals,
    simulate,
)

FASTER = "lr=1 StepLR(step_size=300, gamma=0.5) per iteration"
ALIKE = (HIGH, STEP, INVERSE, LOW, COSINE, FAST, "lr=0.1", FASTER)


def false_claims(draw: Draw, plans: int, seeds: int, runs: int) -> tuple[float, float]:
    """Of runs of plans of which none is better: the share in which some interval excludes 1, and in which a
    reason is given."""
    rng = np.random.default_rng(plans * 100 + seeds)
    claims = whys = 0
    for _ in range(runs):
        experiment, history = simulate(ALIKE[:plans], seeds, World(draw=draw, spread=0.5), rng)
        pairs = [compare(history, a, b) for a, b in combinations(range(plans), 2)]
        claims += any(pair.better or pair.worse for pair in pairs)
        whys += bool(reasons(Facts(experiment, history, "train")))
    return claims / runs, whys / runs


def coverage(draw: Draw, seeds: int, runs: int) -> float:
    """The share of the intervals of two plans that hold the true median ratio, where there is an interval; 1
    where the seeds are too few for one. The noise is that of the ratio, so its shape is not symmetric."""
    rng = np.random.default_rng(seeds)
    truth = float(np.exp(np.median(draw(np.random.default_rng(1), (1_000_001,)))))
    held = 0
    for _ in range(runs):
        pair = compare(of_finals(np.exp([np.zeros(seeds), draw(rng, (seeds,))])), 0, 1)
        held += not (pair.low > truth or pair.high < truth)
    return held / runs


def said(case: Case, seeds: int, runs: int, draw: Draw = NOISE["normal"], copies: int = 1) -> Counter[str]:
    """The shares of runs in which each cause is given, of a case whose first plan is there `copies` times."""
    rng = np.random.default_rng(seeds)
    counts: Counter[str] = Counter()
    size = {"batch_size": 1024} if case.full_batch else {}
    world = replace(
        case.world,
        draw=draw,
        luck=_copied(case.world.luck, copies),
        over_fit=_copied(case.world.over_fit, copies),
        above=tuple(range(copies)) if case.world.above else (),
        guessing=tuple(range(copies)) if case.world.guessing else (),
    )
    plans = (*[case.plans[0]] * copies, case.plans[1])
    for _ in range(runs):
        experiment, history = simulate(plans, seeds, world, rng, **size)
        names = {reason.cause.name for reason in reasons(Facts(experiment, history, case.split))}
        counts.update(names)
    return Counter({name: count / runs for name, count in counts.items()})


def _copied(values: tuple[float, ...], copies: int) -> tuple[float, ...]:
    return (*[values[0]] * copies, *values[1:]) if values else ()


def found_with_the_estimate(share: float, plans: int, runs: int) -> float:
    """The share of second runs that find the difference, where a plan is lower in a `share` of seeds: of as
    many seeds as a first run of eight names that has found nothing."""
    rng = np.random.default_rng(3)
    found = tried = 0
    for _ in range(runs):
        first = _pair(rng, share, 8, plans)
        if first.better or first.worse or (needed := seeds_needed(first, plans)) is None:
            continue
        tried += 1
        found += _pair(rng, share, needed, plans).better
    return found / max(1, tried)


def _pair(rng: np.random.Generator, share: float, seeds: int, plans: int) -> Pair:
    theirs = np.where(rng.random(seeds) < share, 2.0, 0.5)
    rest = np.ones((plans - 2, seeds))
    return compare(of_finals(np.concatenate([[np.ones(seeds)], [theirs], rest])), 0, 1)


def main() -> None:
    print("no plan better\nnoise     plans  seeds  false claims  false reasons")
    for name, noise in NOISE.items():
        for plans in (2, 3, 4, 8):
            for seeds in (2, 3, 5, 8, 12, 20):
                claims, whys = false_claims(noise, plans, seeds, 2000)
                print(f"{name:8} {plans:6} {seeds:6} {claims:13.3f} {whys:14.3f}")
    print("\nnoise     seeds  coverage")
    for name, noise in NOISE.items():
        for seeds in (5, 6, 8, 10, 20):
            print(f"{name:8} {seeds:6} {coverage(noise, seeds, 4000):9.3f}")
    print("\nplans  seeds  what is true: how often it is said, and how often something else")
    for case in CASES:
        for copies, seeds in ((1, 6), (1, 20), (7, 11), (7, 20)):
            counts = [said(case, seeds, 100, noise, copies) for noise in NOISE.values()]
            right = [one[case.cause] for one in counts]
            others = {cause.name for cause in CAUSES} - {case.cause, case.also}
            wrong = [sum(one[name] for name in others) for one in counts]
            shares = " ".join(f"{value:.2f}" for value in right) if case.cause else " " * 19
            other = " ".join(f"{value:.2f}" for value in wrong)
            print(f"{copies + 1:5} {seeds:6}  {shares}  {other}  {case.name}: {case.cause or 'no cause'}")
    print(f"\nseeds as estimated from eight, aimed at {POWER}\nplans  share of wins  found")
    for plans in (2, 4):
        for share in (0.7, 0.8, 0.9):
            print(f"{plans:5} {share:14} {found_with_the_estimate(share, plans, 1000):6.2f}")


if __name__ == "__main__":
    main()
