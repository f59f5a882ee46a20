"""What a finished run says: each plan's results, and two plans compared seed by seed.

All plans of a seed share initial weights and minibatches, so two plans are compared within each seed (a
paired design).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lrcore.results.events import NOT_DIVERGED, Floats, History

FINAL_SHARE = 0.05  # "final" is the mean over the last 5 % of the evaluations: one evaluation alone is noise
# Student's t, 97.5 % quantile for 1 .. 19 degrees of freedom: with a handful of seeds a bootstrap interval is
# too narrow.
_T975 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093),
)


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

    `ratio` is the geometric mean of loss b / loss a over the seeds in which both stayed finite (above 1: a
    ends lower), with its 95 % interval (Student's t on the logarithms); NaN where too few seeds are left.
    """

    wins: int
    losses: int
    seeds: int
    ratio: float
    low: float
    high: float


def final(values: Floats, diverged_at: np.ndarray, worst: float = np.inf) -> Floats:
    """(E, P, S) -> (P, S): the mean over the last 5 % of the evaluations; `worst` for a member that diverged;
    NaN without any."""
    if not len(values):  # stopped before the first evaluation
        return np.full(values.shape[1:], np.nan)
    count = max(1, round(FINAL_SHARE * len(values)))
    with np.errstate(invalid="ignore"):
        mean = np.mean(values[-count:], axis=0)
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
    both = np.isfinite(ours) & np.isfinite(theirs) & (ours > 0) & (theirs > 0)
    logs = np.log(theirs[both] / ours[both])
    mean = float(logs.mean()) if len(logs) else float("nan")
    half = float("nan")
    if len(logs) > 1:
        half = _T975[min(len(logs) - 1, len(_T975)) - 1] * float(logs.std(ddof=1)) / np.sqrt(len(logs))
    ratio, low, high = (float(np.exp(v)) for v in (mean, mean - half, mean + half))
    return Pair(
        wins=int((ours < theirs).sum()),
        losses=int((ours > theirs).sum()),
        seeds=len(ours),
        ratio=ratio,
        low=low,
        high=high,
    )


def sentence(pair: Pair, other: int) -> str:
    """`beats plan 2 in 9 of 10 seeds, 7 x lower [5.8, 8.6]`: the pair in words, `other` counted from 0."""
    if pair.wins == pair.losses:
        return (
            f"ties with plan {other + 1}: lower in {pair.wins} of {pair.seeds} seeds, higher in {pair.losses}"
        )
    verb, count = ("beats", pair.wins) if pair.wins > pair.losses else ("loses to", pair.losses)
    text = f"{verb} plan {other + 1} in {count} of {pair.seeds} seeds"
    if not np.isfinite(pair.ratio):
        return text
    lower = pair.ratio >= 1
    sizes = (pair.ratio, pair.low, pair.high) if lower else (1 / pair.ratio, 1 / pair.high, 1 / pair.low)
    interval = f" [{factor(sizes[1])}, {factor(sizes[2])}]" if np.isfinite(sizes[1]) else ""
    return f"{text}, {factor(sizes[0])} x {'lower' if lower else 'higher'}{interval}"


def factor(value: float) -> str:
    """A ratio in three digits, without an exponent up to a million: 1.14, 23, 1,170."""
    return f"{value:,.0f}" if 100 <= value < 1e6 else f"{value:.3g}"


def _median(values: Floats) -> float:
    """The median in which infinities are the largest values; the lower middle one, so that inf - inf never
    arises."""
    return float(np.sort(values)[(len(values) - 1) // 2])
