"""Values of a pasted script's expressions: constants, arithmetic, lists, and calls that make schedules. Nothing is run."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from lrcore._values import short
from lrcore.dialects._values import Found, Function, Scope, Unknown
from lrcore.errors import PlanError

PARTS_MAX = 5000  # values in a list and in the lists inside it: lists of lists of lists grow fast
ITEMS_MAX = 1000  # entries of one list, as many as a plan's milestones
_DEPTH_MAX = 60
_MAGNITUDE_MAX = 1e18
_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "int": int, "float": float, "abs": abs, "round": round, "bool": bool, "str": str,
    "min": min, "max": max, "sum": sum, "len": len, "sorted": sorted, "list": list, "tuple": list,
    "floor": math.floor, "ceil": math.ceil, "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "log10": math.log10, "log2": math.log2,
    "cos": math.cos, "sin": math.sin, "tanh": math.tanh,
}  # fmt: skip
_CONSTANTS = {
    "math.pi": math.pi,
    "math.e": math.e,
    "math.inf": math.inf,
    "np.inf": math.inf,
    "np.pi": math.pi,
    "numpy.pi": math.pi,
    "torch.pi": math.pi,
    "jnp.pi": math.pi,
}
_NUMBERS = (int, float)
CallHook = Callable[[ast.Call, str, list[Any], dict[str, Any]], Any]


class Evaluator:
    """Reads one expression in one scope; a call that is not plain arithmetic goes to `on_call`."""

    def __init__(self, scope: Scope, on_call: CallHook) -> None:
        self.scope, self._on_call, self._depth = scope, on_call, 0

    def value(self, node: ast.expr | None) -> Any:
        """The value, or `Unknown` with the reason. Calls inside what is unknown are still read, so no schedule is missed."""
        if node is None:
            return None
        if self._depth > _DEPTH_MAX:
            raise PlanError(
                f"Line {node.lineno}: this expression is nested more than {_DEPTH_MAX} deep; name its parts on lines of their own."
            )
        self._depth += 1
        try:
            return self._value(node)
        finally:
            self._depth -= 1

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=bool() | int() | float() | str() | None):
                return node.value
            case ast.Name() | ast.Attribute():
                return self._name(node)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                number = self.value(operand)
                return (-number if isinstance(sign, ast.USub) else number) if isinstance(number, _NUMBERS) else self._lost(node, [number])
            case ast.BinOp(left=left, op=op, right=right):
                return self._arithmetic(op, self.value(left), self.value(right), node)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return self._bounded([self.value(item) for item in items], node)
            case ast.Dict(keys=keys, values=values) if all(key is not None for key in keys):
                read = [(self.value(key), self.value(item)) for key, item in zip(keys, values, strict=True)]
                self._bounded([item for _, item in read], node)
                return dict(read) if all(isinstance(key, (str, int, float)) for key, _ in read) else self._lost(node, [])
            case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.Subscript(value=holder, slice=index):
                return self._item(self.value(holder), self.value(index), node)
            case ast.IfExp(body=body, orelse=other):
                return self._choice(node.test, body, other, node)
            case ast.Lambda():
                return Function(node, dict(self.scope.names), node.lineno, self.scope.arguments)
            case ast.Call():
                return self._call(node)
            case ast.Starred(value=inner):
                return self._lost(node, [self.value(inner)])
        return self._lost(node, [self.value(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)])

    def _call(self, node: ast.Call) -> Any:
        positional: list[Any] = []
        for item in node.args:
            if isinstance(item, ast.Starred):
                inner = self.value(item.value)
                positional.extend(inner if isinstance(inner, list) else [self._lost(item, [inner])])
            else:
                positional.append(self.value(item))
        keywords: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                keywords[keyword.arg] = value
            elif isinstance(value, dict) and all(isinstance(key, str) for key in value):
                keywords.update(value)
            else:
                keywords["**"] = self._lost(keyword.value, [value])
        name = self.dotted(node.func)
        if name is None:  # `make()(...)`: what is inside may still hold a schedule
            self.value(node.func)
            return self._lost(node, [])
        made = self._on_call(node, name, positional, keywords)
        return self._plain(node, name, positional, keywords) if made is NotImplemented else made

    def _plain(self, node: ast.Call, name: str, positional: list[Any], keywords: dict[str, Any]) -> Any:
        bare = name.rpartition(".")[2]
        known = all(_is_plain(value) for value in positional)
        if name == "dict" and not positional:
            return keywords
        if name == "range" and positional and all(type(value) is int for value in positional) and not keywords:
            steps = range(*positional) if len(positional) <= 3 and (len(positional) < 3 or positional[2]) else range(0)
            return self._bounded(list(steps[: ITEMS_MAX + 1]), node)
        if bare in ("pow", "power") and len(positional) == 2:
            return self._arithmetic(ast.Pow(), positional[0], positional[1], node)
        if bare in ("array", "asarray", "tensor", "float32", "float64", "int32", "int64") and len(positional) == 1 and known:
            return positional[0]
        if bare == "round" and len(positional) > 1 and not (type(positional[1]) is int and abs(positional[1]) <= 20):
            return self._lost(node, positional)  # round(1, -10**9) would compute 10**10**9
        if bare in _FUNCTIONS and known and positional and not keywords and name.count(".") <= 1:
            try:
                return self._finite(_FUNCTIONS[bare](*positional), node)
            except (TypeError, ValueError, ArithmeticError):
                return self._lost(node, [])
        if bare == "len":  # of a data loader: its size is not in the text
            shown = _shown(node)
            return Unknown(f"{shown} cannot be known from what was pasted; write its number in the place of {shown}", node.lineno)
        return self._lost(node, positional)

    def _name(self, node: ast.expr) -> Any:
        path = self.dotted(node)
        if path is None:
            assert isinstance(node, ast.Attribute)
            holder = self.value(node.value)
            return holder[node.attr] if isinstance(holder, dict) and node.attr in holder else self._lost(node, [])
        if path in self.scope.names:
            return self.scope.names[path]
        if path in _CONSTANTS:
            return _CONSTANTS[path]
        if ".SchedulerType." in f".{path}":  # transformers' enum of its schedules' names
            return {"reduce_on_plateau": "reduce_lr_on_plateau"}.get(last := path.rpartition(".")[2].lower(), last)
        root, _, rest = path.partition(".")
        holder = self.scope.names.get(path.rpartition(".")[0])
        if rest and isinstance(holder, dict) and path.rpartition(".")[2] in holder:
            return holder[path.rpartition(".")[2]]
        last = path.rpartition(".")[2]
        if rest and root not in ("torch", "keras", "optax", "timm", "transformers", "np", "math") and last in self.scope.arguments:
            return self.scope.arguments[last]
        return Unknown(f"{path} is not given in what was pasted; add a line such as {last} = 100", node.lineno)

    def _item(self, holder: Any, index: Any, node: ast.Subscript) -> Any:
        try:
            if isinstance(holder, (list, dict)):
                return holder[index]
        except (KeyError, IndexError, TypeError):
            pass
        return self._lost(node, [])

    def _choice(self, test: ast.expr, body: ast.expr, other: ast.expr, node: ast.expr) -> Any:
        decided = self.value(test)
        if isinstance(decided, (bool, int, float)):
            return self.value(body if decided else other)
        return self._lost(node, [self.value(body), self.value(other)])

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp) -> Any:
        first = node.generators[0]
        items = self.value(first.iter)
        if len(node.generators) != 1 or first.ifs or not isinstance(first.target, ast.Name) or not isinstance(items, list):
            return self._lost(node, [])
        outer, made, table = self.scope, [], {}
        for item in items:
            self.scope = outer.child()
            self.scope.names[first.target.id] = item
            if isinstance(node, ast.DictComp):
                table[self.value(node.key)] = self.value(node.value)
            else:
                made.append(self.value(node.elt))
        self.scope = outer
        return table if isinstance(node, ast.DictComp) else made

    def _arithmetic(self, op: ast.operator, left: Any, right: Any, node: ast.expr) -> Any:
        pair = (left, right)
        if isinstance(op, ast.Mult) and any(isinstance(side, list) for side in pair) and any(type(side) is int for side in pair):
            items, times = pair if isinstance(left, list) else (right, left)
            return self._bounded(items * min(times, ITEMS_MAX + 1), node)
        if isinstance(op, ast.Add) and isinstance(left, list) and isinstance(right, list):
            return self._bounded(left + right, node)
        if not all(isinstance(side, _NUMBERS) for side in pair):
            return self._lost(node, list(pair))
        try:
            if max(abs(left), abs(right)) > _MAGNITUDE_MAX:
                raise OverflowError
            if isinstance(op, ast.Pow):
                small = all(type(side) is int for side in pair) and 0 <= right <= 60 and abs(left) <= 1000
                return self._finite(left**right if small else math.pow(left, right), node)
            return self._finite(_OPERATIONS[type(op)](left, right), node) if type(op) in _OPERATIONS else self._lost(node, [])
        except (ArithmeticError, ValueError):
            raise PlanError(f"Line {node.lineno}: {_shown(node)} has no usable value (a division by zero, or too large).") from None

    def _finite(self, value: Any, node: ast.expr) -> Any:
        if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
            return self._lost(node, [])
        return value

    def _bounded(self, items: list[Any], node: ast.expr) -> list[Any]:
        if len(items) > ITEMS_MAX or _size(items) > PARTS_MAX:
            raise PlanError(f"Line {node.lineno}: this list has more than {ITEMS_MAX} entries; at most {ITEMS_MAX} are read.")
        return items

    def _lost(self, node: ast.expr, parts: list[Any]) -> Unknown:
        """Unknown, for the innermost reason there is."""
        inner = next((part for part in parts if isinstance(part, Unknown)), None)
        shown = _shown(node)
        return inner or Unknown(f"{shown} cannot be known from what was pasted; write its number instead", node.lineno)

    def dotted(self, node: ast.expr) -> str | None:
        """`a.b.c` with the imports put in; None for anything that is not names and dots."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        imported = self.scope.names.get("import " + node.id)
        return ".".join([imported if isinstance(imported, str) else node.id, *reversed(parts)])


def _size(items: list[Any]) -> int:
    """How many values a list holds, those of the lists in it counted too."""
    return sum(_size(item) if isinstance(item, list) else 1 for item in items)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, (Unknown, Found, Function)) and not (
        isinstance(value, list) and any(not _is_plain(item) for item in value)
    )


def _shown(node: ast.expr) -> str:
    try:
        return short(ast.unparse(node))[1:-1]
    except RecursionError:
        return "this expression"
