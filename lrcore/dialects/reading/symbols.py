"""An expression of a hand-written rule as one of its free names: what is known is put in, nothing is run."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping
from itertools import islice
from typing import Any

from lrcore.dialects.reading.expressions import Evaluator
from lrcore.dialects.reading.nodes import branch, formula_call, how_many
from lrcore.dialects.reading.syntax import no_call
from lrcore.dialects.reading.values import Function, Scope
from lrcore.dialects.reading.work import spend
from lrcore.errors import PlanError
from lrcore.text.parser import unparse
from lrcore.values.value import short

NODES_MAX = 3000  # of the finished expression; doubling a local twenty times over must not fill the memory
_RENAMED = {"minimum": "min", "maximum": "max", "fabs": "abs", "absolute": "abs"}
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)


class Symbols(ABC):
    """Reads expressions in one scope. `symbols` are the names that stand for an expression; free names stay
    as they are written, dots and all."""

    def __init__(
        self,
        names: Mapping[str, Any],
        arguments: Mapping[str, Any],
        symbols: Mapping[str, ast.expr] | None = None,
    ) -> None:
        self._scope = Scope(dict(names), dict(arguments))
        self._symbols = dict(symbols or {})
        self._read = Evaluator(self._scope, no_call)

    @abstractmethod
    def _inlined(self, function: Function, node: ast.Call) -> ast.expr:
        """What a call of the script's own function gives."""

    def expression(self, node: ast.expr) -> ast.expr:
        """The expression with every known name put in."""
        spend()
        made = self._expression(node)
        # Parts are shared, so that the whole may be far larger than the text.
        parts = sum(1 for _ in islice(ast.walk(made), NODES_MAX + 1))
        spend(parts // 100)
        if parts > NODES_MAX:
            raise PlanError(
                f"Line {node.lineno}: this rule has more than {NODES_MAX} parts when it is written out;"
                " simplify it."
            )
        return made

    def _expression(self, node: ast.expr) -> ast.expr:
        match node:
            case ast.Constant(value=bool() | int() | float()):
                return ast.Constant(node.value)
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return self._name(node)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not(), operand=operand):
                return ast.UnaryOp(node.op, self.expression(operand))
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _OPERATORS):
                return ast.BinOp(self.expression(left), op, self.expression(right))
            case ast.Compare(
                left=ast.Constant(value=str()), ops=[ast.In() | ast.NotIn() as test], comparators=[ast.Name()]
            ):
                # "lr_scale" in param_group: a plain optimiser's groups have no such key
                return ast.Constant(isinstance(test, ast.NotIn))
            case ast.Compare(left=left, ops=[ast.In()], comparators=[items]) if known := self._numbers(items):
                # A BoolOp has at least two sides, so that the first is there twice.
                equal: list[ast.expr] = [
                    ast.Compare(self.expression(left), [ast.Eq()], [item]) for item in [*known, known[0]]
                ]
                return ast.BoolOp(ast.Or(), equal)
            case ast.Compare(left=left, ops=ops, comparators=others):
                return ast.Compare(self.expression(left), ops, [self.expression(other) for other in others])
            case ast.BoolOp(op=joint, values=values):
                return ast.BoolOp(joint, [self.expression(value) for value in values])
            case ast.IfExp(test=test, body=body, orelse=other):
                return branch(self.expression(test), self.expression(body), self.expression(other))
            case ast.Call():
                return self._call(node)
        raise PlanError(
            f"Line {node.lineno}: {short(unparse(node))[1:-1]} cannot be read as a part of a formula of"
            " the step."
        )

    def _name(self, node: ast.expr) -> ast.expr:
        path = self._read.dotted(node)
        if path is not None and path in self._symbols:
            return self._symbols[path]
        value = self._read.value(node)
        if isinstance(value, (int, float)):
            return ast.Constant(value)
        return ast.Name(path if path is not None else unparse(node), ast.Load())

    def _call(self, node: ast.Call) -> ast.expr:
        name = self._read.dotted(node.func) or ""
        bare = _RENAMED.get(name.rpartition(".")[2], name.rpartition(".")[2])
        function = self._scope.names.get(name)
        if isinstance(function, Function):
            return self._inlined(function, node)
        known = self._read.value(node)
        if isinstance(known, (int, float)):
            return ast.Constant(known)
        bisects = bare in ("bisect", "bisect_right", "bisect_left") and len(node.args) == 2
        if bisects and (steps := self._numbers(node.args[0])):
            passed = ast.Gt() if bare == "bisect_left" else ast.GtE()
            return how_many([ast.Compare(self.expression(node.args[1]), [passed], [step]) for step in steps])
        arguments = [self.expression(item) for item in node.args]
        made = None if node.keywords else formula_call(bare, arguments)
        if made is None:
            raise PlanError(
                f"Line {node.lineno}: {short(unparse(node))[1:-1]} is not a function that a formula of"
                " the step can hold."
            )
        return made

    def _numbers(self, node: ast.expr) -> list[ast.expr]:
        """The entries of a list of numbers; none for anything else."""
        known = self._read.value(node)
        usable = isinstance(known, list) and all(isinstance(item, (int, float)) for item in known)
        return [ast.Constant(item) for item in known] if usable else []
