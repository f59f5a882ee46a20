"""A plan is what an optimiser is told about its learning rate: a base lr, a schedule and a clock."""

from __future__ import annotations

import re
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import model_serializer, model_validator

from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.constant import Constant
from lrcore.schedules.multiple import multiple
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.text import build_schedule, schedule_text
from lrcore.text.literals import TEXT_MAX, literal, parse_expression
from lrcore.values.parameter import param
from lrcore.values.value import Value, short

Steps = NDArray[np.integer[Any]]
Clock = Literal["epoch", "iteration"]
_TEXT = re.compile(r"lr\s*=\s*(?P<lr>[^\s(]+)(?:\s+(?P<rest>\S.*))?", re.DOTALL)
_CLOCK = re.compile(r"(?:^|\s)per\s+(?P<clock>\w+)$")
# rates at a time: below malloc's threshold for fresh pages, whose faults cost four times the arithmetic
_BLOCK = 16_000
_FINITE = np.finfo(np.float64).max
Path = tuple[str | int, ...]  # to a value inside a plan: ("base_lr",), ("schedule", "schedulers", 1, "T_max")


class Plan(Value):
    """A base lr, a schedule and the clock that steps it; an immutable value with one text form.

    >>> plan = parse_plan("lr=0.05 StepLR(step_size=30, gamma=0.1)")
    >>> plan.lr([0, 299, 300], steps_per_epoch=10)
    array([0.05 , 0.05 , 0.005])
    >>> plan.text
    'lr=0.05 StepLR(step_size=30, gamma=0.1)'
    """

    error = PlanError
    noun = "A plan"

    base_lr: float = param(gt=0, slider=(1e-4, 3), scale="log", help="the optimiser's lr")
    schedule: Schedule = param(Constant(), help="what multiplies it, step by step")
    clock: Clock = param("epoch", help="what the schedule counts")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return _read(data) if isinstance(data, str) else data

    @model_serializer
    def _to_text(self) -> str:
        return self.text

    def lr(self, step: ArrayLike, steps_per_epoch: int = 1) -> FloatArray:
        """The rate of update number `step` (0-based, any shape) as float64; `steps_per_epoch` turns steps
        into epochs.

        A growing schedule saturates at the largest float64 instead of overflowing. PlanError for a negative
        step.
        """
        steps = _steps(step, steps_per_epoch)
        if steps.size <= _BLOCK:
            return self._rates(steps, steps_per_epoch)
        flat, rates = steps.reshape(-1), np.empty(steps.size)
        for start in range(0, steps.size, _BLOCK):
            rates[start : start + _BLOCK] = self._rates(flat[start : start + _BLOCK], steps_per_epoch)
        return rates.reshape(steps.shape)

    def _rates(self, steps: Steps, steps_per_epoch: int) -> FloatArray:
        with np.errstate(over="ignore", under="ignore"):
            rates = self.schedule.lr(self._ticks(steps, steps_per_epoch), self.base_lr)
            return np.minimum(np.asarray(rates, dtype=np.float64), _FINITE)

    def momentum(self, step: ArrayLike, steps_per_epoch: int = 1) -> FloatArray | None:
        """The momentum (beta1 for Adam) that the schedule sets for update number `step`; None if it leaves it
        alone."""
        return self.schedule.momentum(self._ticks(_steps(step, steps_per_epoch), steps_per_epoch))

    def _ticks(self, steps: Steps, steps_per_epoch: int) -> Steps:
        return steps // steps_per_epoch if self.clock == "epoch" and steps_per_epoch > 1 else steps

    def with_value(self, path: Path, value: Any) -> Plan:
        """The plan with the value at the end of a path replaced, validated. PlanError for a path that leads
        nowhere.

        >>> parse_plan("lr=0.1 Warmup(StepLR(step_size=9), warmup_steps=3)").with_value(
        ...     ("schedule", "schedule", "step_size"), 5
        ... ).text
        'lr=0.1 Warmup(StepLR(step_size=5, gamma=0.1), warmup_steps=3)'
        """
        if path == ("base_lr",):
            return Plan(base_lr=value, schedule=self.schedule, clock=self.clock)
        if path[:1] != ("schedule",):
            raise _nowhere(path)
        return Plan(
            base_lr=self.base_lr, schedule=_with_value(self.schedule, path[1:], value), clock=self.clock
        )

    def multiplied(self, factor: float) -> Plan:
        """The plan whose curve is `factor` times as high: base lr and all other rates that it names times
        that. PlanError for a formula on which base lr has no say.

        >>> parse_plan("lr=0.1 CyclicLR(max_lr=0.5, step_size_up=9)").multiplied(2.0).text
        'lr=0.2 CyclicLR(max_lr=1, step_size_up=9)'
        """
        schedule = multiple(self.schedule, factor)
        return Plan(base_lr=factor * self.base_lr, schedule=schedule, clock=self.clock)

    @property
    def text(self) -> str:
        """The one text form: `parse_plan(plan.text) == plan`."""
        lr = (
            value
            if (value := repr(self.base_lr)).count(".0") == 0 or not value.endswith(".0")
            else value[:-2]
        )
        call = "" if isinstance(self.schedule, Constant) else " " + schedule_text(self.schedule)
        return f"lr={lr}{call}" + (" per iteration" if self.clock == "iteration" else "")

    def __str__(self) -> str:
        return self.text


