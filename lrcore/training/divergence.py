"""Members that blow up: found at the exact update, frozen as they were before it, while the others go on
untouched.

Looking at every loss after every update would cost more than the update (on a GPU it would also wait for it),
so blocks of updates run unwatched. Members do not see each other: one that turns to NaN harms nobody. When a
block has harmed a member, the state from before the block comes back and the block is run again, looking
after every update. The same kernels on the same numbers give the same bits, so for the others the second run
is the first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from lrcore.results.events import NOT_DIVERGED, Floats, Ints
from lrcore.training.ensemble import Ensemble

# times the loss at the start: a catapult's jump of ten to a hundred times still comes down, this does not
EXPLODED = 1000.0


class Divergences:
    """Who has diverged: `at` (M,) the update that a member did not survive, -1 = none; `reasons` (M,), "" =
    none."""

    def __init__(self, members: int) -> None:
        self.at: Ints = np.full(members, NOT_DIVERGED, np.int64)
        self.reasons = [""] * members

    @property
    def active(self) -> NDArray[np.bool_]:
        """Who has not diverged, (M,)."""
        mask: NDArray[np.bool_] = self.at == NOT_DIVERGED
        return mask


class Guard:
    """Runs blocks of updates and freezes who diverges.

    A member is "non-finite" when its minibatch loss is, or when the update makes one of its parameters so; it
    has "exploded" when its minibatch loss is above `limit` (M,), which the loop sets once it knows the losses
    at the start. Either way that update is taken back.
    """

    def __init__(self, ensemble: Ensemble, divergences: Divergences) -> None:
        self._ensemble, self._divergences = ensemble, divergences
        self.limit: Floats = np.full(len(divergences.at), np.inf)
        self._before = ensemble.save()
        # layers of parameters, of which the rows of members that diverged count
        self._frozen: list[Tensor] = []

    def run(self, first: int, lr: Floats) -> Floats:
        """`Ensemble.run`, guarded: the loss that a member diverged at is inf if it was not finite, those
        after it are NaN."""
        ensemble, divergences = self._ensemble, self._divergences
        ensemble.save(self._before)
        losses = ensemble.run(first, lr)
        sound = (np.isfinite(losses) & (losses <= self.limit)).all(axis=0) & ensemble.finite()
        if np.any(divergences.active & ~sound):
            ensemble.restore(self._before)
            losses = self._watch(first, lr[: len(losses)])
        self._put_back()
        steps = np.arange(first, first + len(losses))[:, None]
        losses = np.where(np.isfinite(losses), losses, np.inf)
        return np.where(divergences.active | (steps <= divergences.at), losses, np.nan)

    def _watch(self, first: int, lr: Floats) -> Floats:
        """The block again, looking after every update."""
        losses = np.empty_like(lr)
        for k in range(len(lr)):
            self._ensemble.save(self._before)
            row = self._ensemble.run(first + k, lr[k : k + 1])
            if not len(row):  # told to stop in the middle of this update, which therefore was not made
                return losses[:k]
            losses[k] = row[0]
            finite = np.isfinite(row[0]) & self._ensemble.finite()
            self._freeze(self._divergences.active & ~finite, first + k, "non-finite")
            self._freeze(self._divergences.active & (row[0] > self.limit), first + k, "exploded")
        return losses

    def _freeze(self, diverged: NDArray[np.bool_], step: int, reason: str) -> None:
        before = self._ensemble.core.layout.layers(self._before[0])
        for member in np.flatnonzero(diverged):
            self._frozen = self._frozen or [layer.clone() for layer in before]
            self._divergences.at[member], self._divergences.reasons[member] = step, reason
            for kept, layer in zip(self._frozen, before, strict=True):
                kept[member] = layer[member]

    def _put_back(self) -> None:
        """A block updates all members, frozen ones too: undo that. Their moments do not matter any more."""
        for member in np.flatnonzero(~self._divergences.active):
            for weight, kept in zip(self._ensemble.core.weights, self._frozen, strict=True):
                weight[member] = kept[member]
