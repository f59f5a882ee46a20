"""One of torch's schedulers on an optimiser, step by step: its constructor writes into the optimiser's group,
which no formula of it says."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import final

import numpy as np

from lrcore.dialects.libraries.torch.rules import closed_rate, next_rate
from lrcore.dialects.reading.values import Found
from lrcore.schedules.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from lrcore.schedules.lambda_lr import LambdaLR, MultiplicativeLR
from lrcore.schedules.one_cycle import OneCycleLR
from lrcore.schedules.swa import SWALR

_BLOCK = 256  # values that are computed at once


class TorchError(Exception):
    """torch raises an error here; with the name of a composition where it can never be run."""


class Scheduler(ABC):
    """A scheduler that torch steps: one of its own classes, or a composition of them."""

    @abstractmethod
    def start(self) -> None:
        """torch's `_initial_step`."""

    @abstractmethod
    def step(self) -> None:
        """torch's `step()`."""

    @abstractmethod
    def restart(self) -> None:
        """torch's `_update_lr(0)`, at a milestone."""

    @abstractmethod
    def undo(self) -> None:
        """Takes back the step that a constructor made."""

    @abstractmethod
    def skip(self, steps: int) -> None:
        """Counts so many steps without taking them."""


@final
class Leaf(Scheduler):
    """One scheduler; what it is given of the group is what torch's constructor leaves there."""

    def __init__(self, item: Found, group: dict[str, float]) -> None:
        schedule = item.schedule
        self.schedule, self.group = schedule, group
        self.last, self.count = -1, 0
        self.values: dict[int, list[float]] = {}  # of the curve, in blocks
        cyclic = item.name == "CyclicLR"  # whose schedule is a Formula where it has a scale_fn
        if isinstance(schedule, OneCycleLR):
            group |= {"initial_lr": schedule.max_lr / schedule.div_factor, "max_lr": schedule.max_lr}
            group["min_lr"] = group["initial_lr"] / schedule.final_div_factor
        elif cyclic:
            group["lr"] = float(schedule.lr(0, group["lr"]))
        elif isinstance(schedule, SWALR):
            group["swa_lr"] = schedule.swa_lr
        group.setdefault("initial_lr", group["lr"])
        self.base = group["initial_lr"]
        self.curve = schedule
        if isinstance(schedule, MultiplicativeLR):
            self.curve = LambdaLR(lr_lambda=schedule.lr_lambda)  # its factors alone
        self.start()
        if cyclic:
            group["lr"] = group["initial_lr"]  # only then does torch's constructor put its own base_lr in

    def start(self) -> None:
        self.count = 0
        self._step(initial=True)

    def step(self) -> None:
        self._step(initial=False)

    def _step(self, initial: bool) -> None:
        self.count += 1
        first = self.last < 0 and isinstance(self.schedule, CosineAnnealingWarmRestarts)
        self.last = 0 if first else self.last + 1
        self.group["lr"] = self._rate(initial)

    def restart(self) -> None:
        self.last = 0
        closed = closed_rate(self.schedule, 0, self.base)
        self.group["lr"] = self._rate(False) if closed is None else closed

    def undo(self) -> None:
        self.last -= 1

    def skip(self, steps: int) -> None:
        self.last, self.count = self.last + steps, self.count + steps

    def _rate(self, initial: bool) -> float:
        e, running = self.last, self.group["lr"]
        match self.schedule:
            case CosineAnnealingLR(T_max=length, eta_min=low) if not initial:
                closed = closed_rate(self.schedule, e, self.base)
                if self.count == 1 and e > 0 and closed is not None:
                    return closed
                if (e - 1 - length) % (2 * length) == 0:
                    return running + (self.base - low) * (1 - math.cos(math.pi / length)) / 2
            case MultiplicativeLR():
                return running if initial else running * self._value(e, 1.0)
            case SWALR() as averaged:
                return self._averaged(averaged)
            case OneCycleLR() as cycle:
                return self._one_cycle(cycle)
        rate = next_rate(self.schedule, e, running, initial)
        return self._value(e, self.base) if rate is None else rate

    def _one_cycle(self, cycle: OneCycleLR) -> float:
        e, group = self.last, self.group
        if e > cycle.total_steps:
            raise TorchError
        low, high = group["initial_lr"], group["max_lr"]
        rates, ends = [low, high, *([low] if cycle.three_phase else []), group["min_lr"]], cycle.phase_ends()
        phase = next((i for i, end in enumerate(ends) if e <= end), len(ends) - 1)
        start = ends[phase - 1] if phase else 0.0
        share, first, last = (e - start) / (ends[phase] - start), rates[phase], rates[phase + 1]
        if cycle.anneal_strategy == "linear":
            return first + (last - first) * share
        return last + (first - last) / 2 * (math.cos(math.pi * share) + 1)

    def _averaged(self, schedule: SWALR) -> float:
        swa, step = self.group["swa_lr"], self.count - 1
        step, length = max(1, step) if schedule.anneal_epochs == 0 else step, max(1, schedule.anneal_epochs)
        before, now = (max(0.0, min(1.0, t / length)) for t in (step - 1, step))
        if schedule.anneal_strategy == "cos":
            before, now = ((1 - math.cos(math.pi * t)) / 2 for t in (before, now))
        first = swa if before == 1 else (self.group["lr"] - before * swa) / (1 - before)
        return swa * now + first * (1 - now)

    def _value(self, e: int, base: float) -> float:
        """The rate of a scheduler that computes it from the step alone."""
        block, place = divmod(max(e, 0), _BLOCK)
        if block not in self.values:
            steps = np.arange(block * _BLOCK, (block + 1) * _BLOCK)
            with np.errstate(all="ignore"):
                self.values[block] = self.curve.lr(steps, base).tolist()
        return self.values[block][place]
