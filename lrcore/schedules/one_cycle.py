"""OneCycleLR: up, down and out, with the momentum running the other way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Self, TypeGuard, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import model_validator

from lrcore.errors import PlanError
from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.knots import at
from lrcore.schedules.shapes.ramps import half_wave
from lrcore.schedules.shapes.tails import Rests, Tail
from lrcore.values.parameter import TICKS, Parameter, param


@final
class OneCycleLR(Schedule):
    r"""From $m/$div up to $m$ = max_lr at $t = pT - 1$, then down to $m/$(div·final_div) at $t = T - 1$,
    along a cosine or a line.

    $T$ = total_steps, $p$ = pct_start. With three_phase it returns to $m/$div at $2pT - 2$ before the last
    descent (never finished for $p > 1/2$). The peak is hit only if $pT$ is whole; $p = 0$ starts as if the
    peak had been at $t = -1$. The plan's base lr has no say: torch overwrites it. The momentum goes from
    max_momentum to base_momentum and back. From $t = T$ on the last rate is held; torch allows one step more,
    extrapolates there (a negative rate on a line) and then raises. $pT = 1$, for which torch divides by zero,
    is refused. `epochs` and `steps_per_epoch` are read as their product.

    >>> OneCycleLR(max_lr=1.0, total_steps=11, pct_start=6 / 11, anneal_strategy="linear",
    ...     div_factor=5).lr([0, 5, 10], 0.1)
    array([2.e-01, 1.e+00, 2.e-05])

    Source: torch.optim.lr_scheduler.OneCycleLR; Smith & Topin, arXiv 1708.07120. optax's onecycle peaks one
    step later: Piecewise.
    """

    title = "one cycle"
    smooth: ClassVar[bool] = True
    timed: ClassVar[bool] = True
    max_lr: float = param(
        gt=0, slider=(1e-4, 3), scale="log", start=lambda lr, _: lr, rate=True, help="the peak"
    )
    total_steps: int = param(ge=1, slider=(2, 1000), unit=TICKS, scale="log", help="updates of the whole run")
    epochs: int | None = param(
        None, ge=1, quiet=True, help="with steps_per_epoch another way to write total_steps"
    )
    steps_per_epoch: int | None = param(
        None, ge=1, quiet=True, help="with epochs another way to write total_steps"
    )
    pct_start: float = param(
        0.3, ge=0, le=1, slider=(0.05, 0.95), quiet=True, help="share of the run that climbs"
    )
    anneal_strategy: Literal["cos", "linear"] = param(
        "cos", quiet=True, help="along a cosine or a straight line"
    )
    cycle_momentum: bool = param(True, quiet=True, help="move the momentum too, opposite to the rate")
    base_momentum: float = param(
        0.85, ge=0, lt=1, slider=(0, 0.99), quiet=True, help="momentum where the rate is highest"
    )
    max_momentum: float = param(
        0.95, ge=0, lt=1, slider=(0, 0.99), quiet=True, help="momentum where the rate is lowest"
    )
    div_factor: float = param(
        25.0, gt=0, slider=(1, 100), scale="log", quiet=True, help="the first rate is max_lr over this"
    )
    final_div_factor: float = param(
        1e4, gt=0, slider=(1, 1e5), scale="log", quiet=True, help="the last rate is the first over this"
    )
    three_phase: bool = param(False, quiet=True, help="come back to the first rate before the last descent")

    @model_validator(mode="before")
    @classmethod
    def _multiply(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        counts = {name: value for name in ("epochs", "steps_per_epoch") if _is_count(value := data.get(name))}
        rest = {name: value for name, value in data.items() if name not in counts}
        if rest.get("total_steps") is None:  # as in torch, total_steps wins where all three arrive
            rest.pop("total_steps", None)
            if len(counts) == 2:
                return {**rest, "total_steps": counts["epochs"] * counts["steps_per_epoch"]}
        return rest

    @model_validator(mode="after")
    def _climbable(self) -> Self:
        if self.pct_start * self.total_steps == 1:
            raise PlanError(
                f"OneCycleLR: pct_start={self.pct_start:g} of total_steps={self.total_steps} leaves no step"
                " to climb (torch divides by zero there); raise one of them a little."
            )
        return self

    def controls(self) -> dict[str, Parameter]:
        read_only = ("epochs", "steps_per_epoch")  # not kept
        return {name: item for name, item in super().controls().items() if name not in read_only}

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        low = self.max_lr / self.div_factor
        middle = (low,) if self.three_phase else ()
        return self._anneal(step, (low, self.max_lr, *middle, low / self.final_div_factor))

    def momentum(self, step: ArrayLike) -> FloatArray | None:
        high, low = self.max_momentum, self.base_momentum
        if not self.cycle_momentum:
            return None
        return self._anneal(step, (high, low, high, *((high,) if self.three_phase else ())))

    def phase_ends(self) -> list[float]:
        """The (fractional) step at which each phase ends; torch's own arithmetic, so that the same phase is
        chosen."""
        middle = [float(2 * self.pct_start * self.total_steps) - 2] if self.three_phase else []
        return [float(self.pct_start * self.total_steps) - 1, *middle, self.total_steps - 1.0]

    def _anneal(self, step: ArrayLike, values: tuple[float, ...]) -> FloatArray:
        t = np.minimum(as_steps(step), self.total_steps - 1.0)
        ends = self.phase_ends()
        starts = [0.0, *ends[:-1]]
        # one without length is never chosen
        lengths = [end - start or 1.0 for start, end in zip(starts, ends, strict=True)]
        phases = [t <= end for end in ends[:-1]]
        start, length, low, high = (
            _choose(phases, table) for table in (starts, lengths, values[:-1], values[1:])
        )
        share = (t - start) / length
        if self.anneal_strategy == "linear":
            return np.asarray(low + (high - low) * share)
        return high + (low - high) * half_wave(share)

    def knots(self, horizon: int) -> Knots:
        return (at(*(end for end in self.phase_ends() if end < self.total_steps)),)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        ends, low = self.phase_ends(), self.max_lr / self.div_factor
        values = [low, self.max_lr, *([low] if self.three_phase else []), low / self.final_div_factor]
        text = ""
        for start, end, y0, y1 in reversed(
            list(zip([0.0, *ends[:-1]], ends, values, values[1:], strict=False))
        ):
            share = f"(u - {num(start)}) / {num(end - start)}" if end != start else "1"
            ramp = share if self.anneal_strategy == "linear" else f"(1 - cos(pi * {share})) / 2"
            piece = f"{num(y0)} + {num(y1 - y0)} * ({ramp})"
            text = f"({piece} if u <= {num(end)} else {text})" if text else piece
        return Rate(text, (("u", f"min({t}, {self.total_steps - 1})"),))

    def climb(self) -> float:
        return self.phase_ends()[0]

    def tail(self, base_lr: float) -> Tail:
        last = self.total_steps - 1
        return Rests(float(self.lr(last, base_lr)), last)  # a pct_start near 1 leaves phases without a turn

    def made_for(self, base_lr: float) -> Rests:
        """A run of `total_steps`: the last of its updates has the last rate."""
        return Rests(float(self.lr(self.total_steps, base_lr)), self.total_steps)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _choose(phases: list[NDArray[np.bool_]], values: Sequence[float]) -> FloatArray:
    """The value of the first phase that holds, else the last one."""
    chosen = np.asarray(values[-1], dtype=np.float64)
    for phase, value in zip(reversed(phases), reversed(values[:-1]), strict=True):
        chosen = np.where(phase, value, chosen)
    return chosen
