"""A pasted training script, read statement by statement: imports, constants, optimisers and the schedules
that it makes."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from lrcore.dialects.reading.calls import Calls
from lrcore.dialects.reading.expressions import Evaluator
from lrcore.dialects.reading.names import assign, called, counted, joined, optimizers, regrouped, settings
from lrcore.dialects.reading.optimizer_lines import CALLS
from lrcore.dialects.reading.syntax import Site, defaults, loaded, may_be_rule, names_of
from lrcore.dialects.reading.values import Found, Function, Optimizer, Reader, Scope, Unknown
from lrcore.dialects.reading.work import spend
from lrcore.errors import PlanError

STATEMENTS_MAX = 5000
_CALLS_MAX = 8  # functions of the script's own that call each other
_CALL_WORK = 300  # of the work that a paste may make: a script calls its functions a few times


class Script(Calls):
    """What one paste holds; `sites` are looked at for a formula when it makes no schedule."""

    def __init__(
        self,
        readers: dict[str, list[Reader]],
        base_lr: float | None,
        values: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(readers, base_lr, values)
        self.sites: list[Site] = []
        self.end = Scope(
            dict(self.values), dict(self.values), frozenset(readers) | CALLS
        )  # the names at the end of the script
        self._count = 0
        self._defs: dict[
            int, tuple[list[Any], PlanError | None]
        ] = {}  # what reading a def on its own made, by the id of its node
        self._dropped: list[Any] = []  # kept alive: their ids stay theirs
        self._returned: list[list[Any]] = []  # of the functions that are being called
        self._running = 0  # calls of the script's own functions around this line
        self._unsure = 0  # branches around this line that nobody can decide

    def read(self, tree: ast.Module) -> None:
        self._body(tree.body, self.end, ())
        self._collect(self.end)
        for _, error in self._defs.values():
            if error is not None:
                raise error

    def _body(self, body: Sequence[ast.stmt], scope: Scope, loops: tuple[str, ...]) -> bool:
        """Reads the lines; whether they return for sure."""
        for node in body:
            self._count += not self._running
            if self._count > STATEMENTS_MAX:
                raise PlanError(
                    f"This text has more than {STATEMENTS_MAX:,} statements; paste the part with the"
                    " schedule."
                )
            if self._statement(node, scope, loops):
                return True
        return False

    def _statement(self, node: ast.stmt, scope: Scope, loops: tuple[str, ...]) -> bool:
        evaluator = Evaluator(
            scope, lambda call, name, args, named: self._call(call, name, args, named, scope, loops)
        )

        def read(part: ast.expr) -> Any:
            return self._composed(evaluator.value(part))

        if not loops and not self._unsure:
            self.optimizers.extend(regrouped(node, scope))
        match node:
            case ast.Import(names=names):
                for item in names:
                    if item.asname:
                        scope.names["import " + item.asname] = item.name
            case ast.ImportFrom(module=module, names=names):
                for item in names:
                    scope.names["import " + (item.asname or item.name)] = (
                        f"{module}.{item.name}" if module else item.name
                    )
            case ast.Assign(value=value) | ast.AnnAssign(value=value):
                self._site(node, scope, loops)
                if value is not None:
                    made = read(value)
                    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                        assign(target, made, scope)
                        if (
                            isinstance(made, Unknown)
                            and isinstance(value, ast.Call)
                            and "sched" in ast.unparse(target).lower()
                        ):
                            self.unread.append((node.lineno, ast.unparse(value.func)))
            case ast.AugAssign(target=target, op=op, value=value):
                self._site(node, scope, loops)
                assign(target, read(ast.copy_location(ast.BinOp(loaded(target), op, value), node)), scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, scope)
            case ast.ClassDef(body=body):
                inner = scope.child()
                self._body(body, inner, ())
                scope.names[node.name] = settings(node, inner)
            case (
                ast.For(target=target, iter=items, body=body, orelse=rest)
                | ast.AsyncFor(target=target, iter=items, body=body, orelse=rest)
            ):
                read(items)
                counted(body, scope)
                for name in names_of(target):
                    scope.names[name] = Unknown(f"{name} is counted by the loop", node.lineno)
                self._body([*body, *rest], scope, (*loops, next(iter(names_of(target)), "")))
            case ast.While(test=test, body=body, orelse=rest):
                counted(body, scope)
                read(test)
                self._body([*body, *rest], scope, (*loops, ""))
            case ast.If(test=test, body=body, orelse=rest):
                decided = read(test)
                if isinstance(decided, (bool, int, float)):
                    return self._body(body if decided else rest, scope, loops)
                self._undecided(node, scope, loops)
            case ast.Match(subject=subject, cases=cases):
                return self._match(read(subject), cases, scope, loops)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for opened in items:
                    read(opened.context_expr)
                return self._body(body, scope, loops)
            case ast.Try(body=body, handlers=handlers, orelse=rest, finalbody=final):
                self._body(
                    [*body, *(line for handler in handlers for line in handler.body), *rest, *final],
                    scope,
                    loops,
                )
            case ast.Return(value=value) | ast.Expr(value=value) if value is not None:
                self._site(node, scope, loops)
                made = read(value)
                if isinstance(node, ast.Return) and self._returned:
                    self._returned[-1].append(made)
        return isinstance(node, ast.Return)

    def _match(
        self, value: Any, cases: Sequence[ast.match_case], scope: Scope, loops: tuple[str, ...]
    ) -> bool:
        for case in cases:
            literal = (
                isinstance(case.pattern, ast.MatchValue)
                and isinstance(case.pattern.value, ast.Constant)
                and case.guard is None
            )
            if literal and isinstance(value, (str, int, float)):
                if case.pattern.value.value == value:  # type: ignore[attr-defined]
                    return self._body(case.body, scope, loops)
            else:
                self._body(case.body, scope, loops)
        return False

    def _undecided(self, node: ast.If, scope: Scope, loops: tuple[str, ...]) -> None:
        before = optimizers(scope)
        self._unsure += 1
        self._body(node.body, scope, loops)
        one = optimizers(scope)
        scope.names.update(before)
        self._body(node.orelse, scope, loops)
        self._unsure -= 1
        joined(scope, one, node.lineno)

    def _site(self, node: ast.stmt, scope: Scope, loops: tuple[str, ...]) -> None:
        if may_be_rule(node, loops):
            self.sites.append(Site(node, scope.child(), loops))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        self.sites.append(Site(node, scope))
        if isinstance(node, ast.FunctionDef):
            scope.names[node.name] = self._composed(Function(node, scope.names, node.lineno, scope.arguments))
        inner = scope.child()
        for name, value in defaults(node.args, scope).items():
            inner.names[name] = (
                value if value is not None else Unknown(f"{name} is an argument of {node.name}", node.lineno)
            )
        kept, self.sites, error = (
            self.sites,
            [],
            None,
        )  # a def is looked at as a whole; its lines are not sites of their own
        ends = len(self.found), len(self.optimizers), len(self.unread)
        depth = len(self._returned)
        self._returned.append([])
        try:
            self._body(node.body, inner, ())
        except PlanError as problem:  # it may be readable where it is called
            error = problem
        del self._returned[depth:]
        made = [*self.found[ends[0] :], *self.optimizers[ends[1] :], *self.unread[ends[2] :]]
        self.sites, self._defs[id(node)] = kept, (made, error)
        scope.names.update({path: value for path, value in inner.names.items() if path.startswith("self.")})

    def _own_call(
        self, function: Function, args: list[Any], named: dict[str, Any], loops: tuple[str, ...]
    ) -> Any:
        """What a function of the script's own returns, where it makes schedules or optimisers; NotImplemented
        for any other."""
        made, error = self._defs.get(id(function.node), ([], None))
        makes = (
            made
            or error
            or (isinstance(function.node, ast.Lambda) and isinstance(function.node.body, ast.Call))
        )
        makes = makes or any(isinstance(item, (Found, Optimizer)) for item in (*args, *named.values()))
        makes = makes or any(
            isinstance(part, (ast.Lambda, ast.FunctionDef))
            for part in ast.walk(function.node)
            if part is not function.node
        )
        if not makes or self._running >= _CALLS_MAX:
            return NotImplemented
        if isinstance(
            function.node, ast.FunctionDef
        ):  # what the def made on its own was made without these arguments
            self._dropped += made
            drop = {id(item) for item in made}
            self.found = [item for item in self.found if id(item) not in drop]
            self.optimizers = [item for item in self.optimizers if id(item) not in drop]
            self.unread = [item for item in self.unread if id(item) not in drop]
            self._defs[id(function.node)] = ([None], None)
        spend(_CALL_WORK)
        inner = called(function, args, named, self.end.calls)
        kept, self.sites = self.sites, []
        begun = len(self.found)
        self._returned.append([])
        self._running += 1
        body = function.node.body
        try:
            self._body(
                body if isinstance(body, list) else [ast.copy_location(ast.Return(body), body)], inner, loops
            )
        finally:
            self.sites, results = kept, self._returned.pop()
            self._running -= 1
        before = [_key(item) for item in self.found[:begun] if id(item) not in self._inner]
        self._inner.update(
            id(item) for item in self.found[begun:] if _key(item) in before
        )  # the same call twice
        return results[0] if len(results) == 1 else NotImplemented

    def _collect(self, scope: Scope) -> None:
        """A Lightning dict `{"scheduler": s, "interval": "step"}` says what its schedule counts."""
        for value in scope.names.values():
            if isinstance(value, dict) and isinstance(value.get("scheduler"), Found) and "interval" in value:
                self._clocks[str(id(value["scheduler"]))] = (
                    "iteration" if value["interval"] == "step" else "epoch"
                )


def _key(item: Found) -> Any:
    return item.line, item.schedule, item.base_lr, item.clock, item.optimizer and item.optimizer.lr
