"""What a finished run says: each plan's results, and two plans compared seed by seed.

All plans of a seed share initial weights and minibatches, so two plans are compared within each seed (a
paired design).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lrcore.results.events import NOT_DIVERGED, Floats, History

FINAL_SHARE = 0.05  # "final" is the mean over the last 5 % of the evaluations: one evaluation alone is noise
CLOSE = 1.1  # a ratio below it is said in percent
LEVEL = 0.05  # the chance that any of a page's intervals misses, all pairs of plans together


@dataclass(frozen=True)
class PlanResult:
    """One plan over its seeds. Losses are medians over seeds, in which a diverged seed counts as infinite."""

    final_train: float
    final_val: float
    best_train: float
    best_val: float
    metric: float
    diverged: int
    first_divergence: int | None
    seeds: int


@dataclass(frozen=True)
class Pair:
    """Plan a against plan b on the same seeds.

    `ratio` is the median of loss b / loss a over all seeds (above 1: a ends lower); a diverged seed counts as
    an infinite loss, one that both lost as a tie. `low` and `high` are order statistics of these ratios (the
    interval that belongs to the sign test), which asks for no shape of their distribution; at the level
    0.05 / (number of pairs of plans) all intervals of a run hold together in 95 % of runs, whichever plan is
    picked afterwards (Bonferroni). NaN where the seeds are too few for any: `needed` of them suffice.
    """

    wins: int
    losses: int
    seeds: int
    ratio: float
    low: float
    high: float
    needed: int

    @property
    def better(self) -> bool:
        """Whether the seeds show that a ends lower."""
        return self.low > 1

    @property
    def worse(self) -> bool:
        """Whether the seeds show that a ends higher."""
        return self.high < 1


def final_count(evaluations: int) -> int:
    """How many of the last evaluations the final value of so many is the mean of."""
    return max(1, round(FINAL_SHARE * evaluations))


def final(values: Floats, diverged_at: np.ndarray, worst: float = np.inf) -> Floats:
    """(E, P, S) -> (P, S): the mean over the last 5 % of the evaluations; `worst` for a member that diverged;
    NaN without any."""
    if not len(values):  # stopped before the first evaluation
        return np.full(values.shape[1:], np.nan)
    with np.errstate(invalid="ignore"):
        mean = np.mean(values[-final_count(len(values)) :], axis=0)
    return np.where(diverged_at == NOT_DIVERGED, mean, worst)


def results(history: History) -> list[PlanResult]:
    """One `PlanResult` per plan, in order."""
    alive = history.diverged_at == NOT_DIVERGED
    train, val = final(history.train_loss, history.diverged_at), final(history.val_loss, history.diverged_at)
    best_train, best_val = (
        np.where(alive, np.fmin.reduce(losses, axis=0), np.inf)
        if len(losses)
        else np.full(alive.shape, np.nan)
        for losses in (history.train_loss, history.val_loss)
    )
    metric = final(history.val_metric, history.diverged_at, worst=np.nan)
    rows = []
    for p, lost_at in enumerate(history.diverged_at):
        lost = lost_at[lost_at != NOT_DIVERGED]
        rows.append(
            PlanResult(
                final_train=_median(train[p]),
                final_val=_median(val[p]),
                best_train=_median(best_train[p]),
                best_val=_median(best_val[p]),
                metric=float(np.nanmean(metric[p])) if np.isfinite(metric[p]).any() else float("nan"),
                diverged=len(lost),
                first_divergence=int(lost.min()) if len(lost) else None,
                seeds=len(lost_at),
            )
        )
    return rows


def compare(history: History, a: int, b: int, split: str = "train") -> Pair:
    """Plan number `a` against plan number `b` by final loss of `split` ("train" or "val")."""
    losses = final(history.train_loss if split == "train" else history.val_loss, history.diverged_at)
    ours, theirs = losses[a], losses[b]
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(ours == theirs, 0.0, np.log(theirs) - np.log(ours))
    level = page_level(len(losses))
    ratio, low, high = (float(np.exp(value)) for value in sign_interval(logs, level))
    return Pair(
        wins=int((ours < theirs).sum()),
        losses=int((ours > theirs).sum()),
        seeds=len(ours),
        ratio=ratio,
        low=low,
        high=high,
        needed=least_seeds(len(losses)),
    )


def page_level(plans: int) -> float:
    """The level of one interval, so that those of all pairs of so many plans hold together."""
    return LEVEL / max(1, plans * (plans - 1) // 2)


def least_seeds(plans: int) -> int:
    """How many seeds any claim on a pair of so many plans needs: the least S with 2 / 2^S <= the level."""
    return math.ceil(1 - math.log2(page_level(plans)))


def sign_interval(values: Floats, level: float) -> tuple[float, float, float]:
    """The median of the values (S,), and the bounds that hold the median of what they are drawn from with
    probability 1 - `level`, whatever its shape; NaN for both where S is too small, or a value is NaN.

    The bounds are order statistics: H. A. David, Order Statistics, section 7.1.
    """
    ordered = np.sort(values)
    cut = sign_cut(len(ordered), level)
    with np.errstate(invalid="ignore"):  # between -inf and inf there is no middle
        middle = float(np.median(ordered))
    if not cut or np.isnan(ordered).any():
        return middle, math.nan, math.nan
    return middle, float(ordered[cut - 1]), float(ordered[-cut])


def sign_cut(count: int, level: float) -> int:
    """The greatest k with P(Binomial(count, 1/2) < k) <= level / 2: the k-th smallest and the k-th largest of
    `count` values enclose their distribution's median with probability 1 - level; 0 where no k does."""
    k, tail = 0, 0.5**count
    while k < count // 2 and tail <= level / 2:
        k += 1
        tail += math.comb(count, k) * 0.5**count
    return k


