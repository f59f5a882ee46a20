"""A safe formula: Python's expression grammar, parsed with `ast` against a whitelist and computed by NumPy,
never evaluated.

Everything is float64 and whole-array, so that `9**9**9**9` is one multiplication that overflows to infinity,
not a number with more digits than there are atoms; text, depth and the number of operations are bounded
before anything is computed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lrcore.errors import PlanError
from lrcore.schedules.formula.operations import (
    BINARY,
    COMPARE,
    CONSTANTS,
    FUNCTIONS,
    MODULES,
    Array,
    compute,
    name_of,
)
from lrcore.schedules.schedule import FloatArray
from lrcore.text.parser import UNREADABLE, parse_expression, unparse
from lrcore.values.value import short

LENGTH_MAX = 2_000  # characters
NODES_MAX = 400  # operations, names and numbers
DEPTH_MAX = 40
_NODES_OF_A_LOOK = 20  # nodes that take as long as an ordinary schedule

_ASSIGNMENT = re.compile(r"\s*[A-Za-z_][\w.]*\s*=(?!=)")


@dataclass(frozen=True)
class Expression:
    """A formula that has passed the whitelist: its tree, and the names that must be given a value."""

    text: str
    tree: ast.expr
    names: frozenset[str]
    argument: str | None  # the name after `lambda`
    effort: float  # of computing it, in looks at an ordinary schedule

    def __call__(self, values: Mapping[str, Array]) -> FloatArray:
        """The value over whole arrays; overflow, 1/0 and log(-1) come out as inf and nan."""
        with np.errstate(all="ignore"):
            return np.asarray(compute(self.tree, values), dtype=np.float64)


@lru_cache(maxsize=256)
def parse_formula(text: str) -> Expression:
    """Read a formula; PlanError names what is not allowed in it. `lambda t: ...` and `lr = ...` are read as
    what stands behind."""
    if len(text) > LENGTH_MAX:
        raise PlanError(
            f"This formula has {len(text):,} characters; at most {LENGTH_MAX:,} are read. Shorten it."
        )
    source = text.strip()
    if assignment := _ASSIGNMENT.match(source):
        source = source[assignment.end() :].strip()
    try:
        tree = parse_expression(source)
    except SyntaxError as error:
        where = f"{error.msg} at column {error.offset}"
        raise PlanError(
            f"{short(text)} is not a formula ({where}); write it like base_lr / (1 + 0.01 * t)."
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise PlanError(f"{short(text)} cannot be read: it {UNREADABLE}.") from None
    argument = None
    if isinstance(tree, ast.Lambda):
        argument, tree = _argument(tree), tree.body
    names: set[str] = set()
    count = [0]
    _check(tree, names, count, 0)
    return Expression(text, tree, frozenset(names), argument, 1.0 + count[0] / _NODES_OF_A_LOOK)


def _argument(node: ast.Lambda) -> str:
    args = node.args
    if (
        len(args.args) != 1
        or args.posonlyargs
        or args.kwonlyargs
        or args.vararg
        or args.kwarg
        or args.defaults
    ):
        raise PlanError("A lambda here takes exactly one argument, the step: lambda epoch: 0.95 ** epoch.")
    return args.args[0].arg


def _check(node: ast.expr, names: set[str], count: list[int], depth: int) -> None:
    """Walk the tree once; whatever is not expressly allowed is refused."""
    count[0] += 1
    if count[0] > NODES_MAX or depth > DEPTH_MAX:
        raise PlanError(
            f"This formula is too long or nested too deeply (at most {NODES_MAX} parts, {DEPTH_MAX} deep);"
            " simplify it."
        )
    match node:
        case ast.Constant(value=bool() | int() | float()):
            return
        case ast.Name() | ast.Attribute():
            name = name_of(node)
            from_module = (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in MODULES
            )
            if name is None or (from_module and name not in CONSTANTS):
                raise PlanError(
                    f"{_source(node)} is not allowed in a formula; names are written plainly, like lr_decay"
                    " or args.lr_decay."
                )
            if name.startswith("_"):
                raise PlanError(f"The name {name!r} is not allowed in a formula; names begin with a letter.")
            if not (name in CONSTANTS and (from_module or name == "pi")):
                names.add(name)
            return
        case ast.Call(func=func, args=args, keywords=keywords):
            _check_call(func, args, keywords)
            children: list[ast.expr] = args
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            children = [left, right]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not(), operand=operand):
            children = [operand]
        case ast.Compare(left=left, ops=ops, comparators=comparators) if all(
            type(op) in COMPARE for op in ops
        ):
            children = [left, *comparators]
        case ast.BoolOp(values=values):
            children = values
        case ast.IfExp(test=test, body=body, orelse=orelse):
            children = [test, body, orelse]
        case _:
            raise PlanError(
                f"{_source(node)} is not allowed in a formula; it knows numbers, names, + - * / ** // %,"
                " comparisons and if-else."
            )
    for child in children:
        _check(child, names, count, depth + 1)


def _check_call(func: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> None:
    name = name_of(func)
    method = isinstance(func, ast.Attribute) and not (
        isinstance(func.value, ast.Name) and func.value.id in MODULES
    )
    if name not in FUNCTIONS or method:
        raise PlanError(
            f"{_source(func)}(...) is not known in a formula; known are {', '.join(sorted(FUNCTIONS))}."
        )
    fewest, most, _ = FUNCTIONS[name]
    if keywords or not fewest <= len(args) <= most or any(isinstance(arg, ast.Starred) for arg in args):
        wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
        raise PlanError(
            f"{name}(...) takes {wanted} plain argument{'s' if most > 1 else ''} in a formula, but"
            f" {len(args)} arrived."
        )


def _source(node: ast.expr) -> str:
    return short(unparse(node)).strip("'\"")
