r"""A rate as LaTeX: `0.1 / (1 + 0.01 * t)` as `\frac{0.1}{1 + 0.01\,t}`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial

from lrcore.schedules.formula.cases import Piece, pieces
from lrcore.schedules.formula.rate import Rate, parsed, substitute
from lrcore.schedules.formula.simplify import Range, simplify, value_of

ROWS_MAX = 8  # cases of a formula, and entries of a list, that are written out
_COMPARE = {"Lt": "<", "LtE": r"\le", "Gt": ">", "GtE": r"\ge", "Eq": "=", "NotEq": r"\ne"}
_AROUND = {  # functions that are brackets or a sign around their argument
    "sqrt": (r"\sqrt{", "}"),
    "abs": (r"\left|", r"\right|"),
    "floor": (r"\lfloor ", r" \rfloor"),
    "ceil": (r"\lceil ", r" \rceil"),
}
_NAMED = {"log2": r"\log_{2}", "log10": r"\log_{10}"} | {
    name: "\\" + name for name in ("sin", "cos", "tanh", "log", "min", "max")
}
_TEST, _MOD, _SUM, _PRODUCT, _POWER, _ATOM = range(6)  # how tightly the outermost operation binds
_TALL = (r"\frac", r"\begin")
_SHORT = 14  # characters of a sum that may stand before a slash
Tex = tuple[str, int]


def rate_latex(rate: Rate, digits: int = 6) -> str:
    r"""The formula of $\eta_t$ and, behind it, what its letters stand for.

    >>> print(rate_latex(Rate("0.1 * (1 - x) ** 2", (("x", "min(t, 9) / 9"),))))
    \eta_t = 0.1 (1 - x)^{2},\quad x = \min(t, 9) / 9
    """
    writer, known, parts = _Writer(digits), dict[str, float](), dict[str, ast.expr]()
    for name, text in reversed(rate.where):
        parts[name] = simplify(parsed(text), Range(names=known))
        known[name] = Range(names=known).at_least(parts[name])
    tree = simplify(parsed(rate.text), Range(names=known))
    shown = [r"\eta_t = " + writer.write(tree, display=True)[0]]
    for name, part in reversed(parts.items()):
        if name in writer.used:
            shown.append(f"{_letter(name)} = {writer.write(part)[0]}")
    shown += [f"{letter} {listed}" for listed, letter in writer.lists.items()]
    return r",\quad ".join(shown)


def expression_latex(text: str, step: str = "t") -> str:
    """An expression by itself; `step` is the letter of its step."""
    clock: dict[str, ast.expr] = {step: ast.Name("t", ast.Load())}
    tree = simplify(substitute(parsed(text), clock), Range())
    return _Writer(6).write(substitute(tree, {"t": ast.Name(step, ast.Load())}))[0]


def number(value: float, digits: int = 6) -> str:
    r"""A number as LaTeX: 0.0001 as 10^{-4}, 5e-05 as 5 \cdot 10^{-5}; a whole one below 10^9 as it is."""
    if float(value).is_integer() and abs(value) < 1e9:
        return str(int(value))
    text = f"{value:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    if not exponent and abs(value) < 1e-3:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
    if not exponent:
        return text
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"


def _letter(name: str) -> str:
    letter, _, count = name.partition("_")
    return rf"{letter}_{{{count}}}" if count else letter


def _grouped(text: str) -> str:
    return rf"\left({text}\right)" if any(sign in text for sign in _TALL) else f"({text})"


class _Writer:
    """Writes trees; gathers the names that they use, and the lists that they look into with their letters."""

    def __init__(self, digits: int) -> None:
        self._number: Callable[[float], str] = partial(number, digits=digits)
        self.used: set[str] = set()
        self.lists: dict[str, str] = {}

    def write(self, node: ast.expr, display: bool = False) -> Tex:
        """The text and how tightly it binds; in the open (`display`) every division is a fraction."""
        match node:
            case ast.Constant():
                text = self._number(value_of(node))
                return text, _SUM if text[0] == "-" else _PRODUCT if "10^" in text else _ATOM
            case ast.Name(id=name):
                self.used.add(name)
                return (r"\pi" if name == "pi" else _letter(name)), _ATOM
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(left, op, right, display)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return r"\lnot " + self._bracketed(operand, _ATOM), _TEST
            case ast.UnaryOp(operand=operand):
                return "-" + self._inside(operand, _PRODUCT, display), _SUM
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._call(name, args)
            case ast.IfExp():
                return self._cases(node), _TEST
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                signs = [_COMPARE[type(op).__name__] for op in ops]
                sides = [self._inside(side, _MOD) for side in (left, *comparators)]
                return sides[0] + "".join(f" {s} {x}" for s, x in zip(signs, sides[1:], strict=True)), _TEST
            case ast.BoolOp(op=op, values=values):
                sign = r" \land " if isinstance(op, ast.And) else r" \lor "
                return sign.join(self._bracketed(value, _ATOM) for value in values), _TEST
        raise AssertionError(f"{type(node).__name__} is not in the language of a rate")

    def _bracketed(self, node: ast.expr, least: int, display: bool = False) -> str:
        text, binds = self.write(node, display)
        return text if binds >= least else _grouped(self.write(node)[0])

    def _inside(self, node: ast.expr, least: int, display: bool = False) -> str:
        """A part of a sum or product; a comparison there is 1 or 0, which square brackets say."""
        if isinstance(node, (ast.Compare, ast.BoolOp)) or _negation(node):
            return f"[{self.write(node)[0]}]"
        return self._bracketed(node, least, display)

    def _binary(self, left: ast.expr, op: ast.operator, right: ast.expr, display: bool) -> Tex:
        match op:
            case ast.Add():
                return f"{self._inside(left, _SUM, display)} + {self._inside(right, _PRODUCT, display)}", _SUM
            case ast.Sub():
                return f"{self._inside(left, _SUM, display)} - {self._inside(right, _PRODUCT, display)}", _SUM
            case ast.Mult():
                return self._product(left, right, display)
            case ast.Div():
                return self._quotient(left, right, display)
            case ast.FloorDiv():
                return rf"\lfloor {self._quotient(left, right, False)[0]} \rfloor", _ATOM
            case ast.Mod():
                return rf"{self._inside(left, _POWER)} \bmod {self._inside(right, _POWER)}", _MOD
        return f"{self._inside(left, _ATOM)}^{{{self.write(right)[0]}}}", _POWER

    def _product(self, left: ast.expr, right: ast.expr, display: bool) -> Tex:
        a, b = self._inside(left, _PRODUCT, display), self._inside(right, _PRODUCT, display)
        counted = isinstance(left, ast.Constant) or a == r"\pi"
        if counted and b.startswith(("(", r"\left(", r"\lfloor", r"\lceil")):
            return f"{a} {b}", _PRODUCT
        if counted and (b[0].isalpha() or b.startswith(r"\pi")):
            return (f"{a} {b}" if a == r"\pi" else rf"{a}\,{b}"), _PRODUCT
        return rf"{a} \cdot {b}", _PRODUCT

    def _quotient(self, left: ast.expr, right: ast.expr, display: bool) -> Tex:
        above, binds = self.write(left)
        below, binds_below = self.write(right)
        flat = not any(sign in above + below for sign in (*_TALL, " / ")) and "-" not in below[:1]
        if not display and flat and (binds >= _PRODUCT or len(above) <= _SHORT):
            above = above if binds >= _PRODUCT else _grouped(above)
            return f"{above} / {below if binds_below >= _POWER else _grouped(below)}", _PRODUCT
        return rf"\frac{{{above}}}{{{below}}}", _POWER

    def _call(self, name: str, args: list[ast.expr]) -> Tex:
        if name in ("count_le", "at"):
            return self._look_up(name, args)
        shown = [self.write(arg)[0] for arg in args]
        if name in _AROUND:
            before, after = _AROUND[name]
            return before + shown[0] + after, _ATOM
        if name == "exp":
            return f"e^{{{shown[0]}}}", _POWER
        if name == "floor_log":
            return rf"\lfloor \log_{{{shown[1]}}}{_grouped(shown[0])} \rfloor", _ATOM
        return _NAMED.get(name, rf"\mathrm{{{name}}}") + _grouped(", ".join(shown)), _ATOM

    def _look_up(self, name: str, args: list[ast.expr]) -> Tex:
        """An entry of a list, or how many of its entries are at most t; the list comes behind the formula."""
        items = args[0].elts if isinstance(args[0], ast.List) else []
        first = [self._number(value_of(x)) for x in items[:ROWS_MAX] if isinstance(x, ast.Constant)]
        shown = ", ".join(first if len(items) <= ROWS_MAX else [*first, r"\dots"])
        letter = "m" if name == "count_le" else "a"
        listed = rf"\in \{{{shown}\}}" if name == "count_le" else f"= ({shown})"
        count = sum(taken.startswith(letter) for taken in self.lists.values())
        letter = self.lists.setdefault(listed, f"{letter}_{{{count + 1}}}" if count else letter)
        t = self.write(args[1])[0]
        return (rf"\#\{{{letter} \le {t}\}}" if name == "count_le" else f"{letter}({t})"), _ATOM

    def _cases(self, node: ast.IfExp) -> str:
        rows: list[Piece] = pieces(node)
        cut = len(rows) > ROWS_MAX
        shown = [self._row(row) for row in (rows[: ROWS_MAX - 2] if cut else rows)]
        if cut:
            shown += [r"\vdots", self._row(rows[-1])]
        return r"\begin{cases} " + r" \\ ".join(shown) + r" \end{cases}"

    def _row(self, piece: Piece) -> str:
        value, test = piece
        return f"{self.write(value)[0]} & " + (r"\text{else}" if test is None else self.write(test)[0])


def _negation(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
