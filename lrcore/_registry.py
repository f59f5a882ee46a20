"""Discovery: a new schedule, data set or optimiser is one new file, found here by importing its package's
modules."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Mapping
from typing import TypeVar

from lrcore._values import Kinded
from lrcore.errors import LRLabError

K = TypeVar("K", bound=Kinded)


def discover(package: str, path: Iterable[str], base: type[K]) -> dict[str, type[K]]:
    """Import every public module of `package` and return its concrete subclasses of `base` by their
    `kind`."""
    found: dict[str, type[K]] = {}
    for info in pkgutil.iter_modules(path, package + "."):
        if info.name.rpartition(".")[2].startswith("_"):
            continue
        module = importlib.import_module(info.name)
        for item in vars(module).values():
            concrete = (
                inspect.isclass(item)
                and issubclass(item, base)
                and not inspect.isabstract(item)
                and hasattr(item, "kind")
            )
            if concrete and item.__module__ == info.name:
                found[item.kind] = item
    return found


def lookup(known: Mapping[str, type[K]], kind: str, noun: str, error: type[LRLabError]) -> type[K]:
    """The class of that name, or an error that suggests the nearest one and lists them all."""
    if kind in known:
        return known[kind]
    near = {name.lower(): name for name in known}.get(kind.lower()) or next(
        iter(difflib.get_close_matches(kind, known, 1)), None
    )
    hint = f" Did you mean {near}?" if near else ""
    shown = kind if len(kind) <= 40 else kind[:39] + "…"
    raise error(f"There is no {noun} called {shown!r}.{hint} Known are: {', '.join(sorted(known))}.")
