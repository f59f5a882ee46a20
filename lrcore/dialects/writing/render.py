"""The expression of a rate in the words of one library: Python's math, jax.numpy or keras.ops."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass

from lrcore.text.parser import parse_expression, unparse


@dataclass(frozen=True)
class Words:
    """How a library spells what a plain expression says; an empty `where` keeps Python's own if-else."""

    module: str
    where: str
    names: dict[str, str]
    count_le: str  # {items} and {t} are put in
    at: str


MATH = Words(
    "math",
    "",
    {"min": "min", "max": "max", "abs": "abs", "round": "round"},
    "sum({t} >= m for m in {items})",
    "{items}[int(min({t}, {last}))]",
)
JAX = Words(
    "jnp", "jnp.where", {"min": "jnp.minimum", "max": "jnp.maximum"},
    "jnp.searchsorted(jnp.asarray({items}), {t}, side='right')",
    "jnp.asarray({items})[jnp.minimum({t}, {last}).astype(int)]",
)  # fmt: skip
OPS = Words(
    "ops", "ops.where", {},
    "ops.sum(ops.cast({t} >= ops.convert_to_tensor({items}, dtype=t.dtype), t.dtype))",
    "ops.take(ops.convert_to_tensor({items}, dtype=t.dtype),"
    " ops.cast(ops.where({t} < {last}, {t}, {last}), 'int32'))",
)  # fmt: skip


def render(expression: str, words: Words) -> str:
    """The expression as that library computes it."""
    tree: ast.expr = _Render(words).visit(parse_expression(expression))
    return unparse(ast.fix_missing_locations(tree))


class _Render(ast.NodeTransformer):
    def __init__(self, words: Words) -> None:
        self._words = words

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._parsed("math.pi") if node.id == "pi" else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in ("count_le", "at"):
            items, t = node.args
            shown = {
                "items": unparse(items),
                "t": unparse(self.visit(t)),
                "last": str(len(getattr(items, "elts", [])) - 1),
            }
            return self._parsed(
                (self._words.count_le if name == "count_le" else self._words.at).format(**shown)
            )
        if name == "floor_log":  # the small addition keeps the logarithm on the right side of a whole number
            x, base = (unparse(arg) for arg in node.args)
            return self._rendered(f"floor(log({x}) / {math.log(float(base))!r} + 1e-6)")
        args: list[ast.expr] = [self.visit(arg) for arg in node.args]
        if self._words.module == "ops" and name in ("floor", "ceil"):
            # ops.floor, like ops.minimum, falls back to float32
            down = ast.BinOp(
                args[0] if name == "floor" else ast.UnaryOp(ast.USub(), args[0]),
                ast.FloorDiv(),
                ast.Constant(1),
            )
            return down if name == "floor" else ast.UnaryOp(ast.USub(), down)
        if name in ("min", "max") and self._words.where:  # two at a time
            joined = args[0]
            for arg in args[1:]:
                if self._words.module == "ops":
                    less: ast.cmpop = ast.Lt() if name == "min" else ast.Gt()
                    joined = ast.Call(
                        self._parsed("ops.where"), [ast.Compare(joined, [less], [arg]), joined, arg], []
                    )
                    continue
                joined = ast.Call(self._parsed(self._words.names[name]), [joined, arg], [])
            return joined
        return ast.Call(self._parsed(self._words.names.get(name, f"{self._words.module}.{name}")), args, [])

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        test, body, other = self.visit(node.test), self.visit(node.body), self.visit(node.orelse)
        if not self._words.where:
            return ast.IfExp(test, body, other)
        return ast.Call(self._parsed(self._words.where), [test, body, other], [])

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        values: list[ast.expr] = [self.visit(value) for value in node.values]
        if not self._words.where:
            return ast.BoolOp(node.op, values)
        name = "logical_and" if isinstance(node.op, ast.And) else "logical_or"
        joined = values[0]
        for value in values[1:]:
            joined = ast.Call(self._parsed(f"{self._words.module}.{name}"), [joined, value], [])
        return joined

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        sides = [self.visit(side) for side in (node.left, *node.comparators)]
        if len(node.ops) == 1 or not self._words.where:
            return ast.Compare(sides[0], node.ops, sides[1:])
        tests: list[ast.expr] = [
            ast.Compare(a, [op], [b]) for op, a, b in zip(node.ops, sides, sides[1:], strict=False)
        ]
        joined = tests[0]
        for test in tests[1:]:
            joined = ast.Call(self._parsed(f"{self._words.module}.logical_and"), [joined, test], [])
        return joined

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        negative = isinstance(node.right, ast.UnaryOp) and isinstance(node.right.op, ast.USub)
        if (
            isinstance(node.op, ast.Pow)
            and negative
            and not self._words.where
            and not isinstance(node.left, ast.Constant)
        ):
            # Python refuses 0 ** -0.5, which is infinite everywhere else and loses in the min around it
            return ast.IfExp(left, ast.BinOp(left, node.op, right), self._parsed("math.inf"))
        return ast.BinOp(left, node.op, right)

    def _rendered(self, text: str) -> ast.expr:
        tree: ast.expr = self.visit(parse_expression(text))
        return tree

    @staticmethod
    def _parsed(text: str) -> ast.expr:
        return parse_expression(text)
