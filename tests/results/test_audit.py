"""Whatever a run is like, each sentence about it is true of its numbers: of random runs, simulated and
trained, by checks that share nothing with the code that writes the sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from lrcore.experiment import Experiment
from lrcore.results.events import Finished, Floats, History, Split
from lrcore.results.story import story
from lrcore.training import train
from tests.results.simulated import NOISE, World, simulate

TRAINED = 15
binomial = pytest.importorskip("scipy.stats").binom
SHAPES = (
    "",
    " StepLR(step_size=500, gamma=0.3) per iteration",
    " StepLR(step_size=300, gamma=0.9) per iteration",
    " InverseTimeDecay(lr_decay=0.018) per iteration",
    " ExponentialLR(gamma=0.99) per iteration",
    " ExponentialLR(gamma=0.999) per iteration",
    " CosineAnnealingLR(T_max=2000) per iteration",
    " CosineAnnealingWarmRestarts(T_0=500) per iteration",
    " LinearLR(start_factor=0.01, total_iters=400) per iteration",
    " WarmupStableDecay(total_steps=2000, decay_steps=400) per iteration",
    " OneCycleLR(max_lr=0.3, total_steps=2000) per iteration",
)


def random_run(number: int) -> tuple[Experiment, History, Split]:
    rng = np.random.default_rng(number)
    count, seeds = int(rng.integers(2, 9)), int(rng.integers(2, 21))
    plans = [f"lr={rng.choice([0.03, 0.1, 0.3, 0.3, 0.3, 1])}{rng.choice(SHAPES)}" for _ in range(count)]
    some = rng.random(count) < 0.15
    world = World(
        power=rng.choice([0.0, 0.1, 0.5, 0.9]),
        scale=rng.choice([1.0, 10.0, 100.0]),
        noise=rng.choice([0.0, 0.5, 0.9, 0.97]),
        luck=tuple(rng.choice([0, 1]) * rng.normal(size=count)),
        over_fit=tuple(rng.choice([0.0, 0.5, 1.3], size=count)),
        above=tuple(np.flatnonzero(some & (rng.random() < 0.5))),
        guessing=tuple(np.flatnonzero(~some & (rng.random(count) < 0.1))),
        spread=rng.choice([0.01, 0.1, 0.5]),
        draw=NOISE[str(rng.choice(list(NOISE)))],
    )
    experiment, history = simulate(plans, seeds, world, rng, batch_size=int(rng.choice([32, 1024])))
    lost = rng.random(history.diverged_at.shape) < rng.choice([0, 0, 0.1, 0.6])
    history.diverged_at[lost] = 700
    return experiment, history, "train" if number % 2 else "val"


class Numbers:
    """What a reader could work out from the run and the plans."""

    def __init__(self, experiment: Experiment, history: History, split: Split) -> None:
        self.experiment = experiment
        self.lost = history.diverged_at >= 0
        last = max(1, round(0.05 * len(history.step)))
        self.train, self.val = (
            np.where(self.lost, np.inf, losses[-last:].mean(axis=0))
            for losses in (history.train_loss, history.val_loss)
        )
        self.ends = self.train if split == "train" else self.val
        self.final = np.median(self.ends, axis=1)
        self.start = history.train_loss[0]
        lost = self.lost & (history.step[:, None, None] > history.diverged_at)
        self.later = np.where(lost, np.inf, history.train_loss)[len(history.step) * 2 // 3 :]
        every = np.arange(experiment.steps)
        self.rates = [plan.lr(every, experiment.steps_per_epoch) for plan in experiment.plans]

    def shown(self, lower: int, higher: int, ends: Floats) -> bool:
        """Whether the sign test, for all pairs of plans together, finds one plan below another."""
        count, many = ends.shape[1], len(ends)
        not_lower = int((ends[lower] >= ends[higher]).sum())
        return bool(binomial.cdf(not_lower, count, 0.5) <= 0.025 / (many * (many - 1) / 2))

    def ratio(self, lower: int, higher: int) -> float:
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(self.ends[higher] / self.ends[lower])
        logs[self.ends[higher] == self.ends[lower]] = 0
        return float(np.exp(np.median(logs)))


def plans_of(words: str) -> list[int]:
    """`Plans 1, 4 and 5` to numbers from 0; "3 more" names none."""
    return [int(number) - 1 for number in re.findall(r"\d+(?! more)", words)]


NAMES = r"[Pp]lans? ([\d, and]+?(?: and \d+ more)?)"
REASONS = {
    "guessing": rf"{NAMES} ha(?:s|ve) learnt next to nothing",
    "too high": rf"The rates? of {NAMES} (?:is|are) too high",
    "over-fits": rf"{NAMES} over-fits?: (?:it|they) ends? below",
    "rose": rf"{NAMES} over-fits?: (?:its|their) validation",
    "floor": rf"{NAMES} holds? (?:its rate|their rates) to the end",
    "slowed": rf"The rates? of {NAMES} fell too early",
    "lower": rf"{NAMES} never ha(?:s|ve) a higher rate",
}


def guessing(experiment: Experiment) -> float:
    """The loss of a model that knows nothing of its input."""
    data = experiment.data.load()
    if data.task == "regression":
        return float(data.y_train.var())
    shares = np.bincount(data.y_train) / len(data.y_train)
    return float(-(shares * np.log(shares)).sum())


def true_of(name: str, plan: int, best: int, n: Numbers, split: Split) -> bool:
    """Whether what is said of a plan can be seen in the numbers."""
    rates, ours = n.rates[plan], n.rates[best]
    middle = np.median(n.later[:, plan], axis=1)
    match name:
        case "guessing":
            return bool(np.median(n.train[plan]) == pytest.approx(guessing(n.experiment), rel=0.1))
        case "too high":
            higher = rates.max() > ours.max() or rates.sum() > ours.sum()
            return bool((n.train[plan] > n.start[plan]).mean() > 0.5 and higher)
        case "over-fits":
            return split == "val" and n.shown(plan, best, n.train)
        case "rose":
            fell = np.median(n.train[plan]) < np.median(n.start[plan])
            return split == "val" and bool(fell)
        case "floor":
            stands = abs(np.log(middle[-6:].mean() / middle[:6].mean())) < 0.3
            lowered = ours[-1] < 0.5 * min(ours.max(), rates[-1])
            held = np.ptp(rates[-len(rates) // 4 :]) <= 0.02 * rates[-1]
            return bool(held and lowered and stands) and n.experiment.batch_size < n.experiment.data.n_train
        case "slowed":
            return bool(rates[-1] < 0.5 * rates.max() and rates.sum() < ours.sum())
        case _:
            return bool((rates <= ours * 1.000001).all() and middle[-1] < middle[0])


def told_reasons(text: str) -> Iterator[tuple[str, int]]:
    for name, pattern in REASONS.items():
        for words in re.findall(pattern, text):
            for plan in plans_of(words):
                yield name, plan


def check(experiment: Experiment, history: History, split: Split, counts: Counter[str]) -> None:
    text, n = story(experiment, history, split), Numbers(experiment, history, split)
    where = f"{text}\n{experiment!r}"
    assert not re.search(r"\b(nan|inf)\b|(?<![\d.,])(1 times|0 %)", text), where
    if text.startswith("Every plan diverged"):
        assert np.isinf(n.final).all(), where
        return
    if text.startswith("All plans end at the same"):
        assert (n.ends == n.ends[0]).all(), where
        same = all(np.array_equal(rates, n.rates[0]) for rates in n.rates)
        assert same == ("Equal rates give equal losses" in text), where
        return
    head = re.match(r"(Plans? [\d, and]+) ends? lowest, at a \w+ loss of ([\d.e-]*\d)", text)
    assert head, where
    names, final = head.groups()
    best = int(np.argmin(n.final))
    assert plans_of(names)[0] == best, where
    assert {f"{n.final[plan]:.3g}" for plan in plans_of(names)} == {final}, where
    for size, plan in re.findall(r"([\d.,]+(?: times| %)) below plan (\d+)", text):
        other, value = int(plan) - 1, float(size.split()[0].replace(",", ""))
        ratio = n.ratio(best, other)
        assert n.shown(best, other, n.ends), where
        assert (ratio < 1.1) == ("%" in size), where
        assert value == pytest.approx(100 * (1 - 1 / ratio) if "%" in size else ratio, rel=0.06), where
    for plan, lost, all_seeds in re.findall(r"plan (\d+) diverged in (\d+) of (\d+)", text):
        assert (int(lost), int(all_seeds)) == (n.lost[int(plan) - 1].sum(), experiment.seeds), where
    assert not n.lost[best].any() or f"plan {best + 1} diverged" in text, where
    for name, plan in told_reasons(text):
        counts[name] += 1
        assert n.shown(best, plan, n.ends), where
        assert all(experiment.plans[p].momentum(0, 1) is None for p in (best, plan)), where
        assert true_of(name, plan, best, n, split), f"{name} of plan {plan + 1}, {where}"


def test_each_sentence_is_true_of_its_run() -> None:
    counts: Counter[str] = Counter()
    for number in range(500):
        check(*random_run(number), counts)
    assert set(counts) == set(REASONS), f"each reason was there to be checked: {counts}"


def random_training(number: int) -> Experiment:
    rng = np.random.default_rng(number)
    rates = (0.003, 0.03, 0.3, 0.3, 1, 3) if number % 3 else (0.001, 0.01, 0.01, 0.1, 0.1)
    shapes = [shape.replace("2000", "300").replace("500", "75").replace("400", "60") for shape in SHAPES]
    plans = [f"lr={rng.choice(rates)}{rng.choice(shapes)}" for _ in range(int(rng.integers(2, 5)))]
    data = [{"kind": "checkerboard"}, {"kind": "sine"}, {"kind": "moons", "n_train": 64, "flip": 0.3}]
    return Experiment.model_validate(
        {
            "plans": plans,
            "data": data[int(rng.integers(3))],
            "model": {"hidden": [16, 16], "activation": str(rng.choice(["tanh", "relu"]))},
            "optimizer": "SGD" if number % 3 else "Adam",
            "seeds": int(rng.integers(6, 13)),
            "steps": 300,
        }
    )


def test_each_sentence_is_true_of_what_was_trained() -> None:
    counts: Counter[str] = Counter()
    for number in range(TRAINED):
        experiment = random_training(number)
        *_, finished = train(experiment)
        assert isinstance(finished, Finished)
        for split in ("train", "val"):
            check(experiment, finished.history, split, counts)
    assert len(counts) >= 3, counts
