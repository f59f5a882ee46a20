r"""StepLR or adjust_learning_rate? The two plans of that question, and what "linear decay" has to do with
neither.

The hand-written rule $\eta_t = \eta_0 / (1 + d t)$ is often called linear decay. What is linear is its
inverse, $1/\eta_t = 1/\eta_0 + (d/\eta_0) t$; the rate itself is a hyperbola. The straight line that leaves
it in the same direction, $\eta_0 (1 - d t)$, reaches zero at t = 1/d, where the hyperbola is still at one
half.
"""

from __future__ import annotations

from dataclasses import dataclass

from lrcore.analysis.crossings import drops_in
from lrcore.analysis.readout import final_lr
from lrcore.analysis.sums.budget import budget
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules.inverse_time import InverseTimeDecay
from lrcore.schedules.linear import LinearLR
from lrcore.schedules.step import StepLR
from lrcore.values.parameter import TICKS, param
from lrcore.values.value import Value


class Question(Value):
    """One base lr, StepLR's two numbers and the one of the hand-written rule, over a run of `steps` updates.

    The defaults are AdaIN's: lr 1e-4, lr_decay 5e-5, 160,000 iterations.
    """

    error = PlanError
    noun = "The question"

    base_lr: float = param(1e-4, gt=0, slider=(1e-5, 1), scale="log", help="where both begin")
    step_size: int = param(
        40_000, ge=1, slider=(1, 40_000), unit=TICKS, help="StepLR: updates between two drops"
    )
    gamma: float = param(0.5, gt=0, le=1, slider=(0.05, 1), help="StepLR: factor of each drop")
    lr_decay: float = param(5e-5, gt=0, slider=(1e-7, 1), scale="log", help="the rule's d in lr / (1 + d t)")
    steps: int = param(160_000, ge=2, le=10_000_000, help="updates of the run")

    @property
    def step_plan(self) -> Plan:
        """The built-in staircase."""
        return Plan(
            base_lr=self.base_lr,
            schedule=StepLR(step_size=self.step_size, gamma=self.gamma),
            clock="iteration",
        )

    @property
    def inverse_plan(self) -> Plan:
        """The rule written by hand."""
        return Plan(
            base_lr=self.base_lr, schedule=InverseTimeDecay(lr_decay=self.lr_decay), clock="iteration"
        )

    @property
    def line_plan(self) -> Plan:
        """What "linear decay" would be: straight from the same first rate to the rule's last one.

        LinearLR is at its end factor in the last update, whose number is steps - 1.
        """
        end = 1.0 / (1.0 + self.lr_decay * (self.steps - 1))
        return Plan(
            base_lr=self.base_lr,
            schedule=LinearLR(start_factor=1.0, end_factor=end, total_iters=self.steps - 1),
            clock="iteration",
        )

    def tangent(self, step: float) -> float:
        r"""The straight line with the rule's initial slope, $\eta_0 (1 - d t)$, down to zero at t = 1/d."""
        return max(0.0, self.base_lr * (1.0 - self.lr_decay * step))


@dataclass(frozen=True)
class Answer:
    """The live numbers of the panel. Times are in updates, `halvings` the lengths of the first three of the
    rule."""

    half_life: float
    at_half_life: float
    tangent_at_half_life: float
    halvings: tuple[float, float, float]
    inverse_start: float
    inverse_slope: float
    drops: int
    step_final: float
    inverse_final: float
    step_budget: float
    inverse_budget: float
    line_budget: float


def answer(question: Question) -> Answer:
    """The numbers that correct "linear".

    >>> numbers = answer(Question())
    >>> numbers.half_life, numbers.halvings, round(numbers.line_budget / numbers.inverse_budget, 2)
    (20000.0, (20000.0, 40000.0, 80000.0), 2.02)
    """
    q = question
    half = 1.0 / q.lr_decay
    return Answer(
        half_life=half,
        at_half_life=q.base_lr / (1.0 + q.lr_decay * half) / q.base_lr,
        tangent_at_half_life=q.tangent(half) / q.base_lr,
        halvings=(half, 2.0 * half, 4.0 * half),
        inverse_start=1.0 / q.base_lr,
        inverse_slope=q.lr_decay / q.base_lr,
        drops=drops_in(q.step_plan, q.steps) or 0,
        step_final=final_lr(q.step_plan, q.steps),
        inverse_final=final_lr(q.inverse_plan, q.steps),
        step_budget=budget(q.step_plan, q.steps).total,
        inverse_budget=budget(q.inverse_plan, q.steps).total,
        line_budget=budget(q.line_plan, q.steps).total,
    )


_LOOP = """import torch

model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr={lr!r})
{setup}
for iteration in range({steps}):  # one update each
    {before}optimizer.zero_grad()
    loss = model(torch.randn(32, 2)).square().mean()
    loss.backward()
    optimizer.step(){after}
"""


def step_code(question: Question) -> str:
    """Built in: the scheduler is made once and stepped after each update."""
    setup = (
        f"scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size={question.step_size},"
        f" gamma={question.gamma!r})\n"
    )
    return _LOOP.format(
        lr=question.base_lr, steps=question.steps, setup=setup, before="", after="\n    scheduler.step()"
    )


def inverse_code(question: Question) -> str:
    """By hand: a function computes the rate from the iteration and writes it into the optimiser's
    param_groups."""
    setup = (
        f"\n\ndef adjust_learning_rate(optimizer, iteration, lr={question.base_lr!r},"
        f" lr_decay={question.lr_decay!r}):\n    new_lr = lr / (1.0 + lr_decay * iteration)\n    for"
        ' param_group in optimizer.param_groups:\n        param_group["lr"] = new_lr\n\n'
    )
    return _LOOP.format(
        lr=question.base_lr,
        steps=question.steps,
        setup=setup,
        before="adjust_learning_rate(optimizer, iteration)\n    ",
        after="",
    )
