"""The settings in words: what a variable allows, the sentence for a wrong one, and the table of the
documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

PREFIX = "LRLAB_"


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def allowed(field: FieldInfo) -> str:
    """What a setting takes, as the end of the sentence "allowed is ...".

    >>> from typing import Annotated
    >>> allowed(FieldInfo.from_annotation(Annotated[int, Ge(1), Le(9)]))
    'a whole number from 1 to 9'
    """
    extra = field.json_schema_extra
    if isinstance(extra, Mapping) and "allowed" in extra:
        return str(extra["allowed"])
    kinds = [kind for kind in _kinds(field.annotation) if kind is not NoneType]
    choices = [str(choice) for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)]
    if choices:
        return f"{', '.join(choices[:-1])} or {choices[-1]}"
    words: dict[object, str] = {bool: "true or false", int: "a whole number", float: "a number"}
    return words.get(kinds[0], "a text") + "".join(_bounds(field.metadata))


def _kinds(annotation: object) -> tuple[object, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _bounds(metadata: Iterable[object]) -> Iterator[str]:
    for bound in metadata:
        match bound:
            case Ge(ge):
                yield f" from {ge}"
            case Gt(gt):
                yield f" above {gt}"
            case Le(le):
                yield f" to {le}"
            case Lt(lt):
                yield f" below {lt}"


def sentences(model: type[BaseModel], error: ValidationError, environment: Mapping[str, str]) -> list[str]:
    """One sentence for each variable that pydantic refuses: its name, what arrived, what is allowed."""
    found: dict[str, str] = {}
    for problem in error.errors(include_url=False):
        name = str(problem["loc"][0]).lower().removeprefix(PREFIX.lower()) if problem["loc"] else ""
        field = model.model_fields.get(name)
        if field is None:  # what several settings together make wrong is said by the validator that sees it
            found[problem["msg"]] = problem["msg"].removeprefix("Value error, ")
            continue
        given = _given(variable(name), environment)
        arrived = "is not shown here" if SecretStr in _kinds(field.annotation) else f"is {given!r}"
        found[name] = f"{variable(name)} {arrived}; allowed is {allowed(field)}."
    return list(found.values())


def _given(name: str, environment: Mapping[str, str]) -> str:
    """The value of a variable, whose case does not matter to pydantic-settings either."""
    return next((value for key, value in environment.items() if key.upper() == name), "")


def unknown(model: type[BaseModel], environment: Mapping[str, str]) -> list[str]:
    """One sentence for each variable that looks like a setting and is none: a typing error would otherwise
    be a setting that silently does nothing."""
    known = [variable(name) for name in model.model_fields]
    wrong = []
    for name in environment:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = get_close_matches(name.upper(), known, n=1)
            wrong.append(
                f"{name} is no setting of LR Lab; did you mean {near[0]}?"
                if near
                else f"{name} is no setting of LR Lab; there are {', '.join(known)}."
            )
    return wrong


def table(model: type[BaseModel]) -> str:
    """All settings as a Markdown table."""
    lines = ["| variable | what it sets | allowed | default |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        lines.append(f"| `{variable(name)}` | {field.description} | {allowed(field)} | {_default(field)} |")
    return "\n".join(lines)


def _default(field: FieldInfo) -> str:
    match field.default:
        case None | "" | ():
            return "not set"
        case bool(value):
            return f"`{str(value).lower()}`"
        case Path() | str() | int() | float() as value:
            return f"`{value}`"
        case tuple() | list() as values:
            return f"`{', '.join(map(str, values))}`"
        case _:
            return "not set"
