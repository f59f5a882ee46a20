"""Devices and gradient accumulation: how many steps a scheduler gets where a horizon was counted in batches
of one device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

from lrcore.analysis.clock.rescale import rescale
from lrcore.analysis.run import STEPS_MAX, Run
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.values.parameter import TICKS, parameters


@final
@dataclass(frozen=True)
class Sharing:
    """How many devices share the batches, and how many batches of each make an update."""

    devices: int = 1
    accumulation: int = 1

    def __post_init__(self) -> None:
        for name, value in (("devices", self.devices), ("accumulation", self.accumulation)):
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= STEPS_MAX:
                raise PlanError(
                    f"{name} must be a whole number from 1 to {STEPS_MAX:,}, but {value!r} arrived."
                )

    @property
    def batches(self) -> int:
        """Batches in one update, over all devices."""
        return self.devices * self.accumulation

    def scheduler_steps(self, batches: int) -> int:
        r"""$\lceil \lceil n / G \rceil / A \rceil$: the updates, and with them the steps of a scheduler,
        that n batches of one epoch give on G = `devices` with A = `accumulation`.

        The last, smaller group of an epoch makes an update too, as in Lightning and transformers.

        >>> Sharing(devices=4, accumulation=2).scheduler_steps(1001)
        126

        Source: torch's DistributedSampler; the Trainer of transformers (num_update_steps_per_epoch).
        """
        on_one = -(-batches // self.devices)
        return -(-on_one // self.accumulation)

    def run(self, run: Run) -> Run:
        """The run that is left of one which was counted in batches of one device: epochs stay as many, and
        each has its own last, smaller group.

        >>> Sharing(devices=8).run(Run(steps=9000, steps_per_epoch=100)).steps
        1170
        """
        of_epoch = self.scheduler_steps(run.steps_per_epoch)
        epochs, rest = divmod(run.steps, run.steps_per_epoch)
        return Run.of(epochs * of_epoch + self.scheduler_steps(rest), of_epoch)


def sharing_sentence(plan: Plan, run: Run, sharing: Sharing) -> str:
    """What becomes of a plan that was made for `run`, counted in batches of one device. PlanError for a plan
    without a curve.

    >>> from lrcore.plan import parse_plan
    >>> plan = parse_plan("lr=0.1 CosineAnnealingLR(T_max=9000) per iteration")
    >>> sharing_sentence(plan, Run(steps=9000, steps_per_epoch=100), Sharing(devices=4))
    '9,000 batches on 4 devices are 2,250 updates, so the scheduler is stepped 2,250 times: the plan ends at
    0.08537 instead of 3.046e-09. Give it T_max = 2,250, not 9,000.'
    """
    left = sharing.run(run)
    device = "1 device" if sharing.devices == 1 else f"{sharing.devices:,} devices"
    groups = f" with {sharing.accumulation:,} batches to an update" if sharing.accumulation > 1 else ""
    ends = [float(plan.lr(one.steps - 1, one.steps_per_epoch)) for one in (left, run)]
    head = f"{run.steps:,} batches on {device}{groups} are {left.steps:,} updates"
    if plan.clock == "epoch":
        return f"{head}; the plan counts epochs, which stay as many, and ends at {ends[0]:.4g}."
    end = f"{ends[0]:.4g}" + (f" instead of {ends[1]:.4g}" if ends[0] != ends[1] else " all the same")
    return (
        f"{head}, so the scheduler is stepped {left.steps:,} times: the plan ends at {end}."
        f"{_advice(plan, run, left)}"
    )


def _advice(plan: Plan, run: Run, left: Run) -> str:
    """The parameters with which the shape is kept; "" where there are none, as in a constant or a formula."""
    try:
        kept = rescale(plan, run, left)
    except PlanError:
        return ""
    moved = [
        f"{name} = {_number(new)}, not {_number(old)}"
        for name, old, new in _moved(plan.schedule, kept.schedule)
    ]
    return f" Give it {'; '.join(moved)}." if moved else ""


def _moved(before: Schedule, after: Schedule, of: str = "") -> Iterator[tuple[str, Any, Any]]:
    """What counts ticks, or is a rate per tick, and differs: its name, before and after."""
    for name, item in parameters(type(before)).items():
        old, new = getattr(before, name), getattr(after, name)
        if (item.unit == TICKS or item.per_tick is not None) and old != new:
            yield f"{name}{of}", old, new
    for number, (one, other) in enumerate(zip(before.parts(), after.parts(), strict=True), 1):
        yield from _moved(one, other, f" of part {number}{of}")


def _number(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_number, value))}]"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
