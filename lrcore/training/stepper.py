"""One update of every member, for one size of batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lrcore.training.activations import Activation
from lrcore.training.backprop import Workspace
from lrcore.training.graphs import captured
from lrcore.training.layout import Layout
from lrcore.training.losses import Loss
from lrcore.training.update_rules import UpdateRule

# Members are taken in groups whose activations are about this many numbers: more than that leaves the cache,
# and a step of the largest experiment would hold gigabytes and could not be stopped for seconds.
GROUP_NUMBERS = 1 << 19


@dataclass(frozen=True)
class Core:
    """What a step works on: layers of parameters and of gradients, the rule between them, and what they
    compute."""

    layout: Layout
    weights: list[Tensor]
    grads: list[Tensor]
    rule: UpdateRule
    activation: Activation
    loss: Loss
    seeds: int


@dataclass(frozen=True)
class _Group:
    """Some members: their rows of the parameters, and buffers that groups of equal size share."""

    weights: list[Tensor]
    grads: list[Tensor]
    seed_of: Tensor
    total: Tensor
    work: Workspace
    target: Tensor


class Stepper:
    """A step on batches of `batch` points. Its inputs are copied into buffers that stay, so that a CUDA graph
    can replay it."""

    def __init__(self, core: Core, batch: int) -> None:
        like, widths, members = core.weights[0], core.layout.widths, core.layout.members
        self._core, self._batch = core, batch
        self._x = like.new_empty(core.seeds, widths[0] + 1, batch)
        self._y = like.new_empty(core.seeds, widths[-1], batch)
        self._rates_and_momenta = like.new_zeros(core.rule.width)
        self._total = like.new_empty(members)
        self._groups = self._grouped()
        self._replay = captured(self._whole, [*core.weights, *core.rule.moments]) if like.is_cuda else None

    def __call__(
        self,
        x: Tensor,
        y: Tensor,
        rates_and_momenta: Tensor,
        loss: Tensor,
        should_stop: Callable[[], bool],
    ) -> bool:
        """Update with points `x` (S, D + 1, B) and targets `y` (S, C, B), and write the mean losses to `loss`
        (M,).

        False, and no update, if `should_stop` told it to stop between two groups.
        """
        self._x.copy_(x)
        self._y.copy_(y)
        self._rates_and_momenta.copy_(rates_and_momenta)
        if self._replay is not None:
            self._replay()
        else:
            for number, group in enumerate(self._groups):
                if number and should_stop():
                    return False
                self._differentiate(group)
            self._core.rule.apply(self._rates_and_momenta)
        torch.div(self._total, self._batch, out=loss)
        return True

    def _whole(self) -> None:
        for group in self._groups:
            self._differentiate(group)
        self._core.rule.apply(self._rates_and_momenta)

    def _differentiate(self, group: _Group) -> None:
        torch.index_select(self._x, 0, group.seed_of, out=group.work.inputs[0])
        torch.index_select(self._y, 0, group.seed_of, out=group.target)
        total = group.work.gradient(
            group.weights, group.grads, self._core.activation, self._core.loss, group.target
        )
        group.total.copy_(total)

    def _grouped(self) -> list[_Group]:
        core, like = self._core, self._total
        widths, members = core.layout.widths, core.layout.members
        count = -(-members * sum(widths) * self._batch // GROUP_NUMBERS)
        work: dict[int, tuple[Workspace, Tensor]] = {}
        groups = []
        for rows in torch.arange(members, device=like.device).tensor_split(min(count, members)):
            span, size = slice(int(rows[0]), int(rows[-1]) + 1), len(rows)
            if size not in work:
                work[size] = (
                    Workspace(widths, size, self._batch, like),
                    like.new_empty(size, widths[-1], self._batch),
                )
            weights, grads = [part[span] for part in core.weights], [part[span] for part in core.grads]
            groups.append(_Group(weights, grads, rows % core.seeds, self._total[span], *work[size]))
        return groups
