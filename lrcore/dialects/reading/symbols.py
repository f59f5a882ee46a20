"""A hand-written rule as one expression of its free names: locals, branches and returns of a def put
together, nothing run."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from lrcore.dialects.reading.expressions import Evaluator
from lrcore.dialects.reading.nodes import branch, call, counted, is_rate_name, returns
from lrcore.dialects.reading.values import Function, Scope, Unknown
from lrcore.dialects.reading.work import spend
from lrcore.errors import PlanError
from lrcore.values.value import short

NODES_MAX = 3000  # of the finished expression; doubling a local twenty times over must not fill the memory
_DEPTH_MAX = 40
CALLS = {
    "cos": 1, "sin": 1, "tanh": 1, "exp": 1, "log": 1, "log2": 1, "log10": 1, "sqrt": 1, "floor": 1,
    "ceil": 1, "abs": 1,
    "min": 2, "max": 2,
}  # fmt: skip
_RENAMED = {"minimum": "min", "maximum": "max", "fabs": "abs", "absolute": "abs"}
_KEPT = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_RATE = "lr"


class Inliner:
    """Reads expressions and bodies in one scope. Free names stay as they are written, dots and all."""

    def __init__(
        self,
        names: Mapping[str, Any],
        arguments: Mapping[str, Any],
        symbols: Mapping[str, ast.expr] | None = None,
        depth: int = 0,
    ) -> None:
        self._scope, self._symbols, self._depth = (
            Scope(dict(names), dict(arguments)),
            dict(symbols or {}),
            depth,
        )
        self._read = Evaluator(self._scope, lambda *_: NotImplemented)

    def expression(self, node: ast.expr) -> ast.expr:
        """The expression with every known name put in."""
        spend()
        made = self._expression(node)
        parts = sum(
            1 for _ in islice(ast.walk(made), NODES_MAX + 1)
        )  # shared parts: the whole may be far larger than the text
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
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _KEPT):
                return ast.BinOp(self.expression(left), op, self.expression(right))
            case ast.Compare(
                left=ast.Constant(value=str()), ops=[ast.In() | ast.NotIn() as test], comparators=[ast.Name()]
            ):
                return ast.Constant(
                    isinstance(test, ast.NotIn)
                )  # "lr_scale" in param_group: a plain optimiser's groups have no such key
            case ast.Compare(left=left, ops=[ast.In() as test], comparators=[items]) if (
                known := self._numbers(items)
            ):
                return ast.BoolOp(
                    ast.Or(),
                    [ast.Compare(self.expression(left), [ast.Eq()], [item]) for item in [*known, known[0]]],
                )
            case ast.Compare(left=left, ops=ops, comparators=others):
                return ast.Compare(self.expression(left), ops, [self.expression(other) for other in others])
            case ast.BoolOp(op=joint, values=values):
                return ast.BoolOp(joint, [self.expression(value) for value in values])
            case ast.IfExp(test=test, body=body, orelse=other):
                return branch(self.expression(test), self.expression(body), self.expression(other))
            case ast.Call():
                return self._call(node)
        raise PlanError(
            f"Line {node.lineno}: {short(ast.unparse(node))[1:-1]} cannot be read as a part of a formula of"
            " the step."
        )

    def _name(self, node: ast.expr) -> ast.expr:
        path = self._read.dotted(node)
        if path is not None and path in self._symbols:
            return self._symbols[path]
        value = self._read.value(node)
        if isinstance(value, (int, float)):
            return ast.Constant(value)
        return ast.Name(path if path is not None else ast.unparse(node), ast.Load())

    def _call(self, node: ast.Call) -> ast.expr:
        name = self._read.dotted(node.func) or ""
        bare = _RENAMED.get(name.rpartition(".")[2], name.rpartition(".")[2])
        function = self._scope.names.get(name)
        if isinstance(function, Function):
            return self._inlined(function, node)
        known = self._read.value(node)
        if isinstance(known, (int, float)):
            return ast.Constant(known)
        if (
            bare in ("bisect", "bisect_right", "bisect_left")
            and len(node.args) == 2
            and (steps := self._numbers(node.args[0]))
        ):
            passed = ast.Gt() if bare == "bisect_left" else ast.GtE()
            return counted([ast.Compare(self.expression(node.args[1]), [passed], [step]) for step in steps])
        arguments = [self.expression(item) for item in node.args]
        if not node.keywords:
            if (
                bare in ("float", "float32", "float64", "array", "asarray", "tensor", "item")
                and len(arguments) == 1
            ):
                return arguments[0]
            if bare == "int" and len(arguments) == 1:  # towards zero; a step is never negative
                return call("floor", arguments)
            if bare in ("pow", "power") and len(arguments) == 2:
                return ast.BinOp(arguments[0], ast.Pow(), arguments[1])
            if bare == "where" and len(arguments) == 3:
                return branch(*arguments)
            if bare in ("min", "max") and len(arguments) >= 2:
                joined = arguments[0]
                for item in arguments[1:]:
                    joined = call(bare, [joined, item])
                return joined
            if bare in ("clip", "clamp") and len(arguments) == 3:
                return call("min", [call("max", [arguments[0], arguments[1]]), arguments[2]])
            if CALLS.get(bare) == len(arguments):
                return call(bare, arguments)
        raise PlanError(
            f"Line {node.lineno}: {short(ast.unparse(node))[1:-1]} is not a function that a formula of the"
            " step can hold."
        )

    def _numbers(self, node: ast.expr) -> list[ast.expr]:
        """The entries of a list of numbers; none for anything else."""
        known = self._read.value(node)
        usable = isinstance(known, list) and all(isinstance(item, (int, float)) for item in known)
        return [ast.Constant(item) for item in known] if usable else []

    def _inlined(self, function: Function, node: ast.Call) -> ast.expr:
        if self._depth > 4:
            raise PlanError(
                f"Line {node.lineno}: functions are nested too deeply here; write the formula out."
            )
        given = [self.expression(item) for item in node.args]
        named = {item.arg: self.expression(item.value) for item in node.keywords if item.arg}
        return function_expression(function, given, named, self._depth + 1)

    def body(self, lines: Sequence[ast.stmt], depth: int = 0) -> ast.expr | None:
        """What the lines return, or the last value that they give an lr; None if they do neither."""
        if depth > _DEPTH_MAX:
            raise PlanError(
                f"Line {lines[0].lineno}: this rule has more than {_DEPTH_MAX} branches; write fewer."
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
                    self._assign(
                        target,
                        ast.copy_location(
                            ast.BinOp(ast.copy_location(ast.Name(target.id, ast.Load()), line), op, value),
                            line,
                        ),
                    )
                case ast.If(test=test, body=then, orelse=other):
                    rest = lines[index + 1 :]
                    if returns(then) or returns(other):
                        condition = self.expression(test)
                        yes, no = (
                            self._copy().body([*then, *rest], depth + 1),
                            self._copy().body([*other, *rest], depth + 1),
                        )
                        return branch(condition, yes, no) if yes is not None and no is not None else yes or no
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
        return self._symbols.get(_RATE + "!")

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        is_rate = (
            isinstance(target, ast.Subscript)
            and isinstance(target.slice, ast.Constant)
            and target.slice.value == _RATE
        ) or (isinstance(target, ast.Name) and is_rate_name(target.id))
        try:
            made = self.expression(value)
        except PlanError:
            if is_rate:
                raise
            if isinstance(target, ast.Name):
                self._symbols.pop(target.id, None)
                self._scope.names[target.id] = Unknown(
                    "it is computed from what cannot be read", target.lineno
                )
            return
        if isinstance(target, ast.Name):
            self._symbols[target.id] = made
        if is_rate:
            self._symbols[_RATE + "!"] = made

    def _merge(self, test: ast.expr, then: Sequence[ast.stmt], other: Sequence[ast.stmt], depth: int) -> None:
        yes, no = self._copy(), self._copy()
        yes.body(then, depth + 1)
        no.body(other, depth + 1)
        for name in {*yes._symbols, *no._symbols}:
            left, right = yes._symbols.get(name), no._symbols.get(name)
            if left is not None and right is not None:
                self._symbols[name] = left if left is right else branch(test, left, right)
            elif name.endswith("!") or name not in self._symbols:
                self._symbols[name] = branch(
                    test,
                    left or ast.Name(name.rstrip("!"), ast.Load()),
                    right or ast.Name(name.rstrip("!"), ast.Load()),
                )

    def _loop(self, target: ast.expr, items: ast.expr, inner: Sequence[ast.stmt], depth: int) -> None:
        """A loop over a known list is written out; one over parameter groups is looked into once."""
        known = self._read.value(items)
        if (
            isinstance(target, ast.Name)
            and isinstance(known, list)
            and all(isinstance(item, (int, float)) for item in known)
        ):
            for item in known:
                self._symbols[target.id] = ast.Constant(item)
                self.body(inner, depth + 1)
            return
        if any(isinstance(line, ast.AugAssign) for line in inner) and "group" not in ast.unparse(items):
            raise PlanError(
                f"Line {items.lineno}: how often this loop runs cannot be known; write the rate as one"
                " formula, with ** or //."
            )
        self.body(inner, depth + 1)

    def _copy(self) -> Inliner:
        spend(1 + len(self._scope.names) // 10)
        return Inliner(self._scope.names, self._scope.arguments, self._symbols, self._depth)


def function_expression(
    function: Function,
    given: Sequence[ast.expr] = (),
    named: Mapping[str, ast.expr] | None = None,
    depth: int = 0,
) -> ast.expr:
    """A lambda's or def's value as one expression; parameters that are not given keep their default or stay
    free."""
    parameters, arguments = function.node.args, function.arguments
    names = [item.arg for item in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)]
    scope = {name: value for name, value in function.names.items() if name not in names}
    outer = Evaluator(Scope(dict(function.names), dict(arguments)), lambda *_: NotImplemented)
    symbols: dict[str, ast.expr] = {}
    positional = [*parameters.posonlyargs, *parameters.args]
    pairs = list(
        zip(
            [item.arg for item in positional[len(positional) - len(parameters.defaults) :]],
            parameters.defaults,
            strict=True,
        )
    )
    pairs += [
        (item.arg, node)
        for item, node in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
        if node is not None
    ]
    for name, node in pairs:
        if isinstance(value := outer.value(node), (int, float)):
            symbols[name] = ast.Constant(value)
    symbols |= dict(zip(names, given, strict=False)) | dict(named or {})
    inliner = Inliner(scope, arguments, symbols, depth)
    if isinstance(function.node, ast.Lambda):
        return inliner.expression(function.node.body)
    made = inliner.body(function.node.body)
    if made is None:
        raise PlanError(f"Line {function.line}: {function.node.name} neither returns a rate nor sets one.")
    return made
