"""A hand-written rule as one expression of its free names: locals, branches and returns of a def put
together, nothing run."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, final

from lrcore.dialects.reading.expressions import Evaluator
from lrcore.dialects.reading.nodes import branch, is_rate, returns
from lrcore.dialects.reading.symbols import Symbols
from lrcore.dialects.reading.syntax import loaded, no_call
from lrcore.dialects.reading.values import Function, Scope, Unknown
from lrcore.dialects.reading.work import spend
from lrcore.errors import PlanError
from lrcore.text.parser import unparse

_BRANCHES_MAX = 40
_CALLS_MAX = 5  # functions of the script's own that call each other in one rule
_RATE = "lr!"  # the symbol of the last rate that was set; no name of a script ends like this


@final
class Inliner(Symbols):
    """Reads expressions and bodies in one scope; `calls` counts the script's own functions around it."""

    def __init__(
        self,
        names: Mapping[str, Any],
        arguments: Mapping[str, Any],
        symbols: Mapping[str, ast.expr] | None = None,
        calls: int = 0,
    ) -> None:
        super().__init__(names, arguments, symbols)
        self._calls = calls

    def _inlined(self, function: Function, node: ast.Call) -> ast.expr:
        if self._calls >= _CALLS_MAX:
            raise PlanError(
                f"Line {node.lineno}: functions are nested too deeply here; write the formula out."
            )
        given = [self.expression(item) for item in node.args]
        named = {item.arg: self.expression(item.value) for item in node.keywords if item.arg}
        return function_expression(function, given, named, self._calls + 1)

    def body(self, lines: Sequence[ast.stmt], depth: int = 0) -> ast.expr | None:
        """What the lines return, or the last value that they give an lr; None if they do neither."""
        if depth > _BRANCHES_MAX:
            raise PlanError(
                f"Line {lines[0].lineno}: this rule has more than {_BRANCHES_MAX} branches; write fewer."
            )
        for index, line in enumerate(lines):
            spend()
            match line:
                case ast.Return(value=value) if value is not None:
                    return self.expression(value)
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=parts)) if len(
                    names
                ) == len(parts):
                    for name, part in zip(names, parts, strict=True):
                        self._assign(name, part)
                case (
                    ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value)
                ) if value is not None:
                    self._assign(target, value)
                case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
                    changed = ast.BinOp(ast.copy_location(loaded(target), line), op, value)
                    self._assign(target, ast.copy_location(changed, line))
                case ast.If(test=test, body=then, orelse=other) if returns(then) or returns(other):
                    condition, rest = self.expression(test), lines[index + 1 :]
                    yes = self._copy().body([*then, *rest], depth + 1)
                    no = self._copy().body([*other, *rest], depth + 1)
                    return branch(condition, yes, no) if yes is not None and no is not None else yes or no
                case ast.If(test=test, body=then, orelse=other):
                    self._merge(self.expression(test), then, other, depth)
                case ast.For() | ast.While() | ast.With() | ast.Try() | ast.Match() if returns([line]):
                    raise PlanError(
                        f"Line {line.lineno}: a return inside this block is not read; write the rule with if"
                        " and else alone."
                    )
                case ast.For(target=target, iter=items, body=inner):
                    self._loop(target, items, inner, depth)
                case ast.With(body=inner):
                    self.body(inner, depth + 1)
                case ast.While():
                    raise PlanError(
                        f"Line {line.lineno}: a while loop cannot be read as a formula; write the rate as"
                        " one, with // or if."
                    )
        return self._symbols.get(_RATE)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        try:
            made = self.expression(value)
        except PlanError:
            if is_rate(target):
                raise
            if isinstance(target, ast.Name):
                self._symbols.pop(target.id, None)
                self._scope.names[target.id] = Unknown(
                    "it is computed from what cannot be read", target.lineno
                )
            return
        if isinstance(target, ast.Name):
            self._symbols[target.id] = made
        if is_rate(target):
            self._symbols[_RATE] = made

    def _merge(self, test: ast.expr, then: Sequence[ast.stmt], other: Sequence[ast.stmt], depth: int) -> None:
        """After an if without a return: what either way gives each name."""
        yes, no = self._copy(), self._copy()
        yes.body(then, depth + 1)
        no.body(other, depth + 1)
        for name in {*yes._symbols, *no._symbols}:
            left, right = yes._symbols.get(name), no._symbols.get(name)
            if left is not None and right is not None:
                self._symbols[name] = left if left is right else branch(test, left, right)
            elif name == _RATE or name not in self._symbols:
                free = ast.Name(name.rstrip("!"), ast.Load())
                self._symbols[name] = branch(test, left or free, right or free)

    def _loop(self, target: ast.expr, items: ast.expr, inner: Sequence[ast.stmt], depth: int) -> None:
        """A loop over a known list is written out; one over parameter groups is looked into once."""
        known = self._read.value(items)
        numbers = isinstance(known, list) and all(isinstance(item, (int, float)) for item in known)
        if isinstance(target, ast.Name) and numbers:
            for item in known:
                self._symbols[target.id] = ast.Constant(item)
                self.body(inner, depth + 1)
            return
        if any(isinstance(line, ast.AugAssign) for line in inner) and "group" not in unparse(items):
            raise PlanError(
                f"Line {items.lineno}: how often this loop runs cannot be known; write the rate as one"
                " formula, with ** or //."
            )
        self.body(inner, depth + 1)

    def _copy(self) -> Inliner:
        spend(1 + len(self._scope.names) // 10)
        return Inliner(self._scope.names, self._scope.arguments, self._symbols, self._calls)


def function_expression(
    function: Function,
    given: Sequence[ast.expr] = (),
    named: Mapping[str, ast.expr] | None = None,
    calls: int = 0,
) -> ast.expr:
    """A lambda's or def's value as one expression; parameters that are not given keep their default or stay
    free."""
    parameters = function.node.args
    names = [item.arg for item in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)]
    symbols = _defaults(function) | dict(zip(names, given, strict=False)) | dict(named or {})
    scope = {name: value for name, value in function.names.items() if name not in names}
    inliner = Inliner(scope, function.arguments, symbols, calls)
    if isinstance(function.node, ast.Lambda):
        return inliner.expression(function.node.body)
    made = inliner.body(function.node.body)
    if made is None:
        raise PlanError(f"Line {function.line}: {function.node.name} neither returns a rate nor sets one.")
    return made


def _defaults(function: Function) -> dict[str, ast.expr]:
    """The parameters whose default is a number."""
    parameters = function.node.args
    positional = [*parameters.posonlyargs, *parameters.args]
    pairs = [
        *zip(positional[len(positional) - len(parameters.defaults) :], parameters.defaults, strict=True),
        *zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True),
    ]
    outer = Evaluator(Scope(dict(function.names), dict(function.arguments)), no_call)
    values = {item.arg: outer.value(node) for item, node in pairs if node is not None}
    return {name: ast.Constant(value) for name, value in values.items() if isinstance(value, (int, float))}
