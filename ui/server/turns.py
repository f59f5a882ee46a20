"""Whose turn it is to run a script: a few at a time, for they share one interpreter.

A script computes and hardly ever waits, so that forty of them at once end no sooner than two and two. But
each that is ready to run is one more before which the server's loop has to wait for the interpreter: with a
class at work the loop, which carries everybody's drags, events and starts of scripts, stood still for
seconds. Who waits here does not compete for the interpreter.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_TURNS = 2  # one computes while the other sends what it has drawn
_free = threading.Semaphore(_TURNS)


class _Thread(threading.local):
    has_turn = False


_thread = _Thread()


@contextmanager
def turn() -> Iterator[None]:
    """Run the body when it is this thread's turn; a body inside such a body is run at once."""
    if _thread.has_turn:
        yield
        return
    _free.acquire()
    _thread.has_turn = True
    try:
        yield
    finally:
        _thread.has_turn = False
        _free.release()


@contextmanager
def waiting() -> Iterator[None]:
    """Leave the turn to others while the body waits for what another process computes."""
    if not _thread.has_turn:
        yield
        return
    _thread.has_turn = False
    _free.release()
    try:
        yield
    finally:
        _free.acquire()
        _thread.has_turn = True
