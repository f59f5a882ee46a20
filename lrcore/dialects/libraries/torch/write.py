"""A plan as torch.optim.lr_scheduler: its own classes where it has them, a LambdaLR with the formula where it
has not."""

from __future__ import annotations

from lrcore.dialects.writing.formulas import TABLE_NOTE, rate
from lrcore.dialects.writing.render import MATH, render
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.chained import ChainedScheduler
from lrcore.schedules.constant import Constant, ConstantLR
from lrcore.schedules.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from lrcore.schedules.cyclic import CyclicLR
from lrcore.schedules.exponential import ExponentialLR
from lrcore.schedules.formula.plain import plain
from lrcore.schedules.formula.rate import num
from lrcore.schedules.lambda_lr import LambdaLR, MultiplicativeLR
from lrcore.schedules.linear import LinearLR
from lrcore.schedules.one_cycle import OneCycleLR
from lrcore.schedules.plateau import ReduceLROnPlateau
from lrcore.schedules.polynomial import PolynomialLR
from lrcore.schedules.sequential import SequentialLR
from lrcore.schedules.step import MultiStepLR, StepLR
from lrcore.schedules.swa import SWALR
from lrcore.schedules.text import value_text
from lrcore.values.parameter import parameters

# Classes whose parameters are ours by name.
_OWN = (
    StepLR, MultiStepLR, ConstantLR, LinearLR, ExponentialLR, PolynomialLR, CosineAnnealingLR,
    CosineAnnealingWarmRestarts, ReduceLROnPlateau,
)  # fmt: skip
_PARTS = (*_OWN, LambdaLR, MultiplicativeLR)  # what stands in a composition without disturbing the others
_MODULE = "torch.optim.lr_scheduler"


def optimizer_line(lr: float, momentum: bool = False) -> str:
    """The optimiser's line, on a parameter that stands for the model's."""
    extra = ", momentum=0.9" if momentum else ""
    made = f"optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr={num(lr)}{extra})"
    return f"{made}  # your model.parameters() and optimizer"


def usage(plan: Plan) -> str:
    """How the training loop steps it."""
    where = "after every batch" if plan.clock == "iteration" else "after every epoch"
    metric = "validation_loss" if plan.schedule.listens else ""
    return f"# {where}, behind optimizer.step():  scheduler.step({metric})"


def write(plan: Plan) -> str:
    """The snippet: imports, optimiser, scheduler."""
    made = _call(plan.schedule, plan.base_lr)
    # torch's own class moves the momentum, too, which the optimizer then has to have.
    moves = made.startswith((f"{_MODULE}.OneCycleLR(", f"{_MODULE}.CyclicLR("))
    momentum = moves and plan.schedule.momentum(0) is not None
    imports = ("import math\n\n" if "math." in made else "") + "import torch\n\n"
    end = f"\n{TABLE_NOTE}" if "][int(" in made else ""
    return f"{imports}{optimizer_line(plan.base_lr, momentum)}\nscheduler = {made}\n{usage(plan)}{end}\n"


def _call(schedule: Schedule, base_lr: float) -> str:
    """The constructor's call; a part of a composition is one too."""
    name = f"{_MODULE}.{schedule.kind}"
    match schedule:
        case schedule if isinstance(schedule, _OWN):
            return _own(name, schedule)
        case SWALR():
            return _own("torch.optim.swa_utils.SWALR", schedule)
        case CyclicLR(base_lr=low):
            return _own(name, schedule, base_lr=num(base_lr if low is None else low))
        # Without a last phase torch divides by zero behind the last step.
        case OneCycleLR() if schedule.phase_ends()[-2] != schedule.total_steps - 1:
            changed = {"pct_start": "0.0"} if schedule.pct_start == 0 else {}  # torch takes no int
            return _own(name, schedule, **changed)
        case LambdaLR(lr_lambda=rule) | MultiplicativeLR(lr_lambda=rule):
            factor = render(plain(rule, {}, "epoch", base_lr), MATH)
            return f"{name}(optimizer, lr_lambda=lambda epoch: {factor})"
        case Constant():
            return f"{_MODULE}.LambdaLR(optimizer, lr_lambda=lambda epoch: 1)"
        case ChainedScheduler(schedulers=parts) if all(isinstance(part, _PARTS) for part in parts):
            return f"{name}(\n    [{_listed(parts, base_lr)}\n    ],\n    optimizer=optimizer,\n)"
        case SequentialLR(schedulers=parts) if all(isinstance(part, _PARTS) for part in parts):
            cuts = value_text(schedule.milestones)
            listed = _listed(parts, base_lr)
            return f"{name}(\n    optimizer,\n    [{listed}\n    ],\n    milestones={cuts},\n)"
    expression = render(rate(schedule, base_lr), MATH)
    return f"{_MODULE}.LambdaLR(optimizer, lr_lambda=lambda t: ({expression}) / {num(base_lr)})"


def _listed(parts: tuple[Schedule, ...], base_lr: float) -> str:
    return "".join(f"\n        {_call(part, base_lr)}," for part in parts)


def _own(name: str, schedule: Schedule, **changed: str) -> str:
    """A class that has our parameters: the quiet ones at their default are left out."""
    shown = [
        f"{key}={changed.get(key, value_text(getattr(schedule, key)))}"
        for key, item in parameters(type(schedule)).items()
        if key in changed or not (item.quiet and getattr(schedule, key) == item.default)
    ]
    return f"{name}(optimizer, {', '.join(shown)})"
