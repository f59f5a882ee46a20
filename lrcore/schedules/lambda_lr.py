"""LambdaLR and MultiplicativeLR: a person's own factor."""

from __future__ import annotations

from typing import Annotated, Self, final

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, model_validator

from lrcore.errors import PlanError
from lrcore.schedules.formula.language import LENGTH_MAX, Expression, parse_formula
from lrcore.schedules.formula.latex import expression_latex, number
from lrcore.schedules.formula.plain import STEP_NAMES, plain
from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.formula.schedule import checked
from lrcore.schedules.schedule import FloatArray, Schedule, as_steps
from lrcore.schedules.shapes.chains import follow
from lrcore.schedules.shapes.starts import decay_per_step
from lrcore.values.parameter import param

FactorText = Annotated[str, Field(min_length=1, max_length=LENGTH_MAX)]


class _Factor(Schedule):
    """A factor that is written as an expression in epoch (the step), or as a lambda of it."""

    by_hand = True
    lr_lambda: FactorText = param(
        start=lambda _, run: f"{decay_per_step(run):g} ** epoch",
        help="the factor, an expression in epoch like 0.95 ** epoch",
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        formula = self._formula
        unknown = sorted(formula.names - set(STEP_NAMES) - {formula.argument})
        if unknown:
            raise PlanError(
                f"{self.kind}: {', '.join(unknown)} has no value; write the number itself, in an expression"
                " in epoch (lambda epoch: 0.95 ** epoch), or use Formula, which takes parameters."
            )
        return self

    @property
    def _formula(self) -> Expression:
        return parse_formula(self.lr_lambda)

    def _factor(self, t: FloatArray) -> FloatArray:
        formula = self._formula
        names = {**dict.fromkeys(STEP_NAMES, t), **({formula.argument: t} if formula.argument else {})}
        return checked(
            np.broadcast_to(formula(names), t.shape), t, f"{self.kind} {self.lr_lambda!r}", "factor"
        )

    def effort(self) -> float:
        return self._formula.effort

    @property
    def _fixed(self) -> bool:
        return not self._formula.names

    def _factor_formula(self, base_lr: float, t: str) -> str:
        return plain(self.lr_lambda, {}, t, base_lr)


@final
class LambdaLR(_Factor):
    r"""$\eta_t = \eta_0 \lambda(t)$ with $\lambda$ an expression in epoch, which is the step $t$; past the
    end it is what it says.

    `lambda epoch: 0.95 ** epoch` is read as its body. The expression is that of Formula: parsed against a
    whitelist, never evaluated. A factor that is negative or not finite, which torch would hand to the
    optimiser, is a PlanError.

    >>> LambdaLR(lr_lambda="lambda epoch: 0.5 ** epoch").lr([0, 1, 2], 1.0)
    array([1.  , 0.5 , 0.25])

    Source: torch.optim.lr_scheduler.LambdaLR.
    """

    title = "your own factor"

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        return base_lr * self._factor(as_steps(step))

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        return Rate(f"{num(base_lr)} * {self._factor_formula(base_lr, t)}")


@final
class MultiplicativeLR(_Factor):
    r"""$\eta_t = \eta_0 \prod_{k=1}^{t} \lambda(k)$ with $\lambda$ an expression in epoch; $\lambda(0)$ is
    not used.

    As a later part of a SequentialLR it goes on from the rate that it finds and multiplies by $\lambda(0)$
    too, as in torch. A factor without epoch has a closed form; otherwise the product is followed for up to
    10,000,000 steps and refused beyond. A factor that is negative or not finite is a PlanError.

    >>> MultiplicativeLR(lr_lambda="1 / (1 + epoch)").lr([0, 1, 2, 3], 6.0)
    array([6.  , 3.  , 1.  , 0.25])

    Source: torch.optim.lr_scheduler.MultiplicativeLR.
    """

    title = "your own factor, accumulated"
    scales = True
    lr_lambda: FactorText = param(
        start=lambda _, run: f"0.3 if epoch % {max(1, run // 4)} == 0 else 1",
        help="the factor of each step, an expression in epoch like 0.95",
    )

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        t = as_steps(step)
        if self._fixed:
            return base_lr * np.power(self._factor(as_steps(0)), t)
        return base_lr * follow(lambda steps: self.update(steps, 1.0), t, self.kind, self, start=1.0)

    def pointwise(self, horizon: float = np.inf) -> bool:
        return self._fixed

    def update(self, step: ArrayLike, base_lr: float) -> tuple[FloatArray, FloatArray]:
        t = as_steps(step)
        # step 0 is never asked for its factor, so that 1 / epoch is fine
        return np.where(t == 0, 1.0, self._factor(np.maximum(t, 1.0))), np.zeros_like(t)

    def resume(self, step: ArrayLike, base_lr: float, running: float) -> FloatArray:
        return self.lr(step, running * float(self._factor(as_steps(0))))

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        if not self._fixed:
            return super().formula(base_lr, t)
        return Rate(f"{num(base_lr)} * {self._factor_formula(base_lr, t)} ** {t}")

    def resumed(self, base_lr: float, running: float, t: str) -> Rate:
        return self.formula(running * float(self._factor(as_steps(0))), t)

    def latex(self, base_lr: float) -> str:
        if self._fixed:
            return super().latex(base_lr)
        factor = expression_latex(self._factor_formula(base_lr, "k"), "k")
        return rf"\eta_t = {number(base_lr)} \prod_{{k=1}}^{{t}} \left({factor}\right)"
