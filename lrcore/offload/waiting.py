"""Who is next: visitors take turns."""

from __future__ import annotations

from collections import OrderedDict, deque

from lrcore.errors import LRLabError


class Waiting:
    """Calls, by their keys, in the lines of the visitors who want them; one that several want stands in the
    line of each.

    >>> waiting = Waiting(calls_max=9, owner_max=9)
    >>> for owner, key in [("ann", "a1"), ("ann", "a2"), ("bob", "b1"), ("bob", "a2")]:
    ...     waiting.join(owner, key)
    >>> [waiting.take() for _ in range(4)]
    ['a1', 'b1', 'a2', None]
    """

    def __init__(self, calls_max: int, owner_max: int) -> None:
        self._calls_max = calls_max
        self._owner_max = owner_max
        self._lines: OrderedDict[str, deque[str]] = OrderedDict()  # whose turn it is comes first
        self._keys: set[str] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def join(self, owner: str, key: str) -> None:
        """LRLabError where too many wait already."""
        line = self._lines.get(owner, deque())
        if key in line:
            return
        if len(line) >= self._owner_max or len(self._keys) >= self._calls_max:
            raise LRLabError("Too much is being calculated at the moment; try again in a little while.")
        line.append(key)
        self._lines.setdefault(owner, line)
        self._keys.add(key)

    def put_back(self, key: str) -> None:
        """One that was taken is the next again, however many wait."""
        self._lines.setdefault("", deque()).appendleft(key)
        self._lines.move_to_end("", last=False)
        self._keys.add(key)

    def leave(self, key: str) -> None:
        """Nobody wants it any more."""
        self._keys.discard(key)
        for owner, line in list(self._lines.items()):
            if key in line:
                line.remove(key)
            if not line:
                del self._lines[owner]

    def take(self) -> str | None:
        """The next call, taken out; its owner goes to the end of the round. None if nobody waits."""
        if not self._lines:
            return None
        owner, line = next(iter(self._lines.items()))
        key = line[0]
        self._lines.move_to_end(owner)
        self.leave(key)
        return key
