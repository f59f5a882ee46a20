"""Validation that speaks in sentences: the base of every frozen value."""

from __future__ import annotations

import inspect
import re
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_serializer, model_validator

from lrcore.errors import LRLabError
from lrcore.values.parameter import parameters, scalar_type


class Value(BaseModel):
    """A frozen value whose validation errors are LRLabErrors with a sentence for each field that is wrong."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    error: ClassVar[type[LRLabError]] = LRLabError
    noun: ClassVar[str] = ""

    @model_validator(mode="wrap")
    @classmethod
    def _speak(cls, data: Any, handler: Any) -> Self:
        if inspect.isabstract(cls) and not isinstance(data, cls):
            raise cls.error(
                f"{cls._who()} must be one of its kinds, but {short(data)} arrived; name the kind, with its"
                " parameters."
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
                        f"{cls._who()}: {name} must be a number, but {short(value)} arrived; write it"
                        f" plainly, as in {name}=1."
                    )
        try:
            made: Self = handler(data)
            return made
        except ValidationError as error:
            first = {entry["loc"][:1]: entry for entry in reversed(error.errors())}  # one sentence a field
            raise cls.error(
                " ".join(cls._sentence(entry) for entry in list(first.values())[::-1][:3])
            ) from None

    @classmethod
    def _who(cls) -> str:
        return cls.noun or cls.__name__

    @classmethod
    def _sentence(cls, entry: Any) -> str:
        who, known = cls._who(), parameters(cls)
        name = str(entry["loc"][0]) if entry["loc"] else ""
        if entry["type"] == "missing":
            return f"{who} needs {name}: {known[name].help or known[name].allowed}."
        if entry["type"] == "extra_forbidden":
            names = ", ".join(known) or "none"
            return f"{who} has no parameter {short(name)}; it knows {names}."
        if name in known:
            item = name + "".join(
                f"[{part}]" if isinstance(part, int) else f".{part}" for part in entry["loc"][1:]
            )
            ranged = known[name].type in (int, float) or known[name].choices
            reason = "must be " + known[name].allowed if ranged else _plain(entry["msg"])
            return f"{who}: {item}={short(entry['input'])} is not allowed; {item} {reason}."
        return f"{who}: {_plain(entry['msg'])} (got {short(entry['input'])})."


def short(value: Any, length: int = 60) -> str:
    """A value as it arrived, cut to a length that fits a message."""
    text = repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def _plain(message: str) -> str:
    """pydantic's reason as the end of our sentence: "Input should be a valid tuple" -> "must be a valid
    tuple"."""
    text = re.sub(r"^(Value error, )?(Input|Tuple) should ", "must ", message).replace("tuple", "list")
    return re.sub(r" after validation, not \d+$|, got a number with a fractional part$", "", text.rstrip("."))


class Kinded(Value):
    """A value of one of several registered kinds: `{"kind": ..., **parameters}` in JSON."""

    kind: ClassVar[str]

    @model_serializer(mode="wrap")
    def _with_kind(self, handler: Any) -> dict[str, Any]:
        return {"kind": self.kind, **handler(self)}

    @model_validator(mode="before")
    @classmethod
    def _without_kind(cls, data: Any) -> Any:
        return (
            {key: value for key, value in data.items() if key != "kind"} if isinstance(data, dict) else data
        )
