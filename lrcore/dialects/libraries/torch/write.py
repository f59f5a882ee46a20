"""A plan as torch.optim.lr_scheduler: its own classes where it has them, a LambdaLR with the formula where it
has not."""

from __future__ import annotations

from typing import Any

from lrcore.dialects.writing.formulas import TABLE_NOTE, rate
from lrcore.dialects.writing.render import MATH, render
from lrcore.plan import Plan
from lrcore.schedules import FEEDBACK, Schedule
from lrcore.schedules.formula.plain import plain
from lrcore.schedules.formula.rate import num
from lrcore.schedules.text import value_text
from lrcore.values.parameter import parameters

_OWN = {
    "StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR", "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ReduceLROnPlateau",
}  # fmt: skip
_MODULE = "torch.optim.lr_scheduler"


def optimizer(lr: float, momentum: bool = False) -> str:
    """The optimiser's line, on a parameter that stands for the model's."""
    extra = ", momentum=0.9" if momentum else ""
    return (
        f"optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr={num(lr)}{extra})  # your"
        " model.parameters() and optimizer"
    )


def usage(plan: Plan) -> str:
    """How the training loop steps it."""
    where = "after every batch" if plan.clock == "iteration" else "after every epoch"
    metric = "validation_loss" if plan.schedule.kind in FEEDBACK else ""
    return f"# {where}, behind optimizer.step():  scheduler.step({metric})"


def write(plan: Plan) -> str:
    """The snippet: imports, optimiser, scheduler."""
    made = call(plan.schedule, plan.base_lr)
    moves = f"{_MODULE}.{plan.schedule.kind}(" in made and bool(
        getattr(plan.schedule, "cycle_momentum", False)
    )
    imports = ("import math\n\n" if "math." in made else "") + "import torch\n\n"
    end = f"\n{TABLE_NOTE}" if "][int(" in made else ""
    return f"{imports}{optimizer(plan.base_lr, moves)}\nscheduler = {made}\n{usage(plan)}{end}\n"


def call(schedule: Schedule, base_lr: float) -> str:
    """The constructor's call; a part of a composition is one too."""
    s: Any = schedule
    if s.kind in _OWN:
        return _own(f"{_MODULE}.{s.kind}", s)
    if s.kind == "SWALR":
        return _own("torch.optim.swa_utils.SWALR", s)
    if s.kind == "CyclicLR":
        return _own(f"{_MODULE}.CyclicLR", s, base_lr=num(base_lr if s.base_lr is None else s.base_lr))
    if (
        s.kind == "OneCycleLR" and s.phase_ends()[-2] != s.total_steps - 1
    ):  # without a last phase torch divides by zero behind the last step
        return _own(
            f"{_MODULE}.OneCycleLR", s, **({"pct_start": "0.0"} if s.pct_start == 0 else {})
        )  # torch takes no int
    if s.kind in ("LambdaLR", "MultiplicativeLR"):
        return (
            f"{_MODULE}.{s.kind}(optimizer, lr_lambda=lambda epoch:"
            f" {render(plain(s.lr_lambda, {}, 'epoch', base_lr), MATH)})"
        )
    if s.kind == "Constant":
        return f"{_MODULE}.LambdaLR(optimizer, lr_lambda=lambda epoch: 1)"
    if s.kind in ("SequentialLR", "ChainedScheduler") and all(
        part.kind in {*_OWN, "LambdaLR", "MultiplicativeLR"} for part in s.schedulers
    ):
        parts = "".join(f"\n        {call(part, base_lr)}," for part in s.schedulers)
        if s.kind == "ChainedScheduler":
            return f"{_MODULE}.ChainedScheduler(\n    [{parts}\n    ],\n    optimizer=optimizer,\n)"
        return (
            f"{_MODULE}.SequentialLR(\n    optimizer,\n    [{parts}\n    ],\n   "
            f" milestones={value_text(s.milestones)},\n)"
        )
    return (
        f"{_MODULE}.LambdaLR(optimizer, lr_lambda=lambda t: ({render(rate(s, base_lr), MATH)}) /"
        f" {num(base_lr)})"
    )


def _own(name: str, schedule: Schedule, **changed: str) -> str:
    """A class that has our parameters: the quiet ones at their default are left out."""
    shown = [
        f"{key}={changed.get(key, value_text(getattr(schedule, key)))}"
        for key, item in parameters(type(schedule)).items()
        if key in changed or not (item.quiet and getattr(schedule, key) == item.default)
    ]
    return f"{name}(optimizer, {', '.join(shown)})"
