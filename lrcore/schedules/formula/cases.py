"""The pieces of an if-else, each with the condition under which it counts."""

from __future__ import annotations

import ast

from lrcore.schedules.formula.simplify import value_of

Piece = tuple[ast.expr, ast.expr | None]  # a value, and its condition; None where no other one holds
Edge = tuple[ast.cmpop, ast.Constant]  # the end of a piece: < 5 or <= 5


def pieces(node: ast.IfExp) -> list[Piece]:
    """What an if-else chooses from: the pieces of a line, `t < 5`, `5 <= t < 9`, `t >= 9`, where its tests
    cut one; else one test after another."""
    if isinstance(name := _cut(node), ast.Name):
        return [(value, _between(low, name, high)) for value, low, high in _line(node, name.id, None, None)]
    rows: list[Piece] = []
    rest: ast.expr = node
    while isinstance(rest, ast.IfExp):
        rows.append((rest.body, rest.test))
        rest = rest.orelse
    return [*rows, (rest, None)]


def _cut(node: ast.expr) -> ast.expr | None:
    """What an if-else compares with a number."""
    match node:
        case ast.IfExp(
            test=ast.Compare(
                left=ast.Name() as left,
                ops=[ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()],
                comparators=[ast.Constant()],
            )
        ):
            return left
    return None


def _line(
    node: ast.expr, name: str, low: Edge | None, high: Edge | None
) -> list[tuple[ast.expr, Edge | None, Edge | None]]:
    match node, _cut(node):
        case (
            ast.IfExp(
                test=ast.Compare(ops=[op], comparators=[ast.Constant() as at]), body=body, orelse=orelse
            ),
            ast.Name(id=found),
        ) if found == name and _inside(low, at, high):
            if isinstance(op, (ast.Gt, ast.GtE)):
                op, body, orelse = (ast.LtE() if isinstance(op, ast.Gt) else ast.Lt()), orelse, body
            edge = (op, at)
            return [*_line(body, name, low, edge), *_line(orelse, name, edge, high)]
    return [(node, low, high)]


def _inside(low: Edge | None, at: ast.Constant, high: Edge | None) -> bool:
    return (low is None or value_of(low[1]) < value_of(at)) and (
        high is None or value_of(at) < value_of(high[1])
    )


def _between(low: Edge | None, name: ast.Name, high: Edge | None) -> ast.expr:
    """`low <= name < high`, with the side alone that there is."""
    if low is None:
        assert high is not None
        return ast.Compare(name, [high[0]], [high[1]])
    strict = isinstance(low[0], ast.LtE)  # what the piece before includes, this one does not
    if high is None:
        return ast.Compare(name, [ast.Gt() if strict else ast.GtE()], [low[1]])
    return ast.Compare(low[1], [ast.Lt() if strict else ast.LtE(), high[0]], [name, high[1]])
