"""torch's schedulers on one optimiser, step by step: their constructors write into its groups, which no
formula of theirs says."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lrcore.dialects.libraries.torch.rules import CLOSED, STEPS
from lrcore.dialects.reading.make import schedule
from lrcore.dialects.reading.values import Found
from lrcore.schedules import Schedule

_BLOCK = 256  # values that are computed at once


class TorchError(Exception):
    """torch raises an error here; with the name of a composition where it can never be run."""


@dataclass
class _Leaf:
    """One scheduler; what it is given of the group is what torch's constructor leaves there."""

    item: Found
    group: dict[str, float]
    last: int = -1
    count: int = 0
    values: dict[int, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        s: Any = self.item.schedule
        group, cyclic = self.group, self.item.name == "CyclicLR"  # a Formula where it has a scale_fn
        self.schedule = s
        if s.kind == "OneCycleLR":
            group |= {"initial_lr": s.max_lr / s.div_factor, "max_lr": s.max_lr}
            group["min_lr"] = group["initial_lr"] / s.final_div_factor
        elif cyclic:
            group["lr"] = float(s.lr(0, group["lr"]))
        elif s.kind == "SWALR":
            group["swa_lr"] = s.swa_lr
        group.setdefault("initial_lr", group["lr"])
        self.base = group["initial_lr"]
        self.shape: Schedule = (
            s if s.kind != "MultiplicativeLR" else schedule("LambdaLR", lr_lambda=s.lr_lambda)
        )
        self.start()
        if cyclic:
            group["lr"] = group["initial_lr"]  # only then does torch's constructor put its own base_lr in

    def start(self) -> None:
        self.count = 0
        self.step(initial=True)

    def step(self, initial: bool = False) -> None:
        self.count += 1
        self.last = (
            0 if self.last < 0 and self.schedule.kind == "CosineAnnealingWarmRestarts" else self.last + 1
        )
        self.group["lr"] = self._rate(initial)

    def restart(self) -> None:
        """torch's `_update_lr(0)`, at a milestone."""
        self.last, closed = 0, CLOSED.get(self.schedule.kind)
        self.group["lr"] = self._rate(False) if closed is None else closed(self.schedule, 0, self.base)

    def undo(self) -> None:
        self.last -= 1

    def skip(self, steps: int) -> None:
        self.last, self.count = self.last + steps, self.count + steps

    def _rate(self, initial: bool) -> float:
        s, group, e = self.schedule, self.group, self.last
        if (rule := STEPS.get(s.kind)) is not None:
            if s.kind == "CosineAnnealingLR" and not initial:
                if self.count == 1 and e > 0:
                    return float(CLOSED[s.kind](s, e, self.base))
                if (e - 1 - s.T_max) % (2 * s.T_max) == 0:
                    return float(
                        group["lr"] + (self.base - s.eta_min) * (1 - math.cos(math.pi / s.T_max)) / 2
                    )
            return float(rule(s, e, group["lr"], initial))
        if s.kind == "MultiplicativeLR":
            return group["lr"] if initial else group["lr"] * self._value(e, 1.0)
        if s.kind == "SWALR":
            return self._swa()
        if s.kind == "OneCycleLR":
            return self._one_cycle()
        return self._value(e, self.base)

    def _one_cycle(self) -> float:
        s, e, group = self.schedule, self.last, self.group
        if e > s.total_steps:
            raise TorchError
        low, high = group["initial_lr"], group["max_lr"]
        rates, ends = [low, high, *([low] if s.three_phase else []), group["min_lr"]], s.phase_ends()
        phase = next((i for i, end in enumerate(ends) if e <= end), len(ends) - 1)
        start = ends[phase - 1] if phase else 0.0
        share, first, last = (e - start) / (ends[phase] - start), rates[phase], rates[phase + 1]
        if s.anneal_strategy == "linear":
            return float(first + (last - first) * share)
        return float(last + (first - last) / 2 * (math.cos(math.pi * share) + 1))

    def _swa(self) -> float:
        s, swa, step = self.schedule, self.group["swa_lr"], self.count - 1
        step, length = (max(1, step) if s.anneal_epochs == 0 else step), max(1, s.anneal_epochs)
        before, now = (max(0.0, min(1.0, t / length)) for t in (step - 1, step))
        if s.anneal_strategy == "cos":
            before, now = ((1 - math.cos(math.pi * t)) / 2 for t in (before, now))
        first = swa if before == 1 else (self.group["lr"] - before * swa) / (1 - before)
        return float(swa * now + first * (1 - now))

    def _value(self, e: int, base: float) -> float:
        """The rate of a scheduler that computes it from the step alone."""
        block = max(e, 0) // _BLOCK
        if block not in self.values:
            with np.errstate(all="ignore"):
                self.values[block] = self.shape.lr(
                    np.arange(block * _BLOCK, (block + 1) * _BLOCK), base
                ).tolist()
        return self.values[block][max(e, 0) % _BLOCK]


@dataclass
class _Chained:
    parts: list[Any]
    name = "ChainedScheduler"

    def start(self) -> None:
        self.step()

    def step(self) -> None:
        for part in self.parts:
            part.step()

    def restart(self) -> None:
        raise TorchError(self.name)  # torch has no rate of a composition at its step 0: NotImplementedError

    def undo(self) -> None:
        for part in self.parts:
            part.undo()

    def skip(self, steps: int) -> None:
        for part in self.parts:
            part.skip(steps)


@dataclass
class _Sequential(_Chained):
    milestones: tuple[int, ...]
    group: dict[str, float]
    last: int = 0
    name = "SequentialLR"

    def __post_init__(self) -> None:
        self.group["lr"] = self.group["initial_lr"]
        self.undo()
        self._turn().start()

    def _turn(self) -> Any:
        return self.parts[bisect_right(self.milestones, self.last)]

    def step(self) -> None:
        self.last += 1
        if self.last in self.milestones:
            self._turn().restart()
        else:
            self._turn().step()

    def skip(self, steps: int) -> None:
        self.last += steps
        self._turn().skip(steps)


class Steps:
    """A composition on an optimiser with that lr."""

    def __init__(self, item: Found, lr: float) -> None:
        self.group = {"lr": lr}
        made: dict[int, Any] = {}
        for node in sorted(_nodes(item), key=lambda node: node.order):
            parts = [made[id(part)] for part in node.parts]
            if not parts:
                made[id(node)] = _Leaf(node, self.group)
            elif node.name == "SequentialLR":
                cuts: Any = node.schedule
                made[id(node)] = _Sequential(parts, cuts.milestones, self.group)
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
                return rates[
                    :-1
                ]  # at its total_steps OneCycleLR still gives a rate, from beyond its last phase
            now = step
            rates.append(self.group["lr"])
        return rates


def _nodes(item: Found) -> list[Found]:
    """The composition and all that is in it, each once, parts first."""
    nodes: dict[int, Found] = {}
    for part in item.parts:
        nodes |= {id(node): node for node in _nodes(part)}
    return [*nodes.values(), item]
