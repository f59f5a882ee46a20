"""An error for the log: its kind and where it came from, never what it says, which may repeat a visitor's
text."""

from __future__ import annotations

import traceback
from types import TracebackType

_FRAMES, _CAUSES = 8, 4


def place_of(error: BaseException, where: TracebackType | None = None) -> str:
    """The kinds of an error and of its causes, then the innermost frames, one a line.

    >>> try:
    ...     int("a secret")
    ... except ValueError as error:
    ...     print(place_of(error).partition(":")[0])
    ValueError
      <doctest lrcore.jobs.error_place.place_of[0]>
    """
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < _CAUSES:
        system = f" ({cause.strerror})" if isinstance(cause, OSError) and cause.strerror else ""
        kinds.append(type(cause).__name__ + system)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(where or error.__traceback__)[-_FRAMES:]
    stack = "".join(f"\n  {frame.filename}:{frame.lineno} in {frame.name}" for frame in reversed(frames))
    return " from ".join(kinds) + stack
