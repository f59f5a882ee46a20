"""The calls of a pasted script: which of them make a schedule or an optimiser, by which library's rules, and
what steps it."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lrcore.dialects.reading.composed import chained, composed
from lrcore.dialects.reading.expressions import Evaluator
from lrcore.dialects.reading.names import changed
from lrcore.dialects.reading.optimizer_lines import TRAINER, optimizer
from lrcore.dialects.reading.signatures import bind, signature
from lrcore.dialects.reading.syntax import is_number, is_own, no_call, parts_of, reader_of, wraps
from lrcore.dialects.reading.values import (
    Clock,
    Fields,
    Found,
    Function,
    Given,
    Optimizer,
    Partial,
    Reader,
    Scope,
    Unknown,
)
from lrcore.errors import PlanError
from lrcore.schedules.text import DEPTH_MAX, build_schedule

SCHEDULES_MAX = 300  # in one
_NAMESPACES = ("Namespace", "SimpleNamespace", "EasyDict", "AttrDict", "DotDict", "Config")
_TAKE_SCHEDULES = ("scale_by_schedule", "LearningRateScheduler")  # calls of the libraries that make none
# What the loop of a training script over the batches of an epoch names its variable.
_INNER_LOOPS = ("batch", "iter", "step", "data", "input", "image", "x", "i", "_")


class Calls(ABC):
    """What the calls that were read so far made. `found` are schedules in their order."""

    def __init__(
        self,
        readers: dict[str, list[Reader]],
        base_lr: float | None,
        values: Mapping[str, float] | None = None,
    ) -> None:
        self._readers, self._base_lr, self.values = readers, base_lr, dict(values or {})
        self.found: list[Found] = []
        self.optimizers: list[Optimizer] = []
        self.unread: list[tuple[int, str]] = []  # calls that sound like a schedule and are not known
        self._inner: set[int] = set()  # ids of schedules that are a part of another
        self._sizes: dict[int, tuple[int, int]] = {}  # schedules in each schedule, and how deep
        self._size = (1, 1)  # of the schedule that is being made
        self._clocks: dict[int, Clock] = {}  # what the script's loop says a schedule counts, by its id
        # A Trainer makes a schedule of its own: what its arguments are called, these, and their line.
        self._trainer: tuple[str, dict[str, Any], int] | None = None
        self._order = 0  # calls so far that make a schedule

    def schedules(self) -> list[Found]:
        """The schedules that stand for themselves, in the order of the paste."""
        kept: dict[int, Found] = {id(item): item for item in self.found if id(item) not in self._inner}
        if self._trainer is not None and not kept and not self.unread:
            name, named, line = self._trainer
            reader = self._readers[name][0]
            known = {
                key: value
                for key, value in {**self.values, **named}.items()
                if key in dict(signature(reader.signature))
            }
            made = self._schedule(reader, name, [], known, line)
            return [] if made is None else [made]
        return list(kept.values())

    @property
    def lr(self) -> float | None:
        """The base lr: the argument, or else the last optimiser line that gives a number."""
        if self._base_lr is not None:
            return self._base_lr
        given = [item.lr for item in self.optimizers if is_number(item.lr)]
        return given[-1] if given else None

    @abstractmethod
    def _own_call(
        self, function: Function, args: list[Any], named: dict[str, Any], loops: tuple[str, ...]
    ) -> Any:
        """What a function of the script's own returns; NotImplemented where that does not matter."""

    def _call(
        self,
        node: ast.Call,
        callee: str | Function | Partial,
        args: list[Any],
        named: dict[str, Any],
        scope: Scope,
        loops: tuple[str, ...],
    ) -> Any:
        args = [self._composed(item) for item in args]
        named = {key: self._composed(item) for key, item in named.items()}
        own = scope.names.get(callee) if isinstance(callee, str) else callee
        if isinstance(own, Partial):
            args, named = [*own.positional, *args], {**own.keywords, **named}
            return self._call(node, own.name, args, named, scope, loops)
        if isinstance(own, Function):
            result = self._own_call(own, args, named, loops)
            if result is not NotImplemented:
                return result
        if isinstance(own, Fields):
            return Fields(own | dict(zip(own, args, strict=False)) | named)
        if not isinstance(callee, str):
            return NotImplemented
        name, bare, line = callee, callee.rpartition(".")[2], node.lineno
        if bare == "partial" and args:
            if isinstance(first := args[0], Partial):
                return Partial(first.name, [*first.positional, *args[1:]], {**first.keywords, **named})
            if inner := Evaluator(scope, no_call).dotted(node.args[0]):
                return Partial(inner, args[1:], named)
        if bare == "prepare" and args:  # accelerate: what comes back is what went in
            return args if len(args) > 1 else args[0]
        if bare == "SchedulerType" and len(args) == 1:
            return args[0]
        owner = scope.names.get(name.rpartition(".")[0])
        if "." not in name and is_own(bare, named, self._readers.get(bare, [])):
            made = Found(build_schedule(node), None, "epoch", line, "plan", bare)
            return self._remember(made, [*args, *named.values()])
        reader = reader_of(name, self._readers)
        if bare in TRAINER:
            self._trainer = (bare, named, line)
        elif reader is not None and not isinstance(own, (Function, Unknown)):
            return self._schedule(reader, bare, args, named, line)
        if bare == "add_argument" and args and isinstance(args[0], str):
            option = next((item for item in args if isinstance(item, str) and item.startswith("--")), args[0])
            if "default" in named:
                destination = str(named.get("dest", option.lstrip("-").replace("-", "_")))
                scope.arguments[destination] = named["default"]
            return None
        if (result := changed(name, args, named, scope, loops, line)) is not NotImplemented:
            return result
        if bare == "step" and isinstance(owner, Found):
            self._stepped(owner, loops)
            return None
        if bare in _NAMESPACES and named and not args:
            return named
        stepped = chained(args, line) if bare == "chain" else optimizer(name, args, named, line)
        if stepped is not None:
            if isinstance(stepped.lr, Found) and all(stepped.lr is not item for item in self.found):
                self._remember(stepped.lr, [item.lr for item in args if isinstance(item, Optimizer)])
            self.optimizers.append(stepped)
            return stepped
        if (
            ".lr_scheduler." in f".{name}"
            or ".optimizers.schedules." in f".{name}"
            or (name.startswith("optax.") and "schedule" in bare)
        ):
            raise PlanError(
                f"Line {line}: {name} is not a schedule that is known; known are"
                f" {', '.join(sorted(self._readers))}."
            )
        wrapper = wraps(bare, [*args, *named.values()])
        if ("sched" in bare.lower() or wrapper) and bare not in _TAKE_SCHEDULES:
            self.unread.append((line, name))
            if wrapper:
                raise PlanError(
                    f"Line {line}: {name}, which changes the schedule inside it, is not known; paste what it"
                    " makes of it."
                )
        return NotImplemented

    def _composed(self, value: Any) -> Any:
        """A lambda or def that is a schedule times a number, as a schedule; any other value as it is."""
        if not isinstance(value, Function) or (made := composed(value)) is None:
            return value
        return made[1] if made[0] is made[1] else self._remember(made[0], [made[1]])

    def _schedule(
        self, reader: Reader, bare: str, args: list[Any], named: dict[str, Any], line: int
    ) -> Found | None:
        """What a reader makes of a call; None where it leaves that to the rules written by hand."""
        bound = bind(bare, reader.signature, args, named, line)
        self._nested(bound, line)
        named_optimizer = bound.get("optimizer")
        mine = named_optimizer if isinstance(named_optimizer, Optimizer) else None
        lr = self._base_lr
        if lr is None and mine is not None and is_number(mine.lr):
            lr = float(mine.lr)
        if lr is None and self.lr is not None:
            lr = float(self.lr)
        self._order += 1
        try:
            made = reader.build(Given(bare, bound, line, lr, mine, self._order))
        except PlanError as error:
            if str(error).startswith("Line "):
                raise
            raise PlanError(f"Line {line}: {error}", error.missing) from None
        return None if made is None else self._remember(made, list(bound.values()))

    def _nested(self, bound: dict[str, Any], line: int) -> None:
        """Schedules of schedules of the same schedule double with every line."""
        inner = [self._sizes.get(id(part), (1, 1)) for part in parts_of(list(bound.values()))]
        self._size = (1 + sum(size for size, _ in inner), 1 + max((depth for _, depth in inner), default=0))
        if self._size[0] > SCHEDULES_MAX or self._size[1] > DEPTH_MAX:
            raise PlanError(
                f"Line {line}: at most {SCHEDULES_MAX} schedules, {DEPTH_MAX} deep, are read inside one; this"
                " one holds more."
            )

    def _remember(self, made: Found, arguments: list[Any]) -> Found:
        self._inner.update(id(part) for part in parts_of(arguments))
        self.found.append(made)
        self._sizes[id(made)] = self._size
        return made

    def _stepped(self, owner: Found, loops: tuple[str, ...]) -> None:
        """`scheduler.step()` in the inner of two loops counts iterations, in a loop over epochs it counts
        epochs."""
        if not loops or owner.dialect not in ("torch", "plan"):
            return
        name = loops[-1].lower()
        inner = len(loops) > 1 or ("epoch" not in name and name.startswith(_INNER_LOOPS))
        self._clocks[id(owner)] = "iteration" if inner else "epoch"

    def clock(self, item: Found) -> Found:
        """The schedule with the clock that the script's loop gives it."""
        clock = self._clocks.get(id(item))
        return item if clock is None else replace(item, clock=clock)
