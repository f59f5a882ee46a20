"""A rate as one expression of plain Python, from which its LaTeX and every export are derived."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass

from lrcore.errors import PlanError
from lrcore.text.parser import parse_expression, unparse

LENGTH_MAX = 60_000  # characters of an expression

Where = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Rate:
    r"""An expression of the rate at the step `t`, and the parts of it that have a name.

    It knows numbers, t, pi, Python's operators and comparisons, if-else, min, max and functions of math, and
    three things that each library has to spell: `count_le([...], t)` is how many entries are at most t,
    `at([...], t)` the entry of a table (behind its end the last one), and `floor_log(x, b)` how many whole
    powers of b there are in x >= 1. A definition may use the names that come after it.

    Args:
        text: the expression.
        where: pairs of a name and the expression that it stands for.

    >>> Rate("0.1 * (1 - x)", (("x", "min(t, 9) / 9"),)).expression()
    '0.1 * (1 - min(t, 9) / 9)'
    """

    text: str
    where: Where = ()

    def expression(self) -> str:
        """The one expression, with every definition put in the place of its name."""
        if not self.where:
            return self.text
        known: dict[str, ast.expr] = {}
        for name, text in reversed(self.where):
            known[name] = substitute(parsed(text), known)
        return unparse(ast.fix_missing_locations(substitute(parsed(self.text), known)))


def apart(rates: Iterable[Rate]) -> tuple[list[str], Where]:
    """The texts of several rates and all of their definitions, to be parts of one expression: where two rates
    call different things by one name, the later one gets a name of its own.

    >>> apart([Rate("2 * x", (("x", "t / 5"),)), Rate("3 * x", (("x", "t / 9"),))])
    (['2 * x', '3 * x_2'], (('x', 't / 5'), ('x_2', 't / 9')))
    """
    taken: dict[str, str] = {}
    texts: list[str] = []
    for rate in rates:
        changed: dict[str, ast.expr] = {}
        mine: dict[str, str] = {}
        for name, text in reversed(rate.where):
            text, new, count = _renamed(text, changed), name, 1
            while taken.get(new, text) != text or new in mine:
                count += 1
                new = f"{name.partition('_')[0]}_{count}"
            if new != name:
                changed[name] = ast.Name(new, ast.Load())
            mine[new] = text
        taken = {name: text for name, text in taken.items() if name not in mine}  # what both use comes last
        taken |= dict(reversed(mine.items()))
        texts.append(_renamed(rate.text, changed))
    return texts, tuple(taken.items())


def _renamed(text: str, names: dict[str, ast.expr]) -> str:
    return unparse(substitute(parsed(text), names)) if names else text


def parsed(text: str) -> ast.expr:
    """The tree of an expression of ours; PlanError if it is too long for anybody, or nested too deeply for
    Python."""
    if len(text) <= LENGTH_MAX:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            return parse_expression(text)
    raise PlanError("The formula of this schedule is too long to be written out; export it in parts.")


def substitute(tree: ast.expr, names: dict[str, ast.expr]) -> ast.expr:
    """The tree with an expression in the place of each of these names."""
    changed: ast.expr = _Substitute(names).visit(tree)
    return changed


class _Substitute(ast.NodeTransformer):
    def __init__(self, names: dict[str, ast.expr]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._names.get(node.id, node)


def num(value: float) -> str:
    """The shortest digits that read back exactly; whole numbers without a point.

    >>> num(30.0), num(0.1)
    ('30', '0.1')
    """
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def table(rates: list[float], t: str) -> Rate:
    """The rate looked up in a list, one entry for each step."""
    return Rate(f"at([{', '.join(map(num, rates))}], {t})")
