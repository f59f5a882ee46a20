"""One member with `torch.nn`, `torch.optim` and `torch.optim.lr_scheduler`, as one would write it: what the
batched trainer equals.

It is the oracle of the tests and the baseline of the benchmark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import lr_scheduler

from lrcore.experiment import Experiment, OptimizerSpec
from lrcore.experiment.optimizers import SGD, Adam
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.training.layout import build_network
from lrcore.training.minibatches import epoch_order


@dataclass
class Run:
    """What one member did: the loss that each update descended, the rate it used, the validation losses that
    a plan which listens was told, and the network it left."""

    model: nn.Sequential
    minibatch_loss: list[float] = field(default_factory=list)
    applied_lr: list[float] = field(default_factory=list)
    metrics: list[float] = field(default_factory=list)


def train_member(experiment: Experiment, plan: Plan, seed: int, dtype: torch.dtype = torch.float32) -> Run:
    """Train one plan from one seed. Nothing stops it from diverging."""
    data = experiment.data.load()
    classes = data.task == "classification"
    x, x_val = torch.tensor(data.x_train, dtype=dtype), torch.tensor(data.x_val, dtype=dtype)
    y, y_val = (torch.tensor(y, dtype=torch.int64 if classes else dtype) for y in (data.y_train, data.y_val))
    loss_function: Callable[[Tensor, Tensor], Tensor] = (
        nn.functional.cross_entropy if classes else nn.functional.mse_loss
    )

    run = Run(build_network(experiment, seed).to(dtype))
    optimizer = build_optimizer(experiment.optimizer, run.model, plan.base_lr)
    scheduler = build_scheduler(optimizer, plan)
    for last_of_epoch, batch in minibatches(experiment, seed):
        loss = loss_function(run.model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        run.minibatch_loss.append(loss.item())
        run.applied_lr.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau):
            if last_of_epoch:
                with torch.no_grad():
                    run.metrics.append(loss_function(run.model(x_val), y_val).item())
                scheduler.step(run.metrics[-1])
        elif plan.clock == "iteration" or last_of_epoch:
            scheduler.step()
    return run


def minibatches(experiment: Experiment, seed: int) -> Iterator[tuple[bool, Tensor]]:
    """The points of each update, and whether it is the last of its epoch."""
    n, size = experiment.data.n_train, experiment.batch_size
    done = epoch = 0
    while done < experiment.steps:
        order = torch.from_numpy(epoch_order(seed, epoch, n, size))
        for batch in torch.split(order, size)[: experiment.steps - done]:
            done += 1
            yield done % experiment.steps_per_epoch == 0, batch
        epoch += 1


def build_optimizer(spec: OptimizerSpec, model: nn.Module, lr: float) -> torch.optim.Optimizer:
    """The optimiser in torch."""
    if isinstance(spec, SGD):
        return torch.optim.SGD(model.parameters(), lr=lr, momentum=spec.momentum, nesterov=spec.nesterov)
    if isinstance(spec, Adam):
        return torch.optim.Adam(model.parameters(), lr=lr, betas=(spec.beta1, spec.beta2), eps=spec.eps)
    raise NotImplementedError(f"{spec.kind} has no counterpart here yet.")


def build_scheduler(optimizer: torch.optim.Optimizer, plan: Plan) -> lr_scheduler.LRScheduler:
    """torch's own scheduler where torch has one by that name, parts and all, and one that asks the formula
    where it has none."""
    return (
        _torchs_own(optimizer, plan.schedule, plan.base_lr)
        if _in_torch(plan.schedule)
        else _Formula(optimizer, plan)
    )


def _in_torch(schedule: Schedule) -> bool:
    """Whether torch has this schedule. It has no formulas as text, and compositions inside compositions only
    sometimes."""
    known = hasattr(lr_scheduler, schedule.kind) and not schedule.by_hand
    return known and all(_in_torch(part) and not part.parts() for part in schedule.parts())


def _torchs_own(
    optimizer: torch.optim.Optimizer, schedule: Schedule, base_lr: float
) -> lr_scheduler.LRScheduler:
    values = {name: getattr(schedule, name) for name in type(schedule).model_fields}
    fields: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }
    if parts := schedule.parts():
        fields["schedulers"] = [_torchs_own(optimizer, part, base_lr) for part in parts]
    if "base_lr" in fields and fields["base_lr"] is None:  # CyclicLR's own floor
        fields["base_lr"] = base_lr
    scheduler: lr_scheduler.LRScheduler = getattr(lr_scheduler, schedule.kind)(optimizer=optimizer, **fields)
    return scheduler


class _Formula(lr_scheduler.LRScheduler):
    """A scheduler of our own formula: its rate, and its momentum if it has one."""

    def __init__(self, optimizer: torch.optim.Optimizer, plan: Plan) -> None:
        self._plan = plan
        super().__init__(optimizer)

    def get_lr(self) -> list[float | Tensor]:
        tick, schedule = self.last_epoch, self._plan.schedule
        if (momentum := schedule.momentum(tick)) is not None:
            for group in self.optimizer.param_groups:
                group.update(
                    {"betas": (float(momentum), group["betas"][1])}
                    if "betas" in group
                    else {"momentum": float(momentum)}
                )
        return [float(schedule.lr(tick, self._plan.base_lr))] * len(self.optimizer.param_groups)
