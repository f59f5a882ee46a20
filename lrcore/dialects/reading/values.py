"""What a pasted script's names can stand for: plain values, schedules, optimisers, formulas, and what cannot
be known."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lrcore.dialects.reading.work import spend
from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.text.parser import unparse
from lrcore.values.value import short

Clock = Literal["epoch", "iteration"]


@dataclass(frozen=True)
class Unknown:
    """A value that the paste does not give; `reason` ends the sentence of the error if a schedule needs
    it."""

    reason: str
    line: int
    name: str = ""  # what would have to be given; empty where no single value would help


@dataclass(frozen=True)
class Optimizer:
    """An optimiser line: its lr (a number, a `Found` schedule, or None when the line leaves it at the
    library's default)."""

    lr: Any
    line: int
    name: str = ""


@dataclass(frozen=True)
class Function:
    """A lambda or def as it stands, with the names that it could see."""

    node: ast.Lambda | ast.FunctionDef
    names: Mapping[str, Any]
    line: int
    arguments: Mapping[str, Any] = field(default_factory=dict)  # what argparse lines declare


@dataclass(frozen=True, repr=False)
class Partial:
    """`functools.partial(StepLR, step_size=30)`: a call that waits for the rest of its arguments.

    It has no text of its own: one that holds another twice would double with every line.
    """

    name: str
    positional: list[Any]
    keywords: dict[str, Any]


class Fields(dict[str, Any]):
    """The attributes of a class that holds settings: `cfg.lr` of the class itself and of what
    `Config(lr=0.3)` makes."""


@dataclass(frozen=True, eq=False)
class Found:
    """A schedule that was read: `base_lr` is its own (keras, optax), or None when the optimiser gives it."""

    schedule: Schedule
    base_lr: float | None
    clock: Clock
    line: int
    dialect: str
    name: str
    optimizer: Optimizer | None = None
    parts: tuple[Found, ...] = ()  # of a composition that torch builds on an optimiser
    order: int = 0  # when torch builds it on an optimiser, counted from 1; 0 in a plan's own text


@dataclass(frozen=True)
class Given:
    """The arguments of one call, bound to the library's own parameter names."""

    name: str  # the function's bare name
    arguments: Mapping[str, Any]
    line: int
    base_lr: float | None  # the optimiser's lr, where the call has an optimiser
    optimizer: Optimizer | None = None
    order: int = 0  # which call of the script that makes a schedule this is, counted from 1

    def __getitem__(self, name: str) -> Any:
        return self.arguments[name]


@dataclass(frozen=True)
class Reader:
    """One function or class of a library that makes a schedule: its parameters as the library declares them.

    `signature` is the text between the parentheses of its definition, with the library's own defaults. Where
    two libraries have a call of one name, a word of `roots` in front of it says that it is this one's.
    """

    name: str
    signature: str
    build: Callable[[Given], Found | None]
    roots: tuple[str, ...]
    aliases: tuple[str, ...] = ()


@dataclass
class Scope:
    """The names that are known at one place of the paste."""

    names: dict[str, Any] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)  # what argparse lines declare: `--lr` as "lr"
    # Classes and functions of the libraries, for which a name may stand: `cls = StepLR`.
    calls: frozenset[str] = frozenset()

    def child(self) -> Scope:
        spend(1 + len(self.names) // 10)  # thousands of copies of thousands of names fill a memory
        return Scope(dict(self.names), self.arguments, self.calls)


def source(node: ast.expr) -> str:
    """An expression as a sentence shows it."""
    try:
        return short(unparse(node))[1:-1]
    except PlanError:
        return "this expression"


def dotted(node: ast.expr, names: Mapping[str, Any]) -> str | None:
    """`a.b.c` with the imports put in; None for anything that is not names and dots."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    imported = names.get("import " + node.id)
    return ".".join([imported if isinstance(imported, str) else node.id, *reversed(parts)])


def unpacked(target: ast.expr, item: Any, names: dict[str, Any]) -> bool:
    """Gives the names of `for a` or `for a, b` their values, where they fit."""
    if isinstance(target, ast.Name):
        names[target.id] = item
        return True
    if isinstance(target, ast.Tuple) and isinstance(item, list) and len(item) == len(target.elts):
        return all(unpacked(part, value, names) for part, value in zip(target.elts, item, strict=True))
    return False
