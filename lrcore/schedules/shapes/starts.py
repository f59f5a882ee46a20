"""Lengths and factors that suit a run of so many ticks: where controls begin that cannot be a plain share of
the run."""

from __future__ import annotations


def warmup_length(run: int) -> int:
    """A tenth of the run.

    >>> warmup_length(2000), warmup_length(1)
    (200, 1)
    """
    return max(1, round(run / 10))


def descent_length(run: int) -> int:
    """What a warm-up leaves of the run."""
    return max(1, run - warmup_length(run))


def decay_per_step(run: int) -> float:
    """A factor, with two digits that matter, that takes the rate to about a twentieth over the run; for a
    short one at least 0.9.

    >>> decay_per_step(2000), decay_per_step(60)
    (0.9985, 0.951)
    """
    return max(0.9, round(1.0 - float(f"{1.0 - 0.05 ** (1.0 / run):.2g}"), 12))
