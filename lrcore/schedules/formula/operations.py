"""What the operations of a formula mean: each is one of NumPy's, over whole arrays in float64."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Array = Any  # float64 or bool arrays and NumPy scalars, as NumPy's own operations return them

CONSTANTS = {"pi": np.pi, "e": np.e}
FUNCTIONS: dict[str, tuple[int, int, Callable[..., Array]]] = {  # fewest and most arguments
    "min": (2, 16, lambda *args: _fold(np.minimum, args)),
    "max": (2, 16, lambda *args: _fold(np.maximum, args)),
    "minimum": (2, 2, np.minimum),
    "maximum": (2, 2, np.maximum),
    "where": (3, 3, lambda test, yes, no: np.where(np.asarray(test) != 0, yes, no)),
    "clip": (3, 3, lambda x, low, high: np.minimum(np.maximum(x, low), high)),
    "pow": (2, 2, np.power),
    "exp": (1, 1, np.exp),
    "log": (1, 1, np.log),
    "log2": (1, 1, np.log2),
    "log10": (1, 1, np.log10),
    "sqrt": (1, 1, np.sqrt),
    "sin": (1, 1, np.sin),
    "cos": (1, 1, np.cos),
    "tanh": (1, 1, np.tanh),
    "abs": (1, 1, np.abs),
    "floor": (1, 1, np.floor),
    "ceil": (1, 1, np.ceil),
    "round": (1, 1, np.rint),  # to even, as Python's
    "int": (1, 1, np.trunc),
    "float": (1, 1, lambda x: x),
}
MODULES = ("math", "np", "numpy", "torch", "jnp")  # `math.cos` is read as `cos`
# `args.lr_decay` is read as `lr_decay`
NAMESPACES = ("args", "opt", "opts", "cfg", "config", "hparams", "self")

BINARY: dict[type[ast.operator], Callable[[Array, Array], Array]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
}
COMPARE: dict[type[ast.cmpop], Callable[[Array, Array], Array]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


def _fold(function: Callable[[Array, Array], Array], args: tuple[Array, ...]) -> Array:
    result = args[0]
    for arg in args[1:]:
        result = function(result, arg)
    return result


def name_of(node: ast.expr) -> str | None:
    """`t`, `args.lr` and `math.pi` as names without their prefix; None for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=prefix), attr=name) if prefix in MODULES or prefix in NAMESPACES:
            return name
    return None


def compute(node: ast.expr, values: Mapping[str, Array]) -> Array:
    match node:
        case ast.Constant():
            return np.float64(node.value)  # type: ignore[arg-type]
        case ast.Attribute(value=ast.Name(id=prefix), attr=name) if prefix in MODULES:
            return np.float64(CONSTANTS[name])
        case ast.Name() | ast.Attribute():
            name = str(name_of(node))
            return values[name] if name in values else np.float64(CONSTANTS[name])
        case ast.Call(func=func, args=args):
            return FUNCTIONS[str(name_of(func))][2](*(_number(arg, values) for arg in args))
        case ast.BinOp(left=left, op=op, right=right):
            return BINARY[type(op)](_number(left, values), _number(right, values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return np.equal(compute(operand, values), 0)
        case ast.UnaryOp(op=op, operand=operand):
            value = _number(operand, values)
            return np.negative(value) if isinstance(op, ast.USub) else value
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            sides = [compute(side, values) for side in (left, *comparators)]
            tests = [COMPARE[type(op)](a, b) for op, a, b in zip(ops, sides, sides[1:], strict=False)]
            return _fold(np.logical_and, tuple(tests))
        case ast.BoolOp(op=op, values=items):
            result = compute(items[0], values)
            for item in items[1:]:  # Python's `and` and `or` hand back one of the two values
                true, other = np.not_equal(result, 0), compute(item, values)
                result = (
                    np.where(true, other, result)
                    if isinstance(op, ast.And)
                    else np.where(true, result, other)
                )
            return result
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return np.where(
                np.not_equal(compute(test, values), 0), compute(body, values), compute(orelse, values)
            )
    raise AssertionError(f"{type(node).__name__} passed the whitelist without a meaning")


def _number(node: ast.expr, values: Mapping[str, Array]) -> Array:
    """A value for arithmetic: a comparison counts as 0 or 1."""
    value = compute(node, values)
    return np.asarray(value, dtype=np.float64) if getattr(value, "dtype", None) == np.bool_ else value
