"""Values of a pasted script's expressions: constants, arithmetic, lists, and calls that make schedules.
Nothing is run."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

from lrcore.dialects.reading.arithmetic import NUMBERS, arithmetic, combined, compared
from lrcore.dialects.reading.functions import (
    CONSTANTS,
    ITEMS_MAX,
    PARTS_MAX,
    WRAPPERS,
    computed,
    is_plain,
    size,
    spread,
)
from lrcore.dialects.reading.values import Function, Partial, Scope, Unknown, dotted, source, unpacked
from lrcore.dialects.reading.work import spend
from lrcore.errors import PlanError

_DEPTH_MAX = 60
_LIBRARIES = ("torch", "keras", "tf", "optax", "timm", "transformers", "np", "math")
CallHook = Callable[[ast.Call, str | Function | Partial, list[Any], dict[str, Any]], Any]


class Evaluator:
    """Reads one expression in one scope; a call that is not plain arithmetic goes to `on_call`."""

    def __init__(self, scope: Scope, on_call: CallHook) -> None:
        self.scope, self._on_call, self._depth = scope, on_call, 0

    def value(self, node: ast.expr | None) -> Any:
        """The value, or `Unknown` with the reason. Calls inside what is unknown are still read, so no
        schedule is missed."""
        if node is None:
            return None
        if self._depth > _DEPTH_MAX:
            raise PlanError(
                f"Line {node.lineno}: this expression is nested more than {_DEPTH_MAX} deep; name its parts"
                " on lines of their own."
            )
        self._depth += 1
        spend()
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
                return (
                    (-number if isinstance(sign, ast.USub) else number)
                    if isinstance(number, NUMBERS)
                    else self._lost(node, [number])
                )
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return (
                    not told if isinstance(told := self.value(operand), NUMBERS) else self._lost(node, [told])
                )
            case ast.BinOp(left=left, op=op, right=right):
                return self._arithmetic(op, self.value(left), self.value(right), node)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return self._bounded(self._items(items), node)
            case ast.Dict():
                return self._table(node)
            case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.Slice(lower=lower, upper=upper, step=stride):
                cuts = [self.value(cut) for cut in (lower, upper, stride)]
                return (
                    slice(*cuts)
                    if all(cut is None or type(cut) is int for cut in cuts)
                    else self._lost(node, cuts)
                )
            case ast.Subscript(value=holder, slice=index):
                return self._item(self.value(holder), self.value(index), node)
            case ast.IfExp(body=body, orelse=other):
                return self._choice(node.test, body, other, node)
            case ast.Compare(left=left, ops=[test], comparators=[right]):
                sides = [self.value(left), self.value(right)]
                return self._lost(node, sides) if (told := compared(test, *sides)) is NotImplemented else told
            case ast.Lambda():
                spend(len(self.scope.names) // 10)
                return Function(node, dict(self.scope.names), node.lineno, self.scope.arguments)
            case ast.Call():
                return self._call(node)
            case ast.Starred(value=inner):
                return self._lost(node, [self.value(inner)])
        return self._lost(
            node, [self.value(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        )

    def _items(self, nodes: list[ast.expr]) -> list[Any]:
        """The values of a list's or call's entries, those of `*more` among them."""
        made: list[Any] = []
        for item in nodes:
            if isinstance(item, ast.Starred):
                inner = self.value(item.value)
                made.extend(inner if isinstance(inner, list) else [self._lost(item, [inner])])
            else:
                made.append(self.value(item))
        return made

    def _table(self, node: ast.Dict) -> Any:
        """A dict's entries, those of `**more` among them."""
        made: dict[Any, Any] = {}
        entries: list[Any] = []
        for key, item in zip(node.keys, node.values, strict=True):
            name, value = (None, self.value(item)) if key is None else (self.value(key), self.value(item))
            entries.append(
                value if key is None else {name: value} if isinstance(name, (str, int, float)) else None
            )
            made |= entries[-1] if isinstance(entries[-1], dict) else {}
        return (
            self._bounded(made, node)
            if all(isinstance(entry, dict) for entry in entries)
            else self._lost(node, [])
        )

    def _call(self, node: ast.Call) -> Any:
        positional = self._items(node.args)
        keywords: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                keywords[keyword.arg] = value
            elif isinstance(value, dict) and all(isinstance(key, str) for key in value):
                keywords.update(value)
            else:
                keywords["**"] = self._lost(keyword.value, [value])
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("tolist", "item") and not positional:
            return self.value(node.func.value)
        name = self.dotted(node.func)
        if name is None:  # `partial(StepLR, step_size=3)(optimizer)`, `table["step"](optimizer)`
            callee = self.value(node.func)  # what is inside may still hold a schedule
            made = (
                self._on_call(node, callee, positional, keywords)
                if isinstance(callee, (Function, Partial))
                else NotImplemented
            )
            return self._lost(node, []) if made is NotImplemented else made
        made = self._on_call(node, name, positional, keywords)
        made = self._plain(node, name, positional, keywords) if made is NotImplemented else made
        return self._bounded(made, node) if isinstance(made, dict) else made  # Namespace(...)

    def _plain(self, node: ast.Call, name: str, positional: list[Any], keywords: dict[str, Any]) -> Any:
        bare = name.rpartition(".")[2]
        if name == "dict" and len(positional) <= 1 and all(isinstance(item, dict) for item in positional):
            return {**(positional[0] if positional else {}), **keywords}
        if bare in ("range", "arange") and not keywords and name in ("range", "np.arange", "numpy.arange"):
            if (steps := spread(bare, positional)) is not None:
                return self._bounded(steps, node)
            # A loop over so many is still a loop, and is read once; only what needs every entry cannot be
            # read.
            many = f"{source(node)} has more than {ITEMS_MAX} entries, and at most {ITEMS_MAX} are read"
            return (
                self._lost(node, positional)
                if any(isinstance(value, Unknown) for value in positional)
                else Unknown(many, node.lineno)
            )
        if bare in ("pow", "power") and len(positional) == 2:
            return self._arithmetic(ast.Pow(), positional[0], positional[1], node)
        if (
            bare in WRAPPERS
            and positional
            and is_plain(positional[0])
            and set(keywords) <= {"dtype", "device"}
        ):
            return positional[0]  # np.array([30, 60]), tf.constant(0.1), jnp.float32(0.1)
        if name == "getattr" and len(positional) > 1 and str(positional[1]).isidentifier():
            return self._name(
                ast.copy_location(ast.Attribute(node.args[0], str(positional[1]), ast.Load()), node)
            )
        if (
            not keywords
            and name.count(".") <= 1
            and (made := computed(bare, positional)) is not NotImplemented
        ):
            return self._bounded(made, node) if isinstance(made, list) else self._finite(made, node)
        if bare == "len":  # of a data loader: its size is not in the text
            return Unknown(
                f"{(it := source(node))} cannot be known from what was pasted; write its number for {it}",
                node.lineno,
            )
        return self._lost(node, positional)

    def _name(self, node: ast.expr) -> Any:
        path = self.dotted(node)
        if path is None:
            assert isinstance(node, ast.Attribute)
            holder = self.value(node.value)
            return (
                holder[node.attr]
                if isinstance(holder, dict) and node.attr in holder
                else self._lost(node, [])
            )
        if path in self.scope.names:
            return self.scope.names[path]
        if path in CONSTANTS:
            return CONSTANTS[path]
        if ".SchedulerType." in f".{path}":  # transformers' enum of its schedules' names
            return {"reduce_on_plateau": "reduce_lr_on_plateau"}.get(
                last := path.rpartition(".")[2].lower(), last
            )
        root, _, rest = path.partition(".")
        above, _, last = path.rpartition(".")
        holder = self.scope.names.get(above)
        if rest and isinstance(holder, dict) and last in holder:
            return holder[last]
        if rest and root not in _LIBRARIES and (found := self._declared(last)) is not None:
            return found
        if last in self.scope.calls:
            return Partial(path, [], {})
        return Unknown(
            f"{path} is not given in what was pasted; add a line such as {last} = 100", node.lineno, last
        )

    def _declared(self, name: str) -> Any:
        """What `args.lr_decay` or `cfg["lr_decay"]` stands for: an argparse line's default, or a line
        `lr_decay = 5e-5`."""
        value = self.scope.names.get(name)
        return self.scope.arguments.get(name, value if isinstance(value, (int, float, str)) else None)

    def _item(self, holder: Any, index: Any, node: ast.Subscript) -> Any:
        try:
            if isinstance(holder, (list, dict)):
                return holder[index]
        except (KeyError, IndexError, TypeError):
            pass
        if isinstance(holder, Unknown) and isinstance(index, str):  # cfg["lr_decay"]
            found = self._declared(index)
            return (
                Unknown(
                    f"{source(node)} is not given in what was pasted; add a line such as {index} = 100",
                    node.lineno,
                    index,
                )
                if found is None
                else found
            )
        return self._lost(node, [])

    def _choice(self, test: ast.expr, body: ast.expr, other: ast.expr, node: ast.expr) -> Any:
        decided = self.value(test)
        if isinstance(decided, (bool, int, float)):
            return self.value(body if decided else other)
        return self._lost(node, [self.value(body), self.value(other)])

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp) -> Any:
        first = node.generators[0]
        items = self.value(first.iter)
        if len(node.generators) != 1 or not isinstance(items, list):
            return self._lost(node, [items])
        outer, made, table = self.scope, [], {}
        try:
            for item in items:
                self.scope = outer.child()
                if not unpacked(first.target, item, self.scope.names):
                    return self._lost(node, [])
                tests = [self.value(test) for test in first.ifs]
                if unknown := [test for test in tests if not isinstance(test, (bool, int, float))]:
                    return self._lost(node, unknown)
                if not all(tests):
                    continue
                if isinstance(node, ast.DictComp):
                    key = self.value(node.key)
                    if not isinstance(key, (str, int, float)):
                        return self._lost(node, [key])
                    table[key] = self.value(node.value)
                else:
                    made.append(self.value(node.elt))
        finally:
            self.scope = outer
        return self._bounded(table if isinstance(node, ast.DictComp) else made, node)

    def _arithmetic(self, op: ast.operator, left: Any, right: Any, node: ast.expr) -> Any:
        if (whole := combined(op, left, right, ITEMS_MAX + 1)) is not NotImplemented:
            return self._bounded(whole, node)
        try:
            made = arithmetic(op, left, right)
        except (ArithmeticError, ValueError):
            raise PlanError(
                f"Line {node.lineno}: {source(node)} has no usable value (a division by zero, or too large)."
            ) from None
        return self._lost(node, [left, right]) if made is NotImplemented else self._finite(made, node)

    def _finite(self, value: Any, node: ast.expr) -> Any:
        if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
            return self._lost(node, [])
        return value

    def _bounded(self, items: Any, node: ast.expr) -> Any:
        parts = size(items)
        spend(parts // 5)
        if len(items) > ITEMS_MAX or parts > PARTS_MAX:
            raise PlanError(
                f"Line {node.lineno}: this list has more than {ITEMS_MAX} entries; at most {ITEMS_MAX} are"
                " read."
            )
        return items

    def _lost(self, node: ast.expr, parts: list[Any]) -> Unknown:
        """Unknown, for the innermost reason there is."""
        inner = next((part for part in parts if isinstance(part, Unknown)), None)
        shown = source(node)
        return inner or Unknown(
            f"{shown} cannot be known from what was pasted; write its number instead", node.lineno
        )

    def dotted(self, node: ast.expr) -> str | None:
        """`a.b.c` with the imports put in; None for anything that is not names and dots."""
        return dotted(node, self.scope.names)