def _with_value(thing: Any, path: Path, value: Any) -> Any:
    """A schedule, or a tuple of them, with the value at the end of the path replaced."""
    if not path:
        return value
    name = path[0]
    if isinstance(thing, Schedule) and isinstance(name, str):
        declared = type(thing).model_fields
        if name in declared or name in thing.controls():
            inner = getattr(thing, name) if name in declared else None
            return thing.replace(name, _with_value(inner, path[1:], value))
    if isinstance(thing, tuple) and isinstance(name, int) and 0 <= name < len(thing):
        return (*thing[:name], _with_value(thing[name], path[1:], value), *thing[name + 1 :])
    raise _nowhere(path)


def _nowhere(path: Path) -> PlanError:
    return PlanError(
        f"This plan has nothing at {short('.'.join(map(str, path)))}; a path is base_lr, or schedule and the"
        " names of its parameters."
    )


def _steps(step: ArrayLike, steps_per_epoch: int) -> Steps:
    steps = np.asarray(step)
    if steps.size and (not np.issubdtype(steps.dtype, np.integer) or steps.min() < 0):
        raise PlanError(f"A step is a whole number of at least 0, but {short(step)} arrived.")
    if steps_per_epoch < 1:
        raise PlanError(f"steps_per_epoch must be at least 1, but {steps_per_epoch!r} arrived.")
    return steps


def parse_plan(text: str) -> Plan:
    """Read a plan's text form; PlanError says what arrived and what to write instead.

    >>> parse_plan("lr=0.3").schedule
    Constant()
    """
    if not isinstance(text, str):
        raise PlanError(f"A plan is read from text, but {short(text)} arrived.")
    return Plan.model_validate(text)


def _base_lr(text: str) -> float:
    try:
        value = literal(parse_expression(text))
    except PlanError:
        value = None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PlanError(f"The base lr must be a number, but {short(text)} arrived; write it like lr=0.05.")
    return value


def _read(text: str) -> dict[str, Any]:
    text = text.strip()
    if len(text) > TEXT_MAX:
        raise PlanError(f"This plan has {len(text):,} characters; at most {TEXT_MAX:,} are read. Shorten it.")
    match = _TEXT.fullmatch(text)
    if match is None:
        raise PlanError(
            f"{short(text)} is not a plan; it begins with the base lr, like lr=0.05 StepLR(step_size=30,"
            " gamma=0.1)."
        )
    base_lr = _base_lr(match["lr"])
    rest, clock = match["rest"] or "", "epoch"
    if found := _CLOCK.search(rest):
        clock, rest = found["clock"], rest[: found.start()]
    if clock not in ("epoch", "iteration"):
        raise PlanError(
            f"The clock is 'per epoch' or 'per iteration', but 'per {short(clock)[1:-1]}' arrived."
        )
    schedule = build_schedule(parse_expression(rest)) if rest.strip() else Constant()
    return {"base_lr": base_lr, "schedule": schedule, "clock": cast(Clock, clock)}
