"""The script's own functions: each is read on its own, and again where it is called, with its arguments."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from lrcore.dialects.reading.calls import Calls
from lrcore.dialects.reading.names import scope_of_call
from lrcore.dialects.reading.optimizer_lines import OPTIMIZER_CLASSES
from lrcore.dialects.reading.syntax import Site, defaults
from lrcore.dialects.reading.values import Clock, Found, Function, Optimizer, Reader, Scope, Unknown
from lrcore.dialects.reading.work import spend
from lrcore.errors import PlanError
from lrcore.schedules import Schedule

_CALLS_MAX = 8  # functions of the script's own that call each other
_CALL_WORK = 300  # of the work that a paste may make: a script calls its functions a few times

Made = Found | Optimizer | tuple[int, str]  # a schedule, an optimiser, or the (line, name) of an unread call


class OwnFunctions(Calls):
    """Calls, those of the script's own functions among them."""

    def __init__(
        self,
        readers: dict[str, list[Reader]],
        base_lr: float | None,
        values: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(readers, base_lr, values)
        self.sites: list[Site] = []
        # The names at the end of the script.
        self.end = Scope(dict(self.values), dict(self.values), frozenset(readers) | OPTIMIZER_CLASSES)
        self._running = 0  # calls of the script's own functions around this line
        self._returned: list[list[Any]] = []  # by the functions that are being called
        # What reading a def on its own made, by the id of its node; None once a call has made it anew.
        self._defs: dict[int, tuple[list[Made] | None, PlanError | None]] = {}
        self._dropped: list[Made] = []  # kept alive: their ids stay theirs

    @abstractmethod
    def _body(self, body: Sequence[ast.stmt], scope: Scope, loops: tuple[str, ...]) -> bool:
        """Reads the lines; whether they return for sure."""

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        """Reads a def on its own, with its parameters' defaults."""
        self.sites.append(Site(node, scope))
        if isinstance(node, ast.FunctionDef):
            scope.names[node.name] = self._composed(Function(node, scope.names, node.lineno, scope.arguments))
        inner = scope.child()
        for name, value in defaults(node.args, scope).items():
            unknown = Unknown(f"{name} is an argument of {node.name}", node.lineno)
            inner.names[name] = unknown if value is None else value
        # A def is looked at as a whole; its lines are not sites of their own.
        kept, self.sites = self.sites, []
        begun = len(self.found), len(self.optimizers), len(self.unread)
        depth = len(self._returned)
        self._returned.append([])
        error: PlanError | None = None
        try:
            self._body(node.body, inner, ())
        except PlanError as problem:  # it may be readable where it is called
            error = problem
        del self._returned[depth:]
        found, optimizers, unread = begun
        made: list[Made] = [*self.found[found:], *self.optimizers[optimizers:], *self.unread[unread:]]
        self.sites, self._defs[id(node)] = kept, (made, error)
        scope.names.update({path: value for path, value in inner.names.items() if path.startswith("self.")})

    def _own_call(
        self, function: Function, args: list[Any], named: dict[str, Any], loops: tuple[str, ...]
    ) -> Any:
        """What a function of the script's own returns, where it makes schedules or optimisers; NotImplemented
        for any other."""
        if self._running >= _CALLS_MAX or not self._makes(function, [*args, *named.values()]):
            return NotImplemented
        if isinstance(function.node, ast.FunctionDef):
            self._drop(function.node)
        spend(_CALL_WORK)
        inner = scope_of_call(function, args, named, self.end.calls)
        kept, self.sites = self.sites, []
        begun = len(self.found)
        self._returned.append([])
        self._running += 1
        body = function.node.body
        lines = body if isinstance(body, list) else [ast.copy_location(ast.Return(body), body)]
        try:
            self._body(lines, inner, loops)
        finally:
            self.sites, results = kept, self._returned.pop()
            self._running -= 1
        # The same call twice makes one schedule.
        before = [_key(item) for item in self.found[:begun] if id(item) not in self._inner]
        self._inner.update(id(item) for item in self.found[begun:] if _key(item) in before)
        return results[0] if len(results) == 1 else NotImplemented

    def _makes(self, function: Function, arguments: list[Any]) -> bool:
        """Whether a call may make a schedule or an optimiser, or return a function that does."""
        made, error = self._defs.get(id(function.node), ([], None))
        if made is None or made or error is not None:
            return True
        if isinstance(function.node, ast.Lambda) and isinstance(function.node.body, ast.Call):
            return True
        if any(isinstance(item, (Found, Optimizer)) for item in arguments):
            return True
        return any(
            isinstance(part, (ast.Lambda, ast.FunctionDef))
            for part in ast.walk(function.node)
            if part is not function.node
        )

    def _drop(self, node: ast.FunctionDef) -> None:
        """Forgets what the def made on its own, which was made without the arguments of a call."""
        made = self._defs.get(id(node), ([], None))[0] or []
        self._dropped += made
        drop = {id(item) for item in made}
        self.found = [item for item in self.found if id(item) not in drop]
        self.optimizers = [item for item in self.optimizers if id(item) not in drop]
        self.unread = [item for item in self.unread if id(item) not in drop]
        self._defs[id(node)] = (None, None)


def _key(item: Found) -> tuple[int, Schedule, float | None, Clock, Any]:
    return item.line, item.schedule, item.base_lr, item.clock, item.optimizer and item.optimizer.lr
