"""How much work one paste may make, counted in expressions read: hostile text is short, what it asks for need
not be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from lrcore.errors import PlanError

WORK_MAX = 150_000  # the longest real scripts take a few thousand
_left: ContextVar[list[int] | None] = ContextVar("work_left", default=None)


@contextmanager
def limited_work() -> Iterator[None]:
    """A paste is read in here: after WORK_MAX expressions a PlanError ends loops in loops in loops."""
    token = _left.set([WORK_MAX])
    try:
        yield
    finally:
        _left.reset(token)


def spend(amount: int = 1) -> None:
    """Counts `amount` expressions, or as much work as reading them, off what the paste that is being read may
    still make."""
    left = _left.get()
    if left is None:
        return
    left[0] -= amount
    if left[0] < 0:
        raise PlanError(
            "This text takes too long to read: its loops, branches or lists multiply. Paste the part with the"
            " schedule."
        )
