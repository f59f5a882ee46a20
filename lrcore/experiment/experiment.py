"""An experiment is a value: data, model, optimiser, batch size, steps, seeds and plans. Its content hash is
its identity."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    SerializeAsAny,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from lrcore.datasets import DataSpec, data_class
from lrcore.datasets.toys2d import Checkerboard
from lrcore.errors import ExperimentError
from lrcore.experiment.cost import training_mb, training_seconds
from lrcore.experiment.optimizers import SGD, OptimizerSpec, optimizer_class
from lrcore.plan import Plan
from lrcore.values import limits
from lrcore.values.parameter import param
from lrcore.values.value import Value

_ID_VERSION = 1  # part of the hash: raised when the same text would train differently


def _kinded(lookup: Any, noun: str) -> WrapValidator:
    """Accept a spec, its JSON (`{"kind": ..., ...}`) or the bare name of its kind."""

    def validate(value: object, handler: ValidatorFunctionWrapHandler) -> object:
        if isinstance(value, str):
            return lookup(value)()
        if isinstance(value, dict):
            fields = dict(value)
            kind = fields.pop("kind", None)
            if not isinstance(kind, str):
                raise ExperimentError(
                    f'{noun} needs a "kind", for example {{"kind": ...}}; got {sorted(map(str, value))[:6]}.'
                )
            return lookup(kind).model_validate(fields)
        return handler(value)

    return WrapValidator(validate)


class MLP(Value):
    """A multilayer perceptron: `hidden` layers of units with one activation, PyTorch's default
    initialisation."""

    error = ExperimentError
    noun = "The model"

    hidden: Annotated[
        tuple[Annotated[int, Field(ge=1, le=limits.WIDTH_MAX)], ...],
        Field(min_length=1, max_length=limits.LAYERS_MAX),
    ] = param(
        (32, 32), help=f"units of each hidden layer: 1-{limits.LAYERS_MAX} layers of 1-{limits.WIDTH_MAX}"
    )
    activation: Literal["tanh", "relu", "gelu"] = param("tanh", help="between the layers")

    @field_validator("activation", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value


class Experiment(Value):
    """What is trained: every plan from the weights and minibatches of every seed.

    >>> plans = ["lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration", "lr=0.3"]
    >>> experiment = Experiment(plans=plans)
    >>> experiment.steps_per_epoch, experiment.epochs
    (32, 62.5)
    """

    error = ExperimentError
    noun = "An experiment"

    data: Annotated[SerializeAsAny[DataSpec], _kinded(data_class, "data")] = param(
        Checkerboard(), help="what is learnt"
    )
    model: MLP = param(MLP(), help="the network")
    optimizer: Annotated[SerializeAsAny[OptimizerSpec], _kinded(optimizer_class, "optimizer")] = param(
        SGD(), help="what uses the rate"
    )
    plans: Annotated[tuple[Plan, ...], Field(min_length=1, max_length=limits.PLANS_MAX)] = param(
        help=(
            f"1-{limits.PLANS_MAX} plans, each as text like 'lr=0.3 StepLR(step_size=500, gamma=0.3) per"
            " iteration'"
        )
    )
    seeds: int = param(
        5,
        ge=1,
        le=limits.SEEDS_MAX,
        slider=(1, limits.SEEDS_MAX),
        help="how often each plan is trained, each time with other first weights and minibatches",
    )
    batch_size: int = param(
        32, ge=1, le=limits.BATCH_MAX, slider=(1, limits.BATCH_MAX), scale="log", help="points per update"
    )
    steps: int = param(
        2000, ge=1, le=limits.STEPS_MAX, slider=(100, limits.STEPS_MAX), scale="log", help="updates in all"
    )

    @model_validator(mode="after")
    def _within_limits(self) -> Experiment:
        cost = self.estimated_seconds
        if cost > limits.COST_MAX_S:
            raise ExperimentError(
                f"This experiment would train for about {cost / 60:.0f} minutes; one job may take"
                f" {limits.COST_MAX_S / 60:.0f}. Take fewer steps, seeds or plans, a smaller model or"
                " a smaller batch."
            )
        return self

    @property
    def estimated_seconds(self) -> float:
        """About how long it trains on one CPU core, within a factor of 2 where it takes a second or more."""
        data = self.data
        listening = self.seeds * sum(plan.schedule.listens for plan in self.plans)
        return training_seconds(
            [data.n_features, *self.model.hidden, data.n_outputs],
            members=self.members,
            steps=self.steps,
            trained=self.steps * min(self.batch_size, data.n_train),
            points=data.n_train + data.n_val,
            heard=listening * (self.steps // self.steps_per_epoch) * data.n_val,
        )

    @property
    def estimated_mb(self) -> float:
        """About how many MB of memory its training takes, rather more than less."""
        data = self.data
        return training_mb(
            [data.n_features, *self.model.hidden, data.n_outputs],
            members=self.members,
            steps=self.steps,
            points=data.n_train + data.n_val,
        )

    @property
    def steps_per_epoch(self) -> int:
        """Updates in one shuffled pass over the training points; the last batch of a pass may be smaller."""
        return -(-self.data.n_train // self.batch_size)

    @property
    def epochs(self) -> float:
        return self.steps / self.steps_per_epoch

    @property
    def members(self) -> int:
        """Plans x seeds: how many networks are trained."""
        return len(self.plans) * self.seeds

    @property
    def id(self) -> str:
        """Content hash (16 hex digits), the same in every process and version of Python: equal experiments,
        equal id."""
        text = json.dumps(
            [_ID_VERSION, self.model_dump(mode="json")],
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=True,
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]
