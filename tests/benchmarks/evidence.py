"""How often a run claims what is not so: `python -m tests.benchmarks.evidence` simulates final losses and
prints the rates, for the page as a whole."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from lrcore.results.comparison import compare
from lrcore.results.events import NOT_DIVERGED, Floats, History

Draw = Callable[[np.random.Generator, tuple[int, ...]], Floats]
NOISE: dict[str, Draw] = {  # of a log loss
    "normal": lambda rng, shape: rng.normal(size=shape),
    "skewed": lambda rng, shape: rng.exponential(size=shape),
    "heavy": lambda rng, shape: rng.standard_t(2, size=shape),
    "stuck": lambda rng, shape: 0.3 * rng.normal(size=shape) + 3.0 * (rng.random(shape) < 0.1),
}


def of_finals(finals: Floats) -> History:
    """A run of one evaluation, with these losses (P, S)."""
    losses = finals[None]
    at = np.full(finals.shape, NOT_DIVERGED)
    return History(np.zeros(1, np.int64), losses, losses, losses, losses, at, losses, losses)


def false_claims(draw: Draw, plans: int, seeds: int, runs: int) -> float:
    """The share of runs of equal plans in which some interval excludes 1."""
    rng = np.random.default_rng(plans * 100 + seeds)
    wrong = 0
    for _ in range(runs):
        history = of_finals(np.exp(draw(rng, (plans, seeds))))
        pairs = [compare(history, a, b) for a, b in combinations(range(plans), 2)]
        wrong += any(pair.better or pair.worse for pair in pairs)
    return wrong / runs


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


if __name__ == "__main__":
    print("noise     plans  seeds  false claims")
    for name, noise in NOISE.items():
        for plans in (2, 4, 8):
            for seeds in (3, 5, 10, 20):
                print(f"{name:8} {plans:6} {seeds:6} {false_claims(noise, plans, seeds, 400):13.3f}")
    print("noise     seeds  coverage")
    for name, noise in NOISE.items():
        for seeds in (5, 6, 10, 20):
            print(f"{name:8} {seeds:6} {coverage(noise, seeds, 4000):9.3f}")
