"""A pasted training script, read statement by statement: imports, constants, optimisers and the schedules
that it makes."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, final

from lrcore.dialects.reading.expressions import Evaluator
from lrcore.dialects.reading.names import (
    assign,
    forget_counters,
    merge_optimizers,
    optimizers_in,
    regrouped,
    settings,
)
from lrcore.dialects.reading.own_functions import OwnFunctions
from lrcore.dialects.reading.syntax import Site, loaded, may_be_rule, names_of
from lrcore.dialects.reading.values import Clock, Found, Reader, Scope, Unknown
from lrcore.errors import PlanError
from lrcore.text.parser import unparse

STATEMENTS_MAX = 5000


@final
class Script(OwnFunctions):
    """What one paste holds; `sites` are looked at for a formula when it makes no schedule."""

    def __init__(
        self,
        readers: dict[str, list[Reader]],
        base_lr: float | None,
        values: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(readers, base_lr, values)
        self._count = 0  # statements that were read
        self._undecided = 0  # branches around this line that nobody can decide

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

        if not loops and not self._undecided:
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
                            and "sched" in unparse(target).lower()
                        ):
                            self.unread.append((node.lineno, unparse(value.func)))
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
                forget_counters(body, scope)
                for name in names_of(target):
                    scope.names[name] = Unknown(f"{name} is counted by the loop", node.lineno)
                self._body([*body, *rest], scope, (*loops, next(iter(names_of(target)), "")))
            case ast.While(test=test, body=body, orelse=rest):
                forget_counters(body, scope)
                read(test)
                self._body([*body, *rest], scope, (*loops, ""))
            case ast.If(test=test, body=body, orelse=rest):
                decided = read(test)
                if isinstance(decided, (bool, int, float)):
                    return self._body(body if decided else rest, scope, loops)
                self._either(node, scope, loops)
            case ast.Match(subject=subject, cases=cases):
                return self._match(read(subject), cases, scope, loops)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for opened in items:
                    read(opened.context_expr)
                return self._body(body, scope, loops)
            case ast.Try(body=body, handlers=handlers, orelse=rest, finalbody=last):
                handling = (line for handler in handlers for line in handler.body)
                self._body([*body, *handling, *rest, *last], scope, loops)
            case ast.Return(value=value) | ast.Expr(value=value) if value is not None:
                self._site(node, scope, loops)
                made = read(value)
                if isinstance(node, ast.Return) and self._returned:
                    self._returned[-1].append(made)
        return isinstance(node, ast.Return)

    def _match(
        self, value: Any, cases: Sequence[ast.match_case], scope: Scope, loops: tuple[str, ...]
    ) -> bool:
        """Reads the case that a known value picks, or every case that may be it."""
        for case in cases:
            match case:
                case ast.match_case(
                    pattern=ast.MatchValue(value=ast.Constant(value=literal)), guard=None
                ) if isinstance(value, (str, int, float)):
                    if literal == value:
                        return self._body(case.body, scope, loops)
                case _:
                    self._body(case.body, scope, loops)
        return False

    def _either(self, node: ast.If, scope: Scope, loops: tuple[str, ...]) -> None:
        """Reads both branches of an if that nobody can decide."""
        before = optimizers_in(scope)
        self._undecided += 1
        self._body(node.body, scope, loops)
        one = optimizers_in(scope)
        scope.names.update(before)
        self._body(node.orelse, scope, loops)
        self._undecided -= 1
        merge_optimizers(scope, one, node.lineno)

    def _site(self, node: ast.stmt, scope: Scope, loops: tuple[str, ...]) -> None:
        if may_be_rule(node, loops):
            self.sites.append(Site(node, scope.child(), loops))

    def _collect(self, scope: Scope) -> None:
        """A Lightning dict `{"scheduler": s, "interval": "step"}` says what its schedule counts."""
        for value in scope.names.values():
            if isinstance(value, dict) and isinstance(value.get("scheduler"), Found) and "interval" in value:
                clock: Clock = "iteration" if value["interval"] == "step" else "epoch"
                self._clocks[id(value["scheduler"])] = clock
