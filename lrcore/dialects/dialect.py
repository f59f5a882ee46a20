"""What a dialect is, and which there are: every folder in `libraries` is one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from lrcore.dialects import libraries
from lrcore.dialects.reading.values import Reader
from lrcore.plan import Plan


@dataclass(frozen=True)
class Dialect:
    """A library's folder: the calls that are read, by its own signatures, and a plan as a complete snippet,
    imports included."""

    readers: tuple[Reader, ...]
    write: Callable[[Plan], str]


def _discover() -> dict[str, Dialect]:
    found = {}
    for name in sorted(info.name for info in pkgutil.iter_modules(libraries.__path__) if info.ispkg):
        read, write = (
            importlib.import_module(f"{libraries.__name__}.{name}.{half}") for half in ("read", "write")
        )
        found[name] = Dialect(read.READERS, write.write)
    return found


def _by_call(dialects: dict[str, Dialect]) -> dict[str, list[Reader]]:
    readers: dict[str, list[Reader]] = {}
    for dialect in dialects.values():
        for reader in dialect.readers:
            for name in (reader.name, *reader.aliases):
                readers.setdefault(name, []).append(reader)
    return readers


DIALECTS: dict[str, Dialect] = _discover()

READERS: dict[str, list[Reader]] = _by_call(DIALECTS)
"""Who reads a call, by the function's bare name: two libraries may have one of the same name."""
