"""Results that are kept by what was asked for."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The results that were asked for last, of so many bytes in all.

    >>> kept = Kept(10)
    >>> kept.put("a", 1, 6); kept.put("b", 2, 6)
    >>> kept.get("a"), kept.get("b")
    (None, 2)
    """

    def __init__(self, nbytes_max: int) -> None:
        self._nbytes_max = nbytes_max
        self._results: OrderedDict[str, tuple[T, int]] = OrderedDict()
        self._nbytes = 0

    def get(self, key: str) -> T | None:
        if (found := self._results.get(key)) is None:
            return None
        self._results.move_to_end(key)
        return found[0]

    def put(self, key: str, result: T, nbytes: int) -> None:
        """`nbytes` counts the result; its key counts as well."""
        self._nbytes -= self._results.pop(key, (None, 0))[1]
        self._results[key] = result, nbytes + len(key)
        self._nbytes += nbytes + len(key)
        while self._nbytes > self._nbytes_max and len(self._results) > 1:
            self._nbytes -= self._results.popitem(last=False)[1][1]
