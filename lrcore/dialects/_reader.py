"""A pasted training script, read statement by statement: imports, constants, optimisers and the schedules that it makes."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lrcore._calls import DEPTH_MAX, build_schedule
from lrcore.dialects._bind import bind
from lrcore.dialects._composed import chained, composed
from lrcore.dialects._defs import Defs
from lrcore.dialects._evaluate import Evaluator
from lrcore.dialects._optimizers import optimizer
from lrcore.dialects._reading import Site, flat, is_own, loaded, may_be_rule, names_of, no_call, number, parts_of, reader_of
from lrcore.dialects._values import Found, Function, Given, Optimizer, Partial, Reader, Scope, Unknown
from lrcore.errors import PlanError

STATEMENTS_MAX = 5000
PARTS_MAX = 300  # schedules in one
_INNER_LOOPS = ("batch", "iter", "step", "data", "input", "image", "x", "i", "_")


class Script:
    """What one paste holds. `found` are schedules in order; `sites` are looked at for a formula when there is none."""

    def __init__(self, readers: dict[str, list[Reader]], base_lr: float | None, values: Mapping[str, float] | None = None) -> None:
        self._readers, self._base_lr, self.values = readers, base_lr, dict(values or {})
        self.found: list[Found] = []
        self.optimizers: list[Optimizer] = []
        self.unread: list[tuple[int, str]] = []  # calls that sound like a schedule and are not known
        self.end = Scope(dict(self.values), dict(self.values))  # the names at the end of the script
        self.sites: list[Site] = []
        self._inner: set[int] = set()  # ids of schedules that are a part of another
        self._sizes: dict[int, tuple[int, int]] = {}  # schedules in each schedule, and how deep
        self._size = (1, 1)  # of the schedule that is being made
        self._clocks: dict[str, str] = {}
        self._count = 0
        self._defs = Defs(self._body, self.found, self._inner, self.sites)

    def read(self, tree: ast.Module) -> None:
        self._body(tree.body, self.end, ())
        self._collect(self.end)
        self._defs.check()

    def schedules(self) -> list[Found]:
        """The schedules that stand for themselves, in the order of the paste."""
        kept: dict[int, Found] = {id(item): item for item in self.found if id(item) not in self._inner}
        return list(kept.values())

    @property
    def lr(self) -> Any:
        """The base lr: the argument, or else the last optimiser line that gives a number."""
        if self._base_lr is not None:
            return self._base_lr
        given = [item.lr for item in self.optimizers if number(item.lr)]
        return given[-1] if given else None

    def _body(self, body: Sequence[ast.stmt], scope: Scope, loops: tuple[str, ...]) -> None:
        for node in body:
            self._count += 1
            if self._count > STATEMENTS_MAX:
                raise PlanError(f"This text has more than {STATEMENTS_MAX:,} statements; paste the part with the schedule.")
            self._statement(node, scope, loops)

    def _statement(self, node: ast.stmt, scope: Scope, loops: tuple[str, ...]) -> None:
        evaluator = Evaluator(scope, lambda call, name, args, named: self._call(call, name, args, named, scope, loops))

        def read(part: ast.expr) -> Any:
            return self._composed(evaluator.value(part))

        match node:
            case ast.Import(names=names):
                for item in names:
                    if item.asname:
                        scope.names["import " + item.asname] = item.name
            case ast.ImportFrom(module=module, names=names):
                for item in names:
                    scope.names["import " + (item.asname or item.name)] = f"{module}.{item.name}" if module else item.name
            case ast.Assign(targets=targets, value=value):
                self._site(node, scope, loops)
                made = read(value)
                for target in targets:
                    self._assign(target, made, scope)
            case ast.AnnAssign(target=target, value=annotated):
                self._site(node, scope, loops)
                if annotated is not None:
                    self._assign(target, read(annotated), scope)
            case ast.AugAssign(target=target, op=op, value=value):
                self._site(node, scope, loops)
                self._assign(target, read(ast.copy_location(ast.BinOp(loaded(target), op, value), node)), scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, scope)
            case ast.ClassDef(body=body):
                inner = scope.child()
                self._body(body, inner, ())
            case (
                ast.For(target=target, iter=items, body=body, orelse=rest) | ast.AsyncFor(target=target, iter=items, body=body, orelse=rest)
            ):
                read(items)
                for name in names_of(target):
                    scope.names[name] = Unknown(f"{name} is counted by the loop", node.lineno)
                self._body([*body, *rest], scope, (*loops, next(iter(names_of(target)), "")))
            case ast.While(test=test, body=body, orelse=rest):
                read(test)
                self._body([*body, *rest], scope, (*loops, ""))
            case ast.If(test=test, body=body, orelse=rest):
                decided = read(test)
                if not isinstance(decided, (bool, int, float)) or decided:
                    self._body(body, scope, loops)
                if not isinstance(decided, (bool, int, float)) or not decided:
                    self._body(rest, scope, loops)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for opened in items:
                    read(opened.context_expr)
                self._body(body, scope, loops)
            case ast.Try(body=body, handlers=handlers, orelse=rest, finalbody=final):
                self._body([*body, *(line for handler in handlers for line in handler.body), *rest, *final], scope, loops)
            case ast.Return(value=value) | ast.Expr(value=value) if value is not None:
                self._site(node, scope, loops)
                made = read(value)
                self._defs.returned = made if isinstance(node, ast.Return) else self._defs.returned

    def _site(self, node: ast.stmt, scope: Scope, loops: tuple[str, ...]) -> None:
        if may_be_rule(node, loops):
            self.sites.append(Site(node, scope.child(), loops))

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        self.sites.append(Site(node, scope))
        if isinstance(node, ast.FunctionDef):
            scope.names[node.name] = self._composed(Function(node, scope.names, node.lineno, scope.arguments))
        self._defs.define(node, scope)

    def _assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                scope.names[name] = value
            case ast.Attribute():
                if (path := Evaluator(scope, no_call).dotted(target)) is not None:
                    scope.names[path] = value
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                values = (
                    value
                    if isinstance(value, list) and len(value) == len(parts)
                    else [Unknown("it is unpacked", target.lineno)] * len(parts)
                )
                for part, item in zip(parts, values, strict=True):
                    self._assign(part, item, scope)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=index)):
                holder = scope.names.get(name)
                fits = isinstance(holder, list) and isinstance(index, int) and -len(holder) <= index < len(holder)
                if (flat(value) and fits) or (flat(value) and (isinstance(holder, dict) and isinstance(index, (str, int)))):
                    holder[index] = value  # type: ignore[index]

    def _call(self, node: ast.Call, name: str, args: list[Any], named: dict[str, Any], scope: Scope, loops: tuple[str, ...]) -> Any:
        bare, line = name.rpartition(".")[2], node.lineno
        args, named = [self._composed(item) for item in args], {key: self._composed(item) for key, item in named.items()}
        if isinstance(waiting := scope.names.get(name), Partial):
            return self._call(node, waiting.name, [*waiting.positional, *args], {**waiting.keywords, **named}, scope, loops)
        if isinstance(own := scope.names.get(name), Function) and (given := self._defs.call(own, args, named, loops)) is not NotImplemented:
            return given
        if bare == "partial" and node.args and (inner := Evaluator(scope, no_call).dotted(node.args[0])):
            return Partial(inner, args[1:], named)
        if bare == "SchedulerType" and len(args) == 1:
            return args[0]
        owner = scope.names.get(name.rpartition(".")[0])
        if "." not in name and is_own(bare, named, self._readers.get(bare, [])):
            return self._remember(Found(build_schedule(node), None, "epoch", line, "plan", bare), [*args, *named.values()])
        if (reader := reader_of(name, self._readers)) is not None:
            return self._schedule(reader, bare, args, named, line)
        if bare == "add_argument" and args and isinstance(args[0], str):
            option = next((item for item in args if isinstance(item, str) and item.startswith("--")), args[0])
            if "default" in named:
                scope.arguments[str(named.get("dest", option.lstrip("-").replace("-", "_")))] = named["default"]
            return None
        if bare == "append" and isinstance(owner, list) and len(args) == 1 and len(owner) < 1000 and flat(args[0]):
            owner.append(args[0])
            return None
        if bare == "step" and isinstance(owner, Found):
            self._stepped(owner, loops)
            return None
        if bare in ("Namespace", "SimpleNamespace", "EasyDict", "AttrDict", "DotDict", "Config") and named and not args:
            return named
        made = chained(args, line) if bare == "chain" else optimizer(name, args, named, line)
        if made is not None:
            if isinstance(made.lr, Found) and all(made.lr is not item for item in self.found):
                self._remember(made.lr, [item.lr for item in args if isinstance(item, Optimizer)])
            self.optimizers.append(made)
            return made
        if ".lr_scheduler." in f".{name}" or ".optimizers.schedules." in f".{name}" or (name.startswith("optax.") and "schedule" in bare):
            raise PlanError(f"Line {line}: {name} is not a schedule that is known; known are {', '.join(sorted(self._readers))}.")
        if "sched" in bare.lower() and bare not in ("scale_by_schedule", "LearningRateScheduler"):
            self.unread.append((line, name))
        return NotImplemented

    def _composed(self, value: Any) -> Any:
        """A lambda or def that is a schedule times a number, as a schedule; any other value as it is."""
        if not isinstance(value, Function) or (made := composed(value)) is None:
            return value
        return made[1] if made[0] is made[1] else self._remember(made[0], [made[1]])

    def _schedule(self, reader: Reader, bare: str, args: list[Any], named: dict[str, Any], line: int) -> Any:
        bound = bind(bare, reader.signature, args, named, line)
        self._nested(bound, line)
        mine = bound.get("optimizer")
        lr = self._base_lr
        if lr is None and isinstance(mine, Optimizer) and number(mine.lr):
            lr = float(mine.lr)
        if lr is None and number(self.lr):
            lr = float(self.lr)
        try:
            made = reader.build(Given(bare, bound, line, lr, mine if isinstance(mine, Optimizer) else None))
        except PlanError as error:
            raise (error if str(error).startswith("Line ") else PlanError(f"Line {line}: {error}", error.missing)) from None
        return made if made is None else self._remember(made, list(bound.values()))

    def _nested(self, bound: dict[str, Any], line: int) -> None:
        """Schedules of schedules of the same schedule double with every line."""
        inner = [self._sizes.get(id(part), (1, 1)) for part in parts_of(list(bound.values()))]
        self._size = (1 + sum(size for size, _ in inner), 1 + max((depth for _, depth in inner), default=0))
        if self._size[0] > PARTS_MAX or self._size[1] > DEPTH_MAX:
            raise PlanError(f"Line {line}: at most {PARTS_MAX} schedules, {DEPTH_MAX} deep, are read inside one; this one holds more.")

    def _remember(self, made: Found, arguments: list[Any]) -> Found:
        self._inner.update(id(part) for part in parts_of(arguments))
        self.found.append(made)
        self._sizes[id(made)] = self._size
        return made

    def _stepped(self, owner: Found, loops: tuple[str, ...]) -> None:
        """`scheduler.step()` in the inner of two loops counts iterations, in a loop over epochs it counts epochs."""
        name = loops[-1].lower() if loops else ""
        clock = "iteration" if len(loops) > 1 or (name and "epoch" not in name and name.startswith(_INNER_LOOPS)) else "epoch"
        if loops and owner.dialect in ("torch", "plan"):
            self._clocks[str(id(owner))] = clock

    def clock(self, item: Found) -> Found:
        """The schedule with the clock that the script's loop gives it."""
        clock = self._clocks.get(str(id(item)))
        return item if clock is None else replace(item, clock="iteration" if clock == "iteration" else "epoch")

    def _collect(self, scope: Scope) -> None:
        """A Lightning dict `{"scheduler": s, "interval": "step"}` says what its schedule counts."""
        for value in scope.names.values():
            if isinstance(value, dict) and isinstance(value.get("scheduler"), Found) and "interval" in value:
                self._clocks[str(id(value["scheduler"]))] = "iteration" if value["interval"] == "step" else "epoch"
