"""The one door to Python's own parser.

CPython 3.11 counts the depth of a tree while it builds it in one counter for all threads. When the
interpreter changes threads in the middle, as a server's does, `ast.parse` can raise SystemError ("recursion
depth mismatch") for text that is perfectly good. A lock keeps our own threads apart; when the other thread is
somebody else's, asking again is the answer.
"""

from __future__ import annotations

import ast
import threading

_lock = threading.Lock()


def parse(text: str, attempts: int = 5) -> ast.Module:
    """`ast.parse(text)`. Raises what that raises: SyntaxError, ValueError, RecursionError, MemoryError."""
    try:
        with _lock:
            return ast.parse(text)
    except SystemError:
        if attempts == 1:
            raise
        return parse(text, attempts - 1)


def parse_expression(text: str, attempts: int = 5) -> ast.expr:
    """`ast.parse(text, mode="eval").body`: the tree of one expression. Raises what `parse` does."""
    try:
        with _lock:
            return ast.parse(text, mode="eval").body
    except SystemError:
        if attempts == 1:
            raise
        return parse_expression(text, attempts - 1)
