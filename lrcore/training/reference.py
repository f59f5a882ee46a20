"""One member with `torch.nn`, `torch.optim` and `torch.optim.lr_scheduler`, as one would write it: what the batched trainer equals.

It is the oracle of the tests and the baseline of the benchmark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.optim import lr_scheduler

from lrcore.experiment import Experiment
from lrcore.optimizers import SGD, Adam, OptimizerSpec
from lrcore.plan import Plan
from lrcore.training.layout import build_network
from lrcore.training.sampling import epoch_order


@dataclass
class Run:
    """What one member did: the loss that each update descended, the rate it used, and the network it left."""

    model: nn.Sequential
    minibatch_loss: list[float] = field(default_factory=list)
    applied_lr: list[float] = field(default_factory=list)


def train_member(experiment: Experiment, plan: Plan, seed: int, dtype: torch.dtype = torch.float32) -> Run:
    """Train one plan from one seed. Nothing stops it from diverging."""
    data = experiment.data.load()
    classes = data.task == "classification"
    x = torch.tensor(data.x_train, dtype=dtype)
    y = torch.tensor(data.y_train, dtype=torch.int64 if classes else dtype)
    loss_function: Callable[[Tensor, Tensor], Tensor] = nn.functional.cross_entropy if classes else nn.functional.mse_loss

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
        if plan.clock == "iteration" or last_of_epoch:
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
    """torch's own scheduler where torch has one by that name, and a LambdaLR of the formula where it has none."""
    own = getattr(lr_scheduler, plan.schedule.kind, None)
    parameters = {name: getattr(plan.schedule, name) for name in type(plan.schedule).model_fields}
    if own is not None and all(isinstance(value, (bool, int, float, tuple)) for value in parameters.values()):
        scheduler: lr_scheduler.LRScheduler = own(optimizer, **parameters)
        return scheduler
    return lr_scheduler.LambdaLR(optimizer, lambda tick: float(plan.schedule.lr(tick, plan.base_lr)) / plan.base_lr)
