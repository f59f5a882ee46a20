"""The defs of a paste that make schedules: read where they stand, and once more with the arguments of each call."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from lrcore.dialects._reading import Site, defaults
from lrcore.dialects._values import Found, Function, Scope, Unknown
from lrcore.errors import PlanError

Def = ast.FunctionDef | ast.AsyncFunctionDef
Body = Callable[[Sequence[ast.stmt], Scope, tuple[str, ...]], None]
_ARGUMENT = "is an argument of"


class Defs:
    """Works on the lists of its script: the schedules `found`, the ids of those that do not count, and the `sites` of formulas."""

    def __init__(self, body: Body, found: list[Found], hidden: set[int], sites: list[Site]) -> None:
        self._body, self._found, self._hidden, self._sites = body, found, hidden, sites
        self._made: dict[Def, list[Found]] = {}  # the schedules of each def as it stands
        self._waiting: dict[Def, PlanError] = {}  # defs that can only be read where they are called
        self._dropped: list[Found] = []
        self._makers: set[Def] = set()
        self._running: list[Def] = []
        self.returned: Any = None

    def define(self, node: Def, scope: Scope) -> None:
        """Reads a def with the defaults of its arguments. If it needs more, it waits for a call."""
        begun = len(self._found)
        try:
            self._inside(node, scope, {}, ())
        except PlanError as error:
            if _ARGUMENT not in str(error) and not error.missing:
                raise
            self._dropped += self._found[begun:]  # kept alive: their ids stay theirs
            del self._found[begun:]
            self._waiting[node] = error
        self._made[node] = self._found[begun:]
        if self._made[node] or node in self._waiting:
            self._makers.add(node)

    def call(self, function: Function, args: list[Any], named: dict[str, Any], loops: tuple[str, ...]) -> Any:
        """What a call of a def that makes schedules returns: they are those of this call, no longer those of its defaults."""
        node, begun = function.node, len(self._found)
        if not isinstance(node, ast.FunctionDef) or node not in self._makers or node in self._running:
            return NotImplemented
        self._waiting.pop(node, None)
        self._hidden.update(id(item) for item in self._made[node])
        given = {**dict(zip([item.arg for item in node.args.args], args, strict=False)), **named}
        self._running.append(node)
        try:
            made = self._inside(node, Scope(dict(function.names), dict(function.arguments)), given, loops)
        finally:
            self._running.pop()
        before = [_key(item) for item in self._found[:begun] if id(item) not in self._hidden]
        self._hidden.update(id(item) for item in self._found[begun:] if _key(item) in before)  # the same call twice
        return made

    def check(self) -> None:
        """PlanError if a def still waits: nothing calls it by its name."""
        if self._waiting:
            raise next(iter(self._waiting.values()))

    def _inside(self, node: Def, scope: Scope, given: dict[str, Any], loops: tuple[str, ...]) -> Any:
        inner, outer, sites = scope.child(), self.returned, len(self._sites)
        for name, value in defaults(node.args, scope).items():
            inner.names[name] = value if value is not None else Unknown(f"{name} {_ARGUMENT} {node.name}", node.lineno)
        inner.names.update(given)
        self.returned = None
        try:
            self._body(node.body, inner, loops)
        finally:
            made, self.returned = self.returned, outer
            del self._sites[sites:]  # a def is looked at as a whole; its lines are not sites of their own
        return made


def _key(item: Found) -> Any:
    return item.line, item.schedule, item.base_lr, item.clock, item.optimizer and item.optimizer.lr
