"""A formula's tree as LaTeX."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from lrcore.schedules.formula.operations import name_of
from lrcore.schedules.schedule import number

_COMPARE = {"Lt": "<", "LtE": r"\le", "Gt": ">", "GtE": r"\ge", "Eq": "=", "NotEq": r"\ne"}
_CALL = {
    "sqrt": r"\sqrt{{{0}}}",
    "abs": r"\left|{0}\right|",
    "floor": r"\lfloor {0} \rfloor",
    "int": r"\lfloor {0} \rfloor",
}
_CALL |= {
    "ceil": r"\lceil {0} \rceil",
    "exp": "e^{{{0}}}",
    "pow": r"\left({0}\right)^{{{1}}}",
    "float": "{0}",
}
_KNOWN = {"sin", "cos", "tanh", "log", "min", "max"}
_SUM, _PRODUCT, _ATOM = 1, 2, 3  # how tightly the outermost operation binds


Names = Mapping[str, float | str]  # a value, or another name


def formula_latex(node: ast.expr, values: Names) -> str:
    r"""`0.1 / (1 + d * t)` with d = 0.01 to `\frac{0.1}{1 + 0.01 \cdot t}`; names without a value stay."""
    return _write(node, values)[0]


def _write(node: ast.expr, values: Names) -> tuple[str, int]:
    match node:
        case ast.Constant(value=value):
            return number(float(value)), _ATOM  # type: ignore[arg-type]
        case ast.Name() | ast.Attribute():
            name = str(name_of(node))
            if name in values:
                value = values[name]
                return (value if isinstance(value, str) else number(value)), _ATOM
            return (
                r"\pi"
                if name == "pi"
                else name
                if len(name) == 1
                else rf"\mathrm{{{name.replace('_', chr(92) + '_')}}}"
            ), _ATOM
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(left, op, right, values)
        case ast.UnaryOp(op=op, operand=operand):
            sign = {"USub": "-", "UAdd": "", "Not": r"\lnot "}[type(op).__name__]
            return sign + _inside(operand, values, _PRODUCT), _SUM
        case ast.Call(func=func, args=args):
            name, shown = str(name_of(func)), [formula_latex(arg, values) for arg in args]
            if name in _CALL:
                return _CALL[name].format(*shown), _ATOM
            head = "\\" + name if name in _KNOWN else rf"\mathrm{{{name}}}"
            return rf"{head}\left({', '.join(shown)}\right)", _ATOM
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yes, when, no = (formula_latex(part, values) for part in (body, test, orelse))
            return rf"\begin{{cases}} {yes} & {when} \\ {no} & \text{{else}} \end{{cases}}", _ATOM
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            tail = "".join(
                f" {_COMPARE[type(op).__name__]} {_inside(side, values, _SUM)}"
                for op, side in zip(ops, comparators, strict=True)
            )
            return _inside(left, values, _SUM) + tail, 0
        case ast.BoolOp(op=op, values=items):
            sign = r" \land " if isinstance(op, ast.And) else r" \lor "
            return sign.join(_inside(item, values, _SUM) for item in items), 0
    return rf"\text{{{type(node).__name__}}}", _ATOM


def _binary(left: ast.expr, op: ast.operator, right: ast.expr, values: Names) -> tuple[str, int]:
    if isinstance(op, (ast.Div, ast.FloorDiv)):
        share = rf"\frac{{{formula_latex(left, values)}}}{{{formula_latex(right, values)}}}"
        return (share if isinstance(op, ast.Div) else rf"\left\lfloor {share} \right\rfloor"), _ATOM
    if isinstance(op, ast.Pow):
        base, binds = _write(left, values)
        plain = binds == _ATOM and not base.startswith(("e^", r"\frac", r"\left")) and "10^" not in base
        return (
            base if plain else rf"\left({base}\right)"
        ) + rf"^{{{formula_latex(right, values)}}}", _PRODUCT
    if isinstance(op, ast.Mult):
        return _inside(left, values, _PRODUCT) + r" \cdot " + _inside(right, values, _PRODUCT), _PRODUCT
    if isinstance(op, ast.Mod):
        return _inside(left, values, _ATOM) + r" \bmod " + _inside(right, values, _ATOM), _SUM
    sign, binds = (" + ", _SUM) if isinstance(op, ast.Add) else (" - ", _PRODUCT)
    return _inside(left, values, _SUM) + sign + _inside(right, values, binds), _SUM


def _inside(node: ast.expr, values: Names, least: int) -> str:
    text, binds = _write(node, values)
    return text if binds >= least else rf"\left({text}\right)"
