"""The tree of a rate without what says nothing, for a person to read: no + 0, no times 1, and no
max(t - 5, 0) where t is at least 5."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

_TESTS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


@dataclass(frozen=True)
class Range:
    """Where the step lies, and from where on the named parts do."""

    low: float = 0.0
    high: float = math.inf
    names: Mapping[str, float] = field(default_factory=dict)

    def at_least(self, node: ast.expr) -> float:
        """A number that the expression is never below; -inf where none is known."""
        match node:
            case ast.Name(id="t"):
                return self.low
            case ast.Name(id=name):
                return math.pi if name == "pi" else self.names.get(name, -math.inf)
            case ast.Constant():
                return value_of(node)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _known(self.at_least(left) + self.at_least(right), -math.inf)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return _known(self.at_least(left) - self.at_most(right), -math.inf)
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return 0.0 if self.at_least(right) > 0 else -math.inf
            case ast.BinOp(left=left, op=ast.Mult() | ast.Div() | ast.FloorDiv(), right=right):
                return 0.0 if self.at_least(left) >= 0 and self.at_least(right) >= 0 else -math.inf
            case ast.BinOp(left=left, op=ast.Pow()):
                return 0.0 if self.at_least(left) >= 0 else -math.inf
            case ast.Call(func=ast.Name(id="min"), args=args):
                return min(map(self.at_least, args))
            case ast.Call(func=ast.Name(id="max"), args=args):
                return max(map(self.at_least, args))
            case ast.Call(func=ast.Name(id="floor" | "ceil"), args=[inner]):
                return 0.0 if self.at_least(inner) >= 0 else -math.inf
            case ast.Call(func=ast.Name(id="sqrt" | "exp" | "abs" | "floor_log" | "count_le")):
                return 0.0
            case ast.IfExp(body=body, orelse=orelse):
                return min(self.at_least(body), self.at_least(orelse))
        return -math.inf

    def at_most(self, node: ast.expr) -> float:
        """A number that the expression is never above; inf where none is known."""
        match node:
            case ast.Name(id="t"):
                return self.high
            case ast.Constant():
                return value_of(node)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return _known(self.at_most(left) - self.at_least(right), math.inf)
            case ast.BinOp(left=left, op=ast.Div(), right=ast.Constant() as right) if value_of(right) > 0:
                return self.at_most(left) / value_of(right)
            case ast.Call(func=ast.Name(id="min"), args=args):
                return min(map(self.at_most, args))
        return math.inf

    def decided(self, test: ast.expr) -> bool | None:
        """Whether a comparison with a number always holds or never does; None where it depends."""
        match test:
            case ast.Compare(left=left, ops=[op], comparators=[ast.Constant() as edge]) if type(op) in _TESTS:
                holds, value = _TESTS[type(op)], value_of(edge)
                outcome = holds(self.at_least(left), value)
                return outcome if outcome == holds(self.at_most(left), value) else None
        return None

    def split(self, test: ast.expr) -> tuple[Range, Range]:
        """The ranges in which the test holds and in which it does not."""
        match test:
            case ast.Compare(left=ast.Name(id="t"), ops=[ast.Lt()], comparators=[ast.Constant() as edge]):
                value = value_of(edge)
                below = min(self.high, math.nextafter(value, -math.inf))
                return replace(self, high=below), replace(self, low=max(self.low, value))
            case ast.Compare(left=ast.Name(id="t"), ops=[ast.LtE()], comparators=[ast.Constant() as edge]):
                value = value_of(edge)
                above = max(self.low, math.nextafter(value, math.inf))
                return replace(self, high=min(self.high, value)), replace(self, low=above)
        return self, self


def simplify(node: ast.expr, where: Range) -> ast.expr:
    """An expression of the same value; the tree that comes in stays as it is."""
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            test = simplify(test, where)
            held = where.decided(test)
            if held is not None:
                return simplify(body if held else orelse, where)
            yes, no = where.split(test)
            return ast.IfExp(test, simplify(body, yes), simplify(orelse, no))
        case ast.UnaryOp(op=op, operand=operand):
            operand = simplify(operand, where)
            if isinstance(op, ast.USub) and isinstance(operand, ast.Constant):
                return _constant(-value_of(operand))
            return operand if isinstance(op, ast.UAdd) else ast.UnaryOp(op, operand)
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(simplify(left, where), op, simplify(right, where))
        case ast.Call(func=ast.Name(id="max") as func, args=[*args]):
            return _extreme(func, [simplify(arg, where) for arg in args], where.at_least, operator.ge)
        case ast.Call(func=ast.Name(id="min") as func, args=[*args]):
            return _extreme(func, [simplify(arg, where) for arg in args], where.at_most, operator.le)
        case ast.Call(func=func, args=args):
            return ast.Call(func, [simplify(arg, where) for arg in args], [])
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            sides = [simplify(side, where) for side in comparators]
            return _compare(simplify(left, where), ops, sides)
        case ast.BoolOp(op=op, values=values):
            return ast.BoolOp(op, [simplify(value, where) for value in values])
    return node


def _extreme(
    func: ast.Name,
    args: list[ast.expr],
    bound: Callable[[ast.expr], float],
    beyond: Callable[[float, float], bool],
) -> ast.expr:
    """min and max of two, of which one is a number that the other one never passes."""
    match args:
        case [x, ast.Constant() as limit] if beyond(bound(x), value_of(limit)):
            return x
        case [ast.Constant() as limit, x] if beyond(bound(x), value_of(limit)):
            return x
        case [
            ast.BinOp(
                left=ast.Call(func=ast.Name(id="max"), args=[x, inner]),
                op=ast.Sub(),
                right=ast.Constant() as lag,
            ),
            limit,
        ] if func.id == "max" and _is(inner, 0) and _is(limit, 0) and value_of(lag) >= 0:
            return ast.Call(func, [_binary(x, ast.Sub(), lag), limit], [])  # a clock within a clock
    return ast.Call(func, args, [])


def _compare(left: ast.expr, ops: list[ast.cmpop], sides: list[ast.expr]) -> ast.expr:
    """`t - 5 < 3` as `t < 8`."""
    match left, sides:
        case ast.BinOp(left=x, op=ast.Sub(), right=ast.Constant() as lag), [ast.Constant() as edge]:
            return ast.Compare(x, ops, [_constant(value_of(edge) + value_of(lag))])
    return ast.Compare(left, ops, sides)


def _binary(left: ast.expr, op: ast.operator, right: ast.expr) -> ast.expr:
    match left, op, right:
        case (ast.Constant(), ast.Add() | ast.Sub(), ast.Constant()):
            sign = 1 if isinstance(op, ast.Add) else -1
            return _constant(value_of(left) + sign * value_of(right))
        case (ast.BinOp(left=x, op=ast.Sub(), right=ast.Constant() as lag), ast.Sub(), ast.Constant()):
            return _binary(x, op, _constant(value_of(lag) + value_of(right)))
        case (_, ast.Add() | ast.Sub(), _) if _is(right, 0):
            return left
        case (_, ast.Add(), _) if _is(left, 0):
            return right
        case (_, ast.Add() | ast.Sub(), _) if (positive := _negated(right)) is not None:
            return _binary(left, ast.Sub() if isinstance(op, ast.Add) else ast.Add(), positive)
        case (_, ast.Mult(), _) if _is(left, 0) or _is(right, 0):
            return ast.Constant(0)
        case (_, ast.Mult(), _) if _is(left, 1):
            return right
        case (_, ast.Mult() | ast.Div() | ast.Pow(), _) if _is(right, 1):
            return left
        case (ast.Constant(), ast.Mult(), _) if _half_wave(right):
            return ast.BinOp(_constant(2 * value_of(left)), op, ast.BinOp(right, ast.Div(), ast.Constant(2)))
        case (_, ast.Mult(), ast.Constant()) if not isinstance(left, ast.Constant):
            return _binary(right, op, left)
        case (
            ast.BinOp(left=ast.Constant() as factor, op=ast.Mult(), right=ast.BinOp(left=wave) as half),
            ast.Div(),
            ast.Constant(),
        ) if _half_wave(wave) and value_of(right):
            return _binary(_constant(value_of(factor) / value_of(right)), ast.Mult(), half)
        case (ast.BinOp(left=ast.Constant() as factor, op=ast.Mult(), right=x), ast.Div(), _):
            return _binary(factor, ast.Mult(), ast.BinOp(x, op, right))
    return ast.BinOp(left, op, right)


def _known(bound: float, otherwise: float) -> float:
    """A bound, or what says nothing where inf - inf has none."""
    return otherwise if math.isnan(bound) else bound


def _half_wave(node: ast.expr) -> bool:
    """1 + cos(...): its half is what goes from 1 to 0, so that the number before it is the whole swing."""
    match node:
        case ast.BinOp(left=one, op=ast.Add(), right=ast.Call(func=ast.Name(id="cos"))):
            return _is(one, 1)
    return False


def _negated(node: ast.expr) -> ast.expr | None:
    """The expression without the minus that it begins with; None if it has none."""
    match node:
        case ast.Constant() if value_of(node) < 0:
            return _constant(-value_of(node))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return operand
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=right):
            positive = _negated(left)
            return None if positive is None else _binary(positive, op, right)
    return None


def _is(node: ast.expr, value: float) -> bool:
    return isinstance(node, ast.Constant) and value_of(node) == value


def _constant(value: float) -> ast.Constant:
    whole = math.isfinite(value) and value.is_integer() and abs(value) < 2**53
    return ast.Constant(int(value) if whole else value)


def value_of(node: ast.Constant) -> float:
    """The number that stands there."""
    return float(node.value)  # type: ignore[arg-type]
