"""The one door to Python's own parser, and the one back: what comes out is small enough to be walked.

Whoever walks a tree does so by recursion, and Python ends that at a thousand frames with a RecursionError;
whoever counts turns whole numbers into floats, which ends at 2**1024 with an OverflowError. So a tree that is
deeper or holds a longer number than any plan needs is refused here, where it is made.

CPython 3.11 counts the depth of a tree while it builds it in one counter for all threads. When the
interpreter changes threads in the middle, as a server's does, `ast.parse` can raise SystemError ("recursion
depth mismatch") for text that is perfectly good. A lock keeps our own threads apart; when the other thread is
somebody else's, asking again is the answer.
"""

from __future__ import annotations

import ast
import re
import threading
import warnings
from typing import Literal

from lrcore.errors import PlanError

DEPTH_MAX = 100  # levels of a tree that a person wrote; those who walk it take up to six frames a level
# the end of a sentence about a text for which `parse` raises anything but a SyntaxError
UNREADABLE = "is nested too deeply, or holds a number that is too large or a character that is not text"
_BITS_MAX = 1023  # of a whole number, so that it is a float as well
_ATTEMPTS = 5
_NAME = "<pasted text>"
_lock = threading.Lock()


def parse(text: str, depth_max: int = DEPTH_MAX) -> ast.Module:
    """The tree of a script. SyntaxError, ValueError (a character that is not text, a number that no float
    holds), RecursionError (more than `depth_max` levels) or MemoryError for what has none."""
    tree = _parsed(text, "exec", depth_max)
    assert isinstance(tree, ast.Module)
    return tree


def parse_expression(text: str, depth_max: int = DEPTH_MAX) -> ast.expr:
    """The tree of one expression; raises what `parse` does."""
    tree = _parsed(text, "eval", depth_max)
    assert isinstance(tree, ast.Expression)
    return tree.body


def unparse(node: ast.AST) -> str:
    """A tree as text; PlanError for one that cannot be written, such as a text with a line break inside of
    another one."""
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):
        line = f" of line {node.lineno}" if isinstance(node, (ast.expr, ast.stmt)) else ""
        raise PlanError(
            f"An expression{line} is nested too deeply or too long to be written out; simplify it."
        ) from None


def _parsed(text: str, mode: Literal["exec", "eval"], depth_max: int) -> ast.AST:
    _quiet()
    for attempt in range(_ATTEMPTS):
        try:
            with _lock:
                tree = ast.parse(text, _NAME, mode)
            break
        except SystemError:
            if attempt == _ATTEMPTS - 1:
                raise
    _check(tree, depth_max)
    return tree


def _check(tree: ast.AST, depth_max: int) -> None:
    """Level by level, so that a deep tree is refused without a deep stack."""
    level, depth = [tree], 0
    while level:
        if depth > depth_max:
            raise RecursionError(f"more than {depth_max} levels")
        depth += 1
        below: list[ast.AST] = []
        for node in level:
            if type(node) is ast.Constant:
                if type(node.value) is int and node.value.bit_length() > _BITS_MAX:
                    raise ValueError("a number beyond what a float holds")
                continue
            for part in vars(node).values():
                if isinstance(part, list):
                    below += [item for item in part if isinstance(item, ast.AST)]
                elif isinstance(part, ast.AST):
                    below.append(part)
        level = below


def _quiet() -> None:
    """Have Python say nothing to our log about a stranger's text, such as `0.1or 2`.

    A filter that stays: `warnings.catch_warnings` puts the filters of all threads back, also those that
    another one has set meanwhile.
    """
    if _FILTER not in warnings.filters:
        warnings.filterwarnings("ignore", module=re.escape(_NAME))


_FILTER = ("ignore", None, Warning, re.compile(re.escape(_NAME)), 0)
