"""Registries: a new schedule, data set or optimiser is one new file, whose classes enter themselves."""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from lrcore.errors import LRLabError
from lrcore.values.value import Kinded

K = TypeVar("K", bound=Kinded)


def discover(package: str, path: Iterable[str]) -> None:
    """Import every module of `package` and of the packages in it, so that their classes enter themselves."""
    for info in pkgutil.walk_packages(path, package + "."):
        importlib.import_module(info.name)


class Registry(Mapping[str, type[K]], Generic[K]):
    """The concrete classes of one family by their `kind`, file by file; it grows as files are imported."""

    def __init__(self, noun: str, error: type[LRLabError]) -> None:
        self._noun, self._error = noun, error
        self._found: dict[str, type[K]] = {}
        self._holds: Callable[[type[K]], bool] = lambda cls: not inspect.isabstract(cls)

    def add(self, cls: type[K]) -> None:
        """Enter a class; for `__init_subclass__` of the family's base. Abstract ones are passed over."""
        if hasattr(cls, "kind"):
            self._found[cls.kind] = cls

    def where(self, holds: Callable[[type[K]], bool]) -> Registry[K]:
        """Those of the classes for which that holds, also of those that come later."""
        view: Registry[K] = Registry(self._noun, self._error)
        view._found = self._found
        view._holds = lambda cls: self._holds(cls) and holds(cls)
        return view

    def find(self, kind: str) -> type[K]:
        """The class of that name, or an error that suggests the nearest one and lists them all."""
        if kind in self:
            return self[kind]
        near = {name.lower(): name for name in self}.get(kind.lower()) or next(
            iter(difflib.get_close_matches(kind, self, 1)), None
        )
        hint = f" Did you mean {near}?" if near else ""
        shown = kind if len(kind) <= 40 else kind[:39] + "…"
        raise self._error(
            f"There is no {self._noun} called {shown!r}.{hint} Known are: {', '.join(sorted(self))}."
        )

    def __getitem__(self, kind: str) -> type[K]:
        cls = self._found[kind]
        if not self._holds(cls):
            raise KeyError(kind)
        return cls

    def __iter__(self) -> Iterator[str]:
        by_file = sorted(self._found.values(), key=lambda cls: cls.__module__)
        return (cls.kind for cls in by_file if self._holds(cls))

    def __len__(self) -> int:
        return sum(1 for _ in self)
