"""The contract of a schedule that listens: its rate depends on a metric, so that it cannot be drawn before it
has trained."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike

from lrcore.errors import PlanError
from lrcore.schedules.schedule import FloatArray, Schedule


@dataclass(frozen=True)
class State:
    """What a feedback schedule remembers between two metrics; plain numbers, so that it is stored and resumed
    as it is."""

    lr: float
    best: float
    bad: int = 0
    cooldown: int = 0


class FeedbackSchedule(Schedule):
    """A state machine over a metric: `start` it, `observe` one metric after another."""

    listens = True

    @abstractmethod
    def start(self, base_lr: float = 1.0) -> State:
        """The state before the first metric; without a base lr the state's `lr` is the factor of it."""

    @abstractmethod
    def observe(self, state: State, metric: float) -> tuple[float, State]:
        """The factor that the metric applies to the running rate, and the state after it; `state.lr` is the
        new rate."""

    def replay(self, metrics: Iterable[float], base_lr: float) -> FloatArray:
        """The rates of a whole run, shape (len(metrics) + 1,): base lr first, then the rate after each
        metric."""
        state = self.start(base_lr)
        rates = [state.lr]
        for metric in metrics:
            _, state = self.observe(state, metric)
            rates.append(state.lr)
        return np.asarray(rates, dtype=np.float64)

    def lr(self, step: ArrayLike, base_lr: float) -> NoReturn:
        raise PlanError(
            f"{self.kind} follows a metric, so its curve exists only after training; train it, or replay it"
            " over a series of metrics."
        )

    def formula(self, base_lr: float, t: str = "t") -> NoReturn:
        raise PlanError(
            f"{self.kind} follows a metric and has no formula; export it as torch, which has it as it is."
        )

    @abstractmethod
    def latex(self, base_lr: float) -> str:
        """The rule by which a metric changes the rate."""
