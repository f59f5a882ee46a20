"""Formula: a person's own expression for the rate."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Annotated, Any, Self, final

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, field_validator, model_validator

from lrcore.errors import PlanError
from lrcore.schedules.formula.language import LENGTH_MAX, parse_formula
from lrcore.schedules.formula.operations import CONSTANTS, FUNCTIONS
from lrcore.schedules.formula.plain import BASE_NAMES, STEP_NAMES, plain
from lrcore.schedules.formula.rate import Rate
from lrcore.schedules.schedule import FloatArray, Schedule, as_steps
from lrcore.schedules.shapes.starts import decay_per_step
from lrcore.values.parameter import TICKS, Parameter, param, parameters

_FIXED = {"t", "T", "epoch", "base_lr", *FUNCTIONS, *CONSTANTS} - {"e"}


@final
class Formula(Schedule):
    r"""$\eta_t$ = an expression in t, T, base_lr and parameters with names of their own; past the end it is
    what it says.

    It knows + - * / ** // %, comparisons, and/or/not, `a if test else b`, where(test, a, b), min, max, clip,
    exp, log, log2, log10, sqrt, sin, cos, tanh, abs, floor, ceil, round, int, float, pow, pi, also spelled
    math.cos or np.exp. T is the total that is given here. Unless they are parameters, lr, initial_lr, lr0 and
    args.lr mean base_lr, and epoch, iteration, iteration_count, step, global_step, it and i mean t. So a line
    of a training script can be typed as it stands; a leading `lr =` is skipped. It is parsed against a
    whitelist and computed by NumPy, never evaluated; everything is a float64. A rate that is negative or not
    finite is a PlanError that names the first step at which that happens.

    >>> Formula(expression="lr / (1.0 + lr_decay * iteration_count)", parameters={"lr_decay": 0.5}).lr([0, 2,
    ...     4], 1.0)
    array([1.        , 0.5       , 0.33333333])

    Source: the person who types it.
    """

    title = "your own formula"
    by_hand = True
    expression: Annotated[str, Field(min_length=1, max_length=LENGTH_MAX)] = param(
        positional=True,
        start=lambda *_: "lr / (1.0 + lr_decay * iteration_count)",
        help="the rate, like base_lr / (1 + d * t)",
    )
    T: float | None = param(
        None, gt=0, slider=(1, 1000), unit=TICKS, scale="log", quiet=True, help="the total that T stands for"
    )
    parameters: dict[str, float] = param(
        {},
        quiet=True,
        start=lambda _, run: {"lr_decay": float(f"{10 / run:.2g}")},
        help="values of its names; each is a slider",
    )

    @field_validator("parameters")
    @classmethod
    def _named(cls, given: dict[str, float]) -> dict[str, float]:
        if len(given) > 20:
            raise PlanError(f"Formula: at most 20 parameters are read, but {len(given)} arrived.")
        for name in given:
            if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or name in _FIXED:
                raise PlanError(
                    f"Formula: a parameter cannot be called {name[:40]!r}; choose a plain name that has no"
                    " meaning yet."
                )
        return dict(sorted(given.items()))

    @model_validator(mode="after")
    def _known(self) -> Self:
        formula = parse_formula(self.expression)
        unknown = sorted(formula.names - set(self._names()) - {formula.argument, "T"})
        if unknown:
            given = ", ".join(f"{name!r}: 1.0" for name in unknown)
            raise PlanError(
                f"Formula: {', '.join(unknown)} has no value. Give it with parameters={{{given}}}; "
                f"known are t, T, base_lr, epoch{''.join(', ' + name for name in self.parameters)}."
            )
        if "T" in formula.names - {formula.argument} and self.T is None:
            raise PlanError("Formula: the expression uses T, the total; give it, as in T=1000.")
        return self

    def __hash__(self) -> int:
        return hash((self.kind, self.expression, self.T, *self.parameters.items()))

    @staticmethod
    def unknowns(expression: str) -> tuple[str, ...]:
        """The names in an expression that need a value before it is a schedule, T among them; for a page that
        asks for them."""
        formula = parse_formula(expression)
        return tuple(sorted(formula.names - {*STEP_NAMES, *BASE_NAMES, formula.argument}))

    @classmethod
    def typed(
        cls, expression: str, base_lr: float, horizon: int, before: Mapping[str, float] | None = None
    ) -> Self:
        """The schedule of an expression whose names have no values yet: those that `before` knows keep
        theirs, T is else the horizon, and the others get one value, the first of a few under which the rate
        changes over the run without vanishing.

        >>> Formula.typed("lr * gamma ** t", 0.1, 100)
        Formula(expression='lr * gamma ** t', T=None, parameters={'gamma': 0.97})
        """
        names = cls.unknowns(expression)
        before = before or {}
        kept = {name: value for name, value in before.items() if name in names and name != "T"}
        total = {"T": before.get("T", float(horizon))} if "T" in names else {}
        missing = [name for name in names if name not in kept and name != "T"]
        steps = np.unique(np.linspace(0, horizon, 50).round())
        made: list[Self] = []
        for value in (
            float(f"{5 / horizon:.2g}"),
            decay_per_step(horizon),
            0.1,
            0.5,
            float(f"{horizon / 5:.2g}"),
            1.0,
        ):
            made.append(
                cls(expression=expression, parameters={**kept, **dict.fromkeys(missing, value)}, **total)
            )
            if not missing:
                break
            try:
                rates = made[-1].lr(steps, base_lr)
            except PlanError:
                continue
            if (
                2e-3 * base_lr < rates[-1]
                and rates.max() > 1.2 * rates.min()
                and rates.max() <= 1.001 * base_lr
            ):
                return made[-1]
        return made[-1]

    def _names(self, t: Any = 0.0, base_lr: float = 1.0) -> dict[str, Any]:
        return {
            **dict.fromkeys(STEP_NAMES, t),
            **dict.fromkeys(BASE_NAMES, np.float64(base_lr)),
            **_floats(self.parameters),
        }

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        t, formula = as_steps(step), parse_formula(self.expression)
        names = {
            **self._names(t, base_lr),
            "T": np.float64(self.T or 0.0),
            **({formula.argument: t} if formula.argument else {}),
        }
        return checked(np.broadcast_to(formula(names), t.shape), t, f"Formula {self.expression!r}", "rate")

    def effort(self) -> float:
        return parse_formula(self.expression).effort

    def controls(self) -> dict[str, Parameter]:
        wanted = self.T is not None or "T" in parse_formula(self.expression).names
        shown = {name: item for name, item in parameters(type(self)).items() if name != "T" or wanted}
        return {**shown, **{name: _slider(name, value) for name, value in self.parameters.items()}}

    def replace(self, name: str, value: Any) -> Self:
        if name in self.parameters:
            return type(self)(
                expression=self.expression, T=self.T, parameters={**self.parameters, name: value}
            )
        return super().replace(name, value)

    def with_rates_times(self, factor: float) -> Self:
        formula = parse_formula(self.expression)
        if not formula.names & (set(BASE_NAMES) - {formula.argument, *self.parameters}):
            raise PlanError(
                f"Formula {self.expression!r} does not depend on base_lr, so a multiple of its rates has no"
                " name; write it as base_lr times a factor."
            )
        return self

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        values = {**self.parameters, **({"T": self.T} if self.T else {})}
        return Rate(plain(self.expression, values, t, base_lr))


def checked(values: FloatArray, t: FloatArray, who: str, noun: str) -> FloatArray:
    """The values of a formula; PlanError at the first step where one is not finite or negative."""
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        first = int(np.argmin(np.where(bad, t, np.inf)))
        value = float(values.ravel()[first])
        raise PlanError(
            f"{who} gives {value:g} at step {t.ravel()[first]:.0f}, which is no {noun}; "
            "keep it finite and at least 0, for instance with max(0, ...) or where(t > 0, ..., ...)."
        )
    return np.array(values)


def _floats(given: dict[str, float]) -> dict[str, Any]:
    return {name: np.float64(value) for name, value in given.items()}


def _slider(name: str, value: float) -> Parameter:
    """A slider around the value that a parameter has: two decades for a positive number, else as far again to
    both sides."""
    log = value > 0
    return Parameter(
        name=name,
        type=float,
        default=value,
        required=False,
        low=None,
        high=None,
        open_low=False,
        open_high=False,
        slider=(
            (value / 10, value * 10) if log else (value - max(1.0, abs(value)), value + max(1.0, abs(value)))
        ),
        choices=(),
        scale="log" if log else "linear",
        unit="",
        help="a parameter of the formula",
        quiet=False,
    )
