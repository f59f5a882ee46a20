"""The declaration of a parameter: one `param(...)` feeds validation, sliders, messages, links and help."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

# The unit of a count of scheduler steps; the plan's clock says whether those are epochs or iterations.
TICKS = "ticks"
Start = float | Callable[[float, int], Any] | None
Role = Literal["length", "tread", "shape"]
Search = Literal["rate", "factor", "log"]
PerTick = Callable[[float, float], float]
TICKS_MAX = 10**12  # float64 holds every integer up to 2**53; a schedule longer than this is a typing error


@dataclass(frozen=True)
class Parameter:
    """What a page needs to know of one declared parameter. Bounds are inclusive unless
    `open_low`/`open_high`."""

    name: str
    type: type
    default: Any
    required: bool
    low: float | None
    high: float | None
    open_low: bool
    open_high: bool
    slider: tuple[float, float] | None
    choices: tuple[str, ...]
    scale: Literal["linear", "log"]
    unit: str
    help: str
    quiet: bool
    start: Start = None
    positional: bool = False
    role: Role | None = None
    per_tick: PerTick | None = None
    search: Search | None = None
    rate: bool = False

    def starting_value(self, base_lr: float, horizon: int) -> Any:
        """What a control shows when its schedule is chosen for a run of `horizon` ticks; inside the slider's
        range if it has one."""
        if callable(self.start):
            value = self.start(base_lr, horizon)
        elif self.start is not None:
            value = self.start * horizon if self.unit == TICKS else self.start
        elif not self.required or self.slider is None:
            return self.default
        else:
            value = horizon if self.unit == TICKS else (self.slider[0] + self.slider[1]) / 2
        if self.slider is not None and value is not None:
            value = min(max(value, self.slider[0]), (self.slider_range(horizon) or self.slider)[1])
        return round(value) if self.type is int and value is not None else value

    def slider_range(self, horizon: int) -> tuple[float, float] | None:
        """The range of a slider for a run of `horizon` ticks: a count of ticks reaches as far as the run
        does."""
        if self.slider is None:
            return None
        low, high = self.slider
        return (low, max(low + 1, float(horizon))) if self.unit == TICKS else (low, high)

    @property
    def allowed(self) -> str:
        """The allowed range in words, for error messages and help."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        noun = "a whole number" if self.type is int else "a finite number"
        if self.low is not None and self.high is not None:
            low, high = ("<" if self.open_low else "<="), ("<" if self.open_high else "<=")
            return f"{noun} with {self.low:g} {low} {self.name} {high} {self.high:g}"
        if self.low is not None:
            return f"{noun} {'above' if self.open_low else 'of at least'} {self.low:g}"
        if self.high is not None:
            return f"{noun} {'below' if self.open_high else 'of at most'} {self.high:g}"
        return noun


def param(
    default: Any = ...,
    *,
    help: str,
    slider: tuple[float, float] | None = None,
    scale: Literal["linear", "log"] = "linear",
    unit: str = "",
    start: Start = None,
    quiet: bool = False,
    positional: bool = False,
    role: Role | None = None,
    per_tick: PerTick | None = None,
    search: Search | None = None,
    rate: bool = False,
    **bounds: Any,
) -> Any:
    """Declare a parameter once: bounds (`gt`, `ge`, `lt`, `le`), slider range and scale, unit and one line of
    help.

    `start` is where its control begins when the schedule is chosen: a number (for ticks a share of the run),
    or a function of the base lr and the run's ticks. `quiet` leaves a parameter that has its default value
    out of the text form; `positional` writes its value there without its name, which only the first
    parameters of a class can do.

    `role` says what a match solves for: the "shape" of the curve, its "length", or that of each "tread" of
    many. A parameter that counts per tick without being a count of ticks says with `per_tick` what its value
    is where there are `ratio` times as many: a rate per tick as `lambda value, ratio: value / ratio`.

    `search` says where a match looks for it, if bounds, unit and scale do not: a "rate" up to base lr, a
    "factor" up to 1 by its logarithm, or on a "log" scale although its slider is linear. `rate` says that it
    is a learning rate of its own beside base lr: a curve of twice the height has twice of it.
    """
    if unit == TICKS and bounds:  # a single count; a list of milestones bounds its items itself
        bounds.setdefault("le", TICKS_MAX)
    declared = _Declared(
        slider=slider,
        scale=scale,
        unit=unit,
        start=start,
        quiet=quiet,
        positional=positional,
        role=role,
        per_tick=per_tick,
        search=search,
        rate=rate,
    )
    return Field(default, description=help, json_schema_extra=declared, **bounds)


@dataclass(frozen=True)
class _Declared:
    """What pydantic has no field for. It is called when a JSON schema is made, to add what JSON can say."""

    slider: tuple[float, float] | None = None
    scale: Literal["linear", "log"] = "linear"
    unit: str = ""
    start: Start = None
    quiet: bool = False
    positional: bool = False
    role: Role | None = None
    per_tick: PerTick | None = None
    search: Search | None = None
    rate: bool = False

    def __call__(self, schema: dict[str, Any]) -> None:
        schema.update(slider=self.slider, scale=self.scale, unit=self.unit)


def scalar_type(field: FieldInfo) -> Any:
    """The type of a field without its bounds and without None."""
    return _strip(field.annotation)


def _strip(annotation: Any) -> Any:
    """`Annotated[X, ...]` and `X | None` to X."""
    if get_origin(annotation) is Annotated:
        return _strip(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [arg for arg in get_args(annotation) if arg is not type(None)]
        return _strip(inner[0]) if len(inner) == 1 else annotation
    return annotation


def parameters(cls: type[BaseModel]) -> dict[str, Parameter]:
    """The declared parameters of a value's class, in order: the one source for sliders, messages, URL and
    docs."""
    return dict(_known(cls))


@cache  # a class declares once; pages ask thousands of times
def _known(cls: type[BaseModel]) -> dict[str, Parameter]:
    return dict(_parameters(cls))


@cache  # asked for by every plan that is written, once for each of its parts
def _parameters(cls: type[BaseModel]) -> tuple[tuple[str, Parameter], ...]:
    return tuple(_declared(cls))


def _declared(cls: type[BaseModel]) -> Iterator[tuple[str, Parameter]]:
    for name, field in cls.model_fields.items():
        kind = _strip(field.annotation)
        choices = tuple(str(arg) for arg in get_args(kind)) if get_origin(kind) is Literal else ()
        bound = {
            key: getattr(m, key)
            for m in field.metadata
            for key in ("gt", "ge", "lt", "le")
            if hasattr(m, key)
        }
        declared = extra if isinstance(extra := field.json_schema_extra, _Declared) else _Declared()
        yield (
            name,
            Parameter(
                name=name,
                type=kind if isinstance(kind, type) else object,
                default=None if field.is_required() else field.get_default(call_default_factory=True),
                required=field.is_required(),
                low=bound.get("gt", bound.get("ge")),
                high=bound.get("lt", bound.get("le")),
                open_low="gt" in bound,
                open_high="lt" in bound,
                slider=declared.slider,
                choices=choices,
                scale=declared.scale,
                unit=declared.unit,
                help=field.description or "",
                quiet=declared.quiet,
                start=declared.start,
                positional=declared.positional,
                role=declared.role,
                per_tick=declared.per_tick,
                search=declared.search,
                rate=declared.rate,
            ),
        )
