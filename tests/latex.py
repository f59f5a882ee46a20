"""The value of a formula in LaTeX: a reader of what `Schedule.latex` writes, and of nothing else."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import reduce

import numpy as np

_TOKEN = re.compile(r"\\\\|\\[a-zA-Z]+|\\[{}#]|\d+(?:\.\d+)?|[a-zA-Z]|[-+/^_(){}\[\]<>=,&|]|\S")
_SKIPPED = re.compile(r"\\left|\\right(?![a-z])|\\,|(?<!\\)\\ ")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    r"\le": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    r"\ge": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    r"\ne": lambda a, b: a != b,
}
_CALL: dict[str, Callable[..., float]] = {
    r"\min": lambda *args: reduce(np.minimum, args),
    r"\max": lambda *args: reduce(np.maximum, args),
    r"\sin": np.sin,
    r"\cos": np.cos,
    r"\tanh": np.tanh,
    r"\mathrm{round}": np.rint,
}
_BEFORE_FACTOR = {r"\frac", r"\sqrt", r"\lfloor", r"\lceil", r"\pi", r"\mathrm", r"\log", r"\begin", r"\prod"}
_BEFORE_FACTOR |= {"(", "[", *_CALL}
ROUNDING = 1e-9  # of a logarithm that is whole in exact arithmetic, which LaTeX is: log_2 8 is 3


def latex_value(text: str, t: float) -> float:
    r"""The value of `\eta_t = ...,\quad x = ...` at a step; AssertionError for what is not LaTeX of ours."""
    first, *rest = text.split(r",\quad ")
    assert first.startswith(r"\eta_t = "), text
    where = {}
    for part in rest:
        name, meaning = re.fullmatch(r"(\S+) (?:=|\\in) (.*)", part).groups()
        assert name not in where, f"{name} is defined twice in {text}"
        where[name] = meaning
    with np.errstate(all="ignore"):
        return float(_Reader(first.removeprefix(r"\eta_t = "), where, {"t": np.float64(t)}).all())


class _Reader:
    def __init__(self, text: str, where: dict[str, str], values: dict[str, np.float64]) -> None:
        self._text, self._tokens = text, _TOKEN.findall(_SKIPPED.sub(" ", text))
        self._at, self._where, self._values = 0, where, values

    def all(self) -> float:
        value = self._test()
        assert self._at == len(self._tokens), f"{self._tokens[self._at :]} is left over in {self._text}"
        return value

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self._next()
        assert not wanted or token in wanted, f"{token!r} instead of {wanted} in {self._text}"
        self._at += 1
        return token

    def _passed(self, token: str) -> bool:
        found = self._next() == token
        self._at += found
        return found

    def _between(self, before: str, after: str) -> float:
        self._take(before)
        value = self._test()
        self._take(after)
        return value

    def _test(self) -> float:
        if self._passed(r"\lnot"):
            return float(not self._test())
        value = self._compared()
        while self._next() in (r"\land", r"\lor"):
            both, other = self._take() == r"\land", self._compared()
            value = float((value and other) if both else (value or other))
        return value

    def _compared(self) -> float:
        value, tests = self._remainder(), []
        while self._next() in _COMPARE:
            sign, other = self._take(), self._remainder()
            tests.append(_COMPARE[sign](value, other))
            value = other
        return float(all(tests)) if tests else value

    def _remainder(self) -> float:
        value = self._sum()
        return np.mod(value, self._sum()) if self._passed(r"\bmod") else value

    def _sum(self) -> float:
        value = -self._product() if self._passed("-") else self._product()
        while self._next() in ("+", "-"):
            value = value + self._product() if self._take() == "+" else value - self._product()
        return value

    def _product(self) -> float:
        value = self._power()
        while True:
            if self._passed("/"):
                value = value / self._power()
            elif self._passed(r"\cdot") or self._next() in _BEFORE_FACTOR or self._next().isalpha():
                value = value * self._power()
            else:
                return value

    def _power(self) -> float:
        base = self._atom()
        return np.power(base, self._between("{", "}")) if self._passed("^") else base

    def _atom(self) -> float:
        token = self._take()
        if token[0].isdigit():
            return np.float64(token)
        if token.isalpha():
            return self._named(token + (f"_{{{self._subscript()}}}" if self._next() == "_" else ""))
        if token == r"\mathrm":
            token += "{" + "".join(self._take() for _ in range(len("{round}")))[1:]
        if token in _CALL:
            return _CALL[token](*self._arguments())
        match token:
            case r"\pi":
                return np.float64(math.pi)
            case "(" | "[":
                self._at -= 1
                return self._between(token, {"(": ")", "[": "]"}[token])
            case "|":
                value = abs(self._test())
                self._take("|")
                return value
            case r"\frac":
                return self._between("{", "}") / self._between("{", "}")
            case r"\sqrt":
                return np.sqrt(self._between("{", "}"))
            case r"\lfloor":
                value = np.floor(self._test())
                self._take(r"\rfloor")
                return value
            case r"\lceil":
                value = np.ceil(self._test())
                self._take(r"\rceil")
                return value
            case r"\log":
                base = float(self._subscript()) if self._next() == "_" else math.e
                value = np.log(self._between("(", ")")) / np.log(base)
                return np.rint(value) if abs(value - np.rint(value)) < ROUNDING else value
            case r"\begin":
                return self._cases()
            case r"\#":
                return self._count()
            case r"\prod":
                return self._running_product()
        raise AssertionError(f"{token!r} is not read, in {self._text}")

    def _subscript(self) -> str:
        self._take("_")
        self._take("{")
        inside = ""
        while not self._passed("}"):
            inside += self._take()
        return inside

    def _named(self, name: str) -> float:
        if name in self._values:
            return self._values[name]
        if name == "e":
            return np.float64(math.e)
        if self._next() == "(":  # a table: behind its end its last entry
            return self._list(name)[int(self._between("(", ")"))]
        return _Reader(self._where[name], self._where, self._values).all()

    def _list(self, name: str) -> list[np.float64]:
        inside = self._where[name].strip(r"\{}()")
        assert "dots" not in inside, f"{name} is cut short in {self._text}"
        return [_Reader(item, {}, {}).all() for item in inside.split(", ")]

    def _arguments(self) -> list[float]:
        self._take("(")
        args = [self._test()]
        while self._take(",", ")") == ",":
            args.append(self._test())
        return args

    def _cases(self) -> float:
        assert [self._take() for _ in range(7)] == list("{cases}")
        chosen: float | None = None
        while True:
            value = self._test()
            self._take("&")
            if self._passed(r"\text"):
                assert [self._take() for _ in range(6)] == list("{else}")
                holds = True
            else:
                holds = bool(self._test())
            chosen = value if chosen is None and holds else chosen
            if self._take(r"\\", r"\end") == r"\end":
                break
        assert [self._take() for _ in range(7)] == list("{cases}")
        assert chosen is not None, f"no case holds in {self._text}"
        return chosen

    def _count(self) -> float:
        self._take(r"\{")
        name = self._take()
        name += f"_{{{self._subscript()}}}" if self._next() == "_" else ""
        self._take(r"\le")
        t = self._test()
        self._take(r"\}")
        return np.float64(sum(item <= t for item in self._list(name)))

    def _running_product(self) -> float:
        assert self._subscript() == "k=1"
        self._take("^")
        last, start, value = int(self._between("{", "}")), self._at, np.float64(1)
        for k in range(max(1, last) + 1):
            self._at, self._values = start, {**self._values, "k": np.float64(k)}
            value *= self._power() if 1 <= k <= last else self._power() * 0 + 1
        return value