def sentence(pair: Pair, other: int) -> str:
    """`beats plan 2 in 19 of 20 seeds, 7 x lower [5.8, 8.6]`: the pair in words, `other` counted from 0.

    "beats" and "loses to" are said only where the interval excludes 1.
    """
    if not (pair.better or pair.worse):
        if pair.wins == pair.losses == 0:
            return f"equal to plan {other + 1} in all {pair.seeds} seeds"
        sides = sorted((("lower", pair.wins), ("higher", pair.losses)), key=lambda side: -side[1])
        (more, often), (less, seldom) = sides
        counts = f"{more} than plan {other + 1} in {often} of {pair.seeds} seeds"
        counts += f", {less} in {seldom}" if seldom else ""
        few = f"too few seeds to tell, {pair.needed} at least" if math.isnan(pair.low) else "may be chance"
        return f"{counts}: {few}"
    verb, count = ("beats", pair.wins) if pair.better else ("loses to", pair.losses)
    sizes = (pair.ratio, pair.low, pair.high)
    if pair.worse:
        sizes = (_inverse(pair.ratio), _inverse(pair.high), _inverse(pair.low))
    text = f"{verb} plan {other + 1} in {count} of {pair.seeds} seeds"
    if math.isinf(sizes[0]):  # the other plan diverged in most seeds: there is no factor
        return text
    words = [size(value, below=pair.better) if sizes[0] < CLOSE else factor(value) for value in sizes]
    unit = "" if sizes[0] < CLOSE else " x"
    return f"{text}, {words[0]}{unit} {'lower' if pair.better else 'higher'} [{words[1]}, {words[2]}]"


def factor(value: float) -> str:
    """A ratio in three digits, without an exponent up to a million: 1.14, 23, 1,170."""
    if math.isinf(value):
        return "∞"
    return f"{value:,.0f}" if 100 <= value < 1e6 else f"{value:.3g}"


def size(ratio: float, *, below: bool) -> str:
    """A ratio above 1 in percent: how far the smaller is below the larger, or the larger above the smaller.

    >>> size(1.25, below=True), size(1.25, below=False), size(1.001, below=True)
    ('20 %', '25 %', '0.1 %')
    """
    percent = 100 * (1 - 1 / ratio if below else ratio - 1)
    if math.isinf(percent):
        return "∞"
    if percent < 0.01:
        return "under 0.01 %"
    return f"{percent:.2g} %" if percent < 10 else f"{percent:,.0f} %"


def _inverse(ratio: float) -> float:
    return 1 / ratio if ratio else math.inf


def _median(values: Floats) -> float:
    """The median in which infinities are the largest values: infinite where half of the seeds are lost."""
    return float(np.median(values))
