"""Compositions of torch's schedulers on one optimiser, step by step, in the order in which a script builds
them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import final

from lrcore.dialects.libraries.torch.leaf import Leaf, Scheduler, TorchError
from lrcore.dialects.reading.values import Found
from lrcore.schedules.sequential import SequentialLR


@final
class _Chained(Scheduler):
    def __init__(self, parts: list[Scheduler]) -> None:
        self.parts = parts

    def start(self) -> None:
        self.step()

    def step(self) -> None:
        for part in self.parts:
            part.step()

    def restart(self) -> None:
        raise TorchError("ChainedScheduler")  # torch has no rate of it at its step 0: NotImplementedError

    def undo(self) -> None:
        for part in self.parts:
            part.undo()

    def skip(self, steps: int) -> None:
        for part in self.parts:
            part.skip(steps)


@final
class _Sequential(Scheduler):
    def __init__(self, parts: list[Scheduler], milestones: Sequence[int], group: dict[str, float]) -> None:
        self.parts, self.milestones, self.last = parts, milestones, 0
        group["lr"] = group["initial_lr"]
        self.undo()
        self._turn().start()

    def _turn(self) -> Scheduler:
        return self.parts[bisect_right(self.milestones, self.last)]

    def start(self) -> None:
        self.step()

    def step(self) -> None:
        self.last += 1
        if self.last in self.milestones:
            self._turn().restart()
        else:
            self._turn().step()

    def restart(self) -> None:
        raise TorchError("SequentialLR")  # as of a ChainedScheduler

    def undo(self) -> None:
        for part in self.parts:
            part.undo()

    def skip(self, steps: int) -> None:
        self.last += steps
        self._turn().skip(steps)


class Steps:
    """A composition on an optimiser with that lr."""

    def __init__(self, item: Found, lr: float) -> None:
        self.group = {"lr": lr}
        made: dict[int, Scheduler] = {}
        for node in sorted(_nodes(item), key=lambda node: node.order):
            parts = [made[id(part)] for part in node.parts]
            if not parts:
                made[id(node)] = Leaf(node, self.group)
            elif isinstance(node.schedule, SequentialLR):
                made[id(node)] = _Sequential(parts, node.schedule.milestones, self.group)
            else:
                made[id(node)] = _Chained(parts)
        self._root = made[id(item)]

    def rates(self, steps: list[int], curve: Callable[[int], float]) -> list[float]:
        """The rates at these ascending steps, as far as torch goes; between two that are apart the rate is
        taken from the curve."""
        rates: list[float] = []
        now = 0
        for step in steps:
            if step > now + 1:
                self._root.skip(step - 1 - now)
                self.group["lr"], now = curve(step - 1), step - 1
            try:
                if step > now:
                    self._root.step()
            except (TorchError, ArithmeticError) as error:
                if error.args and isinstance(error, TorchError):
                    raise
                # At its total_steps OneCycleLR still gives a rate, from beyond its last phase.
                return rates[:-1]
            now = step
            rates.append(self.group["lr"])
        return rates


def _nodes(item: Found) -> list[Found]:
    """The composition and all that is in it, each once, parts first."""
    nodes: dict[int, Found] = {}
    for part in item.parts:
        nodes |= {id(node): node for node in _nodes(part)}
    return [*nodes.values(), item]
