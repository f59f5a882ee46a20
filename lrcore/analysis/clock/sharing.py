"""Devices and gradient accumulation: how many steps a scheduler gets where a horizon was counted in batches
of one device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from lrcore.analysis.run import STEPS_MAX, Run
from lrcore.errors import PlanError
from lrcore.plan import Plan


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
    0.08537 instead of 3.046e-09. Give it 2,250, not 9,000.'
    """
    left = sharing.run(run)
    device = "1 device" if sharing.devices == 1 else f"{sharing.devices:,} devices"
    groups = f" with {sharing.accumulation:,} batches to an update" if sharing.accumulation > 1 else ""
    ends = [float(plan.lr(one.steps - 1, one.steps_per_epoch)) for one in (left, run)]
    head = f"{run.steps:,} batches on {device}{groups} are {left.steps:,} updates"
    if plan.clock == "epoch":
        return f"{head}; the plan counts epochs, which stay as many, and ends at {ends[0]:.4g}."
    return (
        f"{head}, so the scheduler is stepped {left.steps:,} times: the plan ends at {ends[0]:.4g} instead of"
        f" {ends[1]:.4g}. Give it {left.steps:,}, not {run.steps:,}."
    )
