"""The optimisers' declarations, torch's names and defaults; `lrcore.training` has their batched rules."""

from __future__ import annotations

from abc import ABC
from typing import Any, ClassVar, final

from pydantic import model_validator

from lrcore.errors import ExperimentError
from lrcore.values.parameter import param
from lrcore.values.registry import Registry
from lrcore.values.value import Kinded

OPTIMIZERS: Registry[OptimizerSpec] = Registry("optimiser", ExperimentError)


class OptimizerSpec(Kinded, ABC):
    """An optimiser without its lr, which each plan gives."""

    error = ExperimentError
    title: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        OPTIMIZERS.add(cls)


@final
class SGD(OptimizerSpec):
    """Stochastic gradient descent, `torch.optim.SGD`: v = momentum v + g; p -= lr v (nesterov: p -= lr (g +
    momentum v))."""

    kind = "SGD"
    title = "SGD"
    momentum: float = param(
        0.9, ge=0, lt=1, slider=(0, 0.99), help="share of the last update that is carried into the next"
    )
    nesterov: bool = param(False, help="take the gradient where the momentum is about to lead")

    @model_validator(mode="after")
    def _nesterov_needs_momentum(self) -> SGD:
        if self.nesterov and self.momentum == 0:
            raise ExperimentError(
                "SGD: nesterov=True needs a momentum above 0, but momentum=0 arrived; raise it or switch"
                " nesterov off."
            )
        return self


@final
class Adam(OptimizerSpec):
    """`torch.optim.Adam` without weight decay: bias-corrected running means of g and g^2."""

    kind = "Adam"
    title = "Adam"
    beta1: float = param(
        0.9, ge=0, lt=1, slider=(0, 0.99), help="how much of the mean gradient is kept at each update"
    )
    beta2: float = param(
        0.999,
        ge=0,
        lt=1,
        slider=(0.9, 0.9999),
        help="how much of the mean squared gradient is kept at each update",
    )
    eps: float = param(
        1e-8,
        gt=0,
        slider=(1e-10, 1e-2),
        scale="log",
        help="added to the root of that mean, against a division by 0",
    )


def optimizer_class(kind: str) -> type[OptimizerSpec]:
    """The optimiser's class by its name; ExperimentError with the nearest name if there is none."""
    return OPTIMIZERS.find(kind)
