"""A run as a history, also one that ended early, and the losses of its epochs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from lrcore.results.events import Floats, History, Ints, Progress


def history_of(
    progress: Sequence[Progress], minibatch_loss: Floats, applied_lr: Floats, diverged_at: Ints
) -> History:
    """The evaluations of a run one below the other, beside what its N updates did.

    `minibatch_loss`, `applied_lr`: (N, P, S); `diverged_at`: (P, S).
    """

    def stacked(name: str) -> Floats:
        rows = [getattr(event, name) for event in progress]
        return np.stack(rows) if rows else np.empty((0, *diverged_at.shape))

    return History(
        step=np.array([event.step for event in progress], np.int64),
        train_loss=stacked("train_loss"),
        val_loss=stacked("val_loss"),
        val_metric=stacked("val_metric"),
        lr=stacked("lr"),
        diverged_at=diverged_at,
        minibatch_loss=minibatch_loss,
        applied_lr=applied_lr,
    )


def history_so_far(events: Iterable[object]) -> History | None:
    """The evaluations of a run that ended early, as a history without its single updates; None before an
    update was made."""
    seen = [event for event in events if isinstance(event, Progress)]
    if not seen or seen[-1].step == 0:
        return None
    nothing = np.empty((0, *seen[0].lr.shape))
    return history_of(seen, nothing, nothing, seen[-1].diverged_at)


def epoch_losses(history: History, steps_per_epoch: int, most: int) -> tuple[float, ...]:
    """The mean validation loss over all members that have one, at the end of each epoch of a run, `most`
    epochs at the most; between evaluations on a straight line. Empty for a run without a finite loss."""
    losses = history.val_loss.reshape(len(history.step), -1)
    finite = np.isfinite(losses)
    known = finite.any(axis=1)
    if not known.any():
        return ()
    means = np.where(finite, losses, 0.0).sum(axis=1)[known] / finite.sum(axis=1)[known]
    ends = np.arange(steps_per_epoch, int(history.step[-1]) + 1, steps_per_epoch)[:most]
    return tuple(float(f"{value:.6g}") for value in np.interp(ends, history.step[known], means))
