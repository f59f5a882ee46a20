"""How often plans that are equal at their own best rates are told apart when each is tuned:
`python -m tests.benchmarks.tuning` simulates whole tunings, and prints the rates beside those of two simpler
ways, how often a true difference is seen, and what is said of plans that are trained."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import permutations

import numpy as np

from lrcore.experiment import Experiment
from lrcore.plan import Plan
from lrcore.results.comparison import compare
from lrcore.results.events import Finished, Floats
from lrcore.training import one_thread, train
from lrcore.tuning import REACH, STEP, Bowl, Finals, Tuned, finals_of, pair_at_best, tune, verdict
from lrcore.tuning.finals import as_history
from tests.benchmarks.evidence import NOISE, Draw

# On the checkerboard: at rates of .17, at which the verdict turns over, and at those of the opening example
TRAINED = (
    ("lr=0.17", "lr=0.17 ExponentialLR(gamma=0.995) per iteration"),
    ("lr=0.3", "lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration"),
)
_SHARE = 0.5  # of the noise, which a seed has in common at all rates of a plan: its weights and its data
Claims = Callable[[tuple[Bowl, ...], int, int], bool]


class World:
    """Plans whose log losses are parabolas over log2 of their rates: lowest at a random power of the grid, at
    `depth` of each plan, `steep` higher one power away from it, with noise of one unit."""

    def __init__(
        self, rng: np.random.Generator, draw: Draw, depth: Floats, seeds: int, steep: Floats
    ) -> None:
        plans, powers = len(depth), np.arange(-REACH, REACH + 1)
        self.experiment = Experiment(
            plans=tuple(Plan(base_lr=0.1 + 0.01 * plan) for plan in range(plans)), seeds=seeds
        )
        places = rng.integers(-2, 3, plans)
        curve = depth[:, None] + steep[:, None] * (powers - places[:, None]) ** 2
        noise = draw(rng, (plans, len(powers), 20)) * (1 - _SHARE) ** 0.5
        shared = draw(rng, (plans, 1, 20)) * _SHARE**0.5
        self._losses = np.exp(0.3 * (curve[..., None] + noise + shared))
        self._place = {
            plan.multiplied(STEP ** int(power)).base_lr: (index, at)
            for index, plan in enumerate(self.experiment.plans)
            for at, power in enumerate(powers)
        }

    def finals_of(self, experiment: Experiment) -> Finals:
        rows = [self._losses[self._place[plan.base_lr]] for plan in experiment.plans]
        losses = np.stack(rows)[:, : experiment.seeds]
        return Finals(losses, losses, np.array([plan.base_lr for plan in experiment.plans]))

    def tuned(self) -> Tuned:
        return tune(self.experiment, "train", self.finals_of)


def ours(bowls: tuple[Bowl, ...], a: int, b: int) -> bool:
    return pair_at_best(bowls, a, b).better


def halves(bowls: tuple[Bowl, ...], a: int, b: int) -> bool:
    """Picked on one half of the seeds and compared on the other, at the picked rates alone."""
    return compare(as_history(np.stack([bowl.fresh[bowl.best] for bowl in bowls])), a, b).better


def same_seeds(bowls: tuple[Bowl, ...], a: int, b: int) -> bool:
    """Picked and compared on the same seeds, all of them."""
    wholes = []
    for bowl in bowls:
        at = {power: np.append(bowl.losses[power], bowl.fresh[power]) for power in bowl.powers}
        wholes.append(min(at.values(), key=lambda losses: float(np.median(losses))))
    return compare(as_history(np.stack(wholes)), a, b).better


WAYS: dict[str, Claims] = {"ours": ours, "halves": halves, "same seeds": same_seeds}


def false_claims(
    draw: Draw, plans: int, seeds: int, steep: tuple[float, float], runs: int
) -> dict[str, float]:
    """The share of tunings of plans that are equal at their best in which one is said to beat another; the
    bowl of the first plan is steep by the first number, those of the others by the second."""
    rng = np.random.default_rng(plans * 100 + seeds)
    wrong = dict.fromkeys(WAYS, 0)
    for _ in range(runs):
        each = np.array([steep[0], *[steep[1]] * (plans - 1)])
        bowls = World(rng, draw, np.zeros(plans), seeds, each).tuned().bowls
        for way, claims in WAYS.items():
            wrong[way] += any(claims(bowls, a, b) for a, b in permutations(range(plans), 2))
    return {way: count / runs for way, count in wrong.items()}


def true_claims(draw: Draw, gap: float, seeds: int, runs: int) -> float:
    """The share of tunings in which the better of two plans, by `gap` units of noise, is said to beat the
    other."""
    rng = np.random.default_rng(seeds)
    depth, steep = np.array([0.0, gap]), np.ones(2)
    return sum(ours(World(rng, draw, depth, seeds, steep).tuned().bowls, 0, 1) for _ in range(runs)) / runs


def trained(experiment: Experiment) -> str:
    """What a tuning says that is trained here and now."""

    def ends(race: Experiment) -> Finals:
        *_, last = train(race)
        assert isinstance(last, Finished)
        return finals_of(last.history)

    tuned = tune(experiment, "train", cache(ends))
    assert tuned.as_set is not None
    rates = "; ".join(
        f"plan {number} at {bowl.rate(bowl.best):.3g}: {bowl.fresh_median:.3g} (as set {bowl.median(0):.3g})"
        for number, bowl in enumerate(tuned.bowls, 1)
    )
    return f"{verdict(tuned.as_set, tuned.bowls, 'train').sentence}\n  {rates}"


def main(runs: int = 200) -> None:
    print("noise     plans  seeds     steep  " + "".join(f"{way:>12}" for way in WAYS))
    for name, noise in NOISE.items():
        for plans, seeds in ((2, 8), (2, 10), (4, 10)):
            for steep in ((0.4, 0.4), (1.0, 1.0), (0.0, 2.0)):
                found = false_claims(noise, plans, seeds, steep, runs)
                numbers = "".join(f"{found[way]:12.3f}" for way in WAYS)
                print(f"{name:8} {plans:6} {seeds:6} {steep[0]:4.1f} {steep[1]:4.1f} {numbers}", flush=True)
    print("noise     seeds    gap  seen")
    for name, noise in NOISE.items():
        for gap in (1.0, 2.0, 4.0):
            print(f"{name:8} {8:6} {gap:6} {true_claims(noise, gap, 8, runs):5.2f}", flush=True)
    one_thread()
    for plans in TRAINED:
        print(" | ".join(plans), "\n ", trained(Experiment(plans=plans, seeds=10)), flush=True)


if __name__ == "__main__":
    main()
