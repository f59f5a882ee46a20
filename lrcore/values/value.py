"""Validation that speaks in sentences: the base of every frozen value."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import ErrorDetails

from lrcore.errors import LRLabError
from lrcore.values.parameter import parameters, scalar_type

# The end of our sentence for each of pydantic's error types, with what its context holds; `s` is a plural's.
# Source: https://docs.pydantic.dev/latest/errors/validation_errors/
_REASONS = {
    "bool_parsing": "must be a valid boolean",
    "bool_type": "must be a valid boolean",
    "dict_type": "must be a valid dictionary",
    "finite_number": "must be a finite number",
    "float_parsing": "must be a valid number",
    "float_type": "must be a valid number",
    "greater_than": "must be greater than {gt:.15g}",
    "greater_than_equal": "must be greater than or equal to {ge:.15g}",
    "int_from_float": "must be a valid integer",
    "int_parsing": "must be a valid integer",
    "int_parsing_size": "must be a smaller integer",
    "int_type": "must be a valid integer",
    "less_than": "must be less than {lt:.15g}",
    "less_than_equal": "must be less than or equal to {le:.15g}",
    "literal_error": "must be {expected}",
    "model_type": "must be a valid dictionary or instance of {class_name}",
    "string_too_long": "must have at most {max_length} character{s}",
    "string_too_short": "must have at least {min_length} character{s}",
    "string_type": "must be a valid string",
    "too_long": "must have at most {max_length} item{s}",
    "too_short": "must have at least {min_length} item{s}",
    "tuple_type": "must be a valid list",
}


class Value(BaseModel):
    """A frozen value whose validation errors are LRLabErrors with a sentence for each field that is wrong."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    error: ClassVar[type[LRLabError]] = LRLabError
    noun: ClassVar[str] = ""

    @model_validator(mode="wrap")
    @classmethod
    def _validate_in_sentences(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if inspect.isabstract(cls) and not isinstance(data, cls):
            raise cls.error(
                f"{cls._subject()} must be one of its kinds, but {short(data)} arrived; name the kind, with"
                " its parameters."
            )
        if isinstance(data, dict):
            for name, value in data.items():
                field = cls.model_fields.get(name)
                if (
                    field is not None
                    and isinstance(value, (bool, str))
                    and scalar_type(field) in (int, float)
                ):
                    raise cls.error(
                        f"{cls._subject()}: {name} must be a number, but {short(value)} arrived; write it"
                        f" plainly, as in {name}=1."
                    )
        try:
            return handler(data)
        except ValidationError as error:
            first = {entry["loc"][:1]: entry for entry in reversed(error.errors())}  # one sentence a field
            raise cls.error(
                " ".join(cls._sentence(entry) for entry in list(first.values())[::-1][:3])
            ) from None

    @classmethod
    def _subject(cls) -> str:
        return cls.noun or cls.__name__

    @classmethod
    def _sentence(cls, entry: ErrorDetails) -> str:
        subject, known = cls._subject(), parameters(cls)
        name = str(entry["loc"][0]) if entry["loc"] else ""
        if entry["type"] == "missing":
            return f"{subject} needs {name}: {known[name].help or known[name].allowed}."
        if entry["type"] == "extra_forbidden":
            names = ", ".join(known) or "none"
            return f"{subject} has no parameter {short(name)}; it knows {names}."
        if name in known:
            item = name + "".join(
                f"[{part}]" if isinstance(part, int) else f".{part}" for part in entry["loc"][1:]
            )
            ranged = known[name].type in (int, float) or known[name].choices
            reason = "must be " + known[name].allowed if ranged else _reason(entry)
            return f"{subject}: {item}={short(entry['input'])} is not allowed; {item} {reason}."
        return f"{subject}: {_reason(entry)} (got {short(entry['input'])})."


def short(value: object, length: int = 60) -> str:
    """A value as it arrived, cut to a length that fits a message."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a whole number of thousands of digits, lists in lists in lists
        text = f"a {type(value).__name__} too long to be shown"
    return text if len(text) <= length else text[: length - 1] + "…"


def _reason(entry: ErrorDetails) -> str:
    """Why a value was refused; in pydantic's own words where we have none."""
    context = entry.get("ctx", {})
    plural = "" if 1 in (context.get("min_length"), context.get("max_length")) else "s"
    reason = _REASONS.get(entry["type"])
    return entry["msg"] if reason is None else reason.format(**context, s=plural)


class Kinded(Value):
    """A value of one of several registered kinds: `{"kind": ..., **parameters}` in JSON."""

    kind: ClassVar[str]

    @model_serializer(mode="wrap")
    def _with_kind(self, handler: Any) -> dict[str, Any]:
        return {"kind": self.kind, **handler(self)}

    @model_validator(mode="before")
    @classmethod
    def _without_kind(cls, data: object) -> object:
        return (
            {key: value for key, value in data.items() if key != "kind"} if isinstance(data, dict) else data
        )
