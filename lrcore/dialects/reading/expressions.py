"""Values of a pasted script's expressions: constants, arithmetic, lists, and calls that make schedules.
Nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, final

from lrcore.dialects.reading.arithmetic import NUMBERS, compared
from lrcore.dialects.reading.functions import ITEMS_MAX, WRAPPERS, computed, is_plain, spread
from lrcore.dialects.reading.lookup import entry, named
from lrcore.dialects.reading.results import bounded, finite, lost, operated
from lrcore.dialects.reading.values import Function, Partial, Scope, Unknown, dotted, source, unpacked
from lrcore.dialects.reading.work import spend
from lrcore.errors import PlanError

_DEPTH_MAX = 60
CallHook = Callable[[ast.Call, str | Function | Partial, list[Any], dict[str, Any]], Any]


@final
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
                known = self.value(operand)
                if not isinstance(known, NUMBERS):
                    return lost(node, [known])
                return -known if isinstance(sign, ast.USub) else known
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                known = self.value(operand)
                return not known if isinstance(known, NUMBERS) else lost(node, [known])
            case ast.BinOp(left=left, op=op, right=right):
                return operated(op, self.value(left), self.value(right), node)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return bounded(self._items(items), node)
            case ast.Dict():
                return self._table(node)
            case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.Slice(lower=lower, upper=upper, step=stride):
                cuts = [self.value(cut) for cut in (lower, upper, stride)]
                usable = all(cut is None or type(cut) is int for cut in cuts)
                return slice(*cuts) if usable else lost(node, cuts)
            case ast.Subscript(value=holder, slice=index):
                return entry(self.value(holder), self.value(index), node, self.scope)
            case ast.IfExp(body=body, orelse=other):
                return self._choice(node.test, body, other, node)
            case ast.Compare(left=left, ops=[test], comparators=[right]):
                sides = [self.value(left), self.value(right)]
                told = compared(test, *sides)
                return lost(node, sides) if told is NotImplemented else told
            case ast.Lambda():
                spend(len(self.scope.names) // 10)
                return Function(node, dict(self.scope.names), node.lineno, self.scope.arguments)
            case ast.Call():
                return self._call(node)
            case ast.Starred(value=inner):
                return lost(node, [self.value(inner)])
        return lost(
            node, [self.value(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        )

    def _items(self, nodes: list[ast.expr]) -> list[Any]:
        """The values of a list's or call's entries, those of `*more` among them."""
        made: list[Any] = []
        for item in nodes:
            if isinstance(item, ast.Starred):
                inner = self.value(item.value)
                made.extend(inner if isinstance(inner, list) else [lost(item, [inner])])
            else:
                made.append(self.value(item))
        return made

    def _table(self, node: ast.Dict) -> Any:
        """A dict's entries, those of `**more` among them; Unknown if one of them cannot be told."""
        made: dict[Any, Any] = {}
        known = True
        for key, item in zip(node.keys, node.values, strict=True):
            name = None if key is None else self.value(key)
            value = self.value(item)
            if key is not None and isinstance(name, (str, int, float)):
                made[name] = value
            elif key is None and isinstance(value, dict):
                made |= value
            else:
                known = False
        return bounded(made, node) if known else lost(node)

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
                keywords["**"] = lost(keyword.value, [value])
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("tolist", "item") and not positional:
            return self.value(node.func.value)
        name = self.dotted(node.func)
        if name is None:  # `partial(StepLR, step_size=3)(optimizer)`, `table["step"](optimizer)`
            callee = self.value(node.func)  # what is inside may still hold a schedule
            if not isinstance(callee, (Function, Partial)):
                return lost(node)
            made = self._on_call(node, callee, positional, keywords)
            return lost(node) if made is NotImplemented else made
        made = self._on_call(node, name, positional, keywords)
        made = self._plain(node, name, positional, keywords) if made is NotImplemented else made
        return bounded(made, node) if isinstance(made, dict) else made  # Namespace(...)

    def _plain(self, node: ast.Call, name: str, positional: list[Any], keywords: dict[str, Any]) -> Any:
        """A call of Python's, math's or numpy's."""
        bare = name.rpartition(".")[2]
        if name == "dict" and len(positional) <= 1 and all(isinstance(item, dict) for item in positional):
            return {**(positional[0] if positional else {}), **keywords}
        if not keywords and name in ("range", "np.arange", "numpy.arange"):
            return _range(node, bare, positional)
        if bare in ("pow", "power") and len(positional) == 2:
            return operated(ast.Pow(), positional[0], positional[1], node)
        wraps = bare in WRAPPERS and set(keywords) <= {"dtype", "device"}
        if wraps and positional and is_plain(positional[0]):
            return positional[0]  # np.array([30, 60]), tf.constant(0.1), jnp.float32(0.1)
        if name == "getattr" and len(positional) > 1 and str(positional[1]).isidentifier():
            attribute = ast.Attribute(node.args[0], str(positional[1]), ast.Load())
            return self._name(ast.copy_location(attribute, node))
        if not keywords and name.count(".") <= 1:
            made = computed(bare, positional)
            if made is not NotImplemented:
                return bounded(made, node) if isinstance(made, list) else finite(made, node)
        if bare == "len":  # of a data loader: its size is not in the text
            shown = source(node)
            return Unknown(
                f"{shown} cannot be known from what was pasted; write its number for {shown}", node.lineno
            )
        return lost(node, positional)

    def _name(self, node: ast.expr) -> Any:
        path = self.dotted(node)
        if path is not None:
            return named(path, self.scope, node.lineno)
        assert isinstance(node, ast.Attribute)
        holder = self.value(node.value)
        return holder[node.attr] if isinstance(holder, dict) and node.attr in holder else lost(node)

    def _choice(self, test: ast.expr, body: ast.expr, other: ast.expr, node: ast.expr) -> Any:
        decided = self.value(test)
        if isinstance(decided, (bool, int, float)):
            return self.value(body if decided else other)
        return lost(node, [self.value(body), self.value(other)])

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.DictComp) -> Any:
        first = node.generators[0]
        items = self.value(first.iter)
        if len(node.generators) != 1 or not isinstance(items, list):
            return lost(node, [items])
        outer, made, table = self.scope, [], {}
        try:
            for item in items:
                self.scope = outer.child()
                if not unpacked(first.target, item, self.scope.names):
                    return lost(node)
                tests = [self.value(test) for test in first.ifs]
                if unknown := [test for test in tests if not isinstance(test, (bool, int, float))]:
                    return lost(node, unknown)
                if not all(tests):
                    continue
                if isinstance(node, ast.DictComp):
                    key = self.value(node.key)
                    if not isinstance(key, (str, int, float)):
                        return lost(node, [key])
                    table[key] = self.value(node.value)
                else:
                    made.append(self.value(node.elt))
        finally:
            self.scope = outer
        return bounded(table if isinstance(node, ast.DictComp) else made, node)

    def dotted(self, node: ast.expr) -> str | None:
        """`a.b.c` with the imports put in; None for anything that is not names and dots."""
        return dotted(node, self.scope.names)


def _range(node: ast.Call, bare: str, positional: list[Any]) -> Any:
    """The numbers of a range. A loop over more than are read is still a loop, and is read once; only what
    needs every entry cannot be read."""
    if (steps := spread(bare, positional)) is not None:
        return bounded(steps, node)
    if any(isinstance(value, Unknown) for value in positional):
        return lost(node, positional)
    return Unknown(
        f"{source(node)} has more than {ITEMS_MAX} entries, and at most {ITEMS_MAX} are read", node.lineno
    )
