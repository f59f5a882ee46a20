"""What the names of a script stand for at one place: lines of their own, a library's constants, argparse."""

from __future__ import annotations

import ast
from typing import Any

from lrcore.dialects.reading.functions import CONSTANTS
from lrcore.dialects.reading.results import lost
from lrcore.dialects.reading.values import Partial, Scope, Unknown, source

_LIBRARIES = ("torch", "keras", "tf", "optax", "timm", "transformers", "np", "math")


def named(path: str, scope: Scope, line: int) -> Any:
    """The value of a dotted name; Unknown if the paste does not give it."""
    if path in scope.names:
        return scope.names[path]
    if path in CONSTANTS:
        return CONSTANTS[path]
    root, _, rest = path.partition(".")
    above, _, last = path.rpartition(".")
    if ".SchedulerType." in f".{path}":  # transformers' enum of its schedules' names
        kind = last.lower()
        return "reduce_lr_on_plateau" if kind == "reduce_on_plateau" else kind
    holder = scope.names.get(above)
    if rest and isinstance(holder, dict) and last in holder:
        return holder[last]
    if rest and root not in _LIBRARIES and (found := _declared(last, scope)) is not None:
        return found
    if last in scope.calls:
        return Partial(path, [], {})
    return Unknown(f"{path} is not given in what was pasted; add a line such as {last} = 100", line, last)


def entry(holder: Any, index: Any, node: ast.Subscript, scope: Scope) -> Any:
    """`holder[index]`; of a settings object that is not pasted, what a line of the entry's own name gives."""
    try:
        if isinstance(holder, (list, dict)):
            return holder[index]
    except (KeyError, IndexError, TypeError):
        pass
    if not isinstance(holder, Unknown) or not isinstance(index, str):
        return lost(node)
    if (found := _declared(index, scope)) is not None:  # cfg["lr_decay"]
        return found
    return Unknown(
        f"{source(node)} is not given in what was pasted; add a line such as {index} = 100",
        node.lineno,
        index,
    )


def _declared(name: str, scope: Scope) -> Any:
    """What `args.lr_decay` or `cfg["lr_decay"]` stands for: an argparse line's default, or a line
    `lr_decay = 5e-5`."""
    value = scope.names.get(name)
    return scope.arguments.get(name, value if isinstance(value, (int, float, str)) else None)
