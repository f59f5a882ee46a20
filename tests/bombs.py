"""Texts that a stranger could send: short, and asking for much."""

from __future__ import annotations

from collections.abc import Callable


def repeated(text: str, count: int) -> str:
    return ",".join([text] * count)


def in_turn(part: str, count: int, apart: int = 50) -> str:
    cuts = ",".join(str(number * apart) for number in range(1, count))
    return f"SequentialLR([{repeated(part, count)}],milestones=[{cuts}])"


def nested(count: int, inner: str, around: Callable[[str], str]) -> str:
    for _ in range(count):
        inner = around(inner)
    return inner


WAVES = "abs(" + "+".join(f"sin(t*{number})" for number in range(1, 39)) + ")"
POWERS = "abs(" + "+".join(["sin(t)**t"] * 38) + ")"
CHOICES = "".join(f"({number} if t<{number}*9 else " for number in range(1, 38)) + "1" + ")" * 37
COSINE = "CosineAnnealingLR(9,eta_min=0.001)"

SCHEDULES = {
    "many staircases": in_turn("StepLR(9)", 100),
    "many short staircases": in_turn("StepLR(1,0.9999)", 100, 50_000),
    "many cosines": in_turn("CosineAnnealingLR(9)", 100),
    "many cycles": in_turn("OneCycleLR(0.1,40)", 100),
    "many tables": in_turn("Piecewise([" + repeated("(1,0.1)", 20) + "])", 90),
    "many recursions": in_turn("MultiplicativeLR('1-0.001*sin(epoch)')", 100, 20_000),
    "many formulas": in_turn(f"Formula('{WAVES}')", 30),
    "chained staircases": f"ChainedScheduler([{repeated('StepLR(1,0.9999999)', 20)}])",
    "chained cosines": f"ChainedScheduler([{repeated('CosineAnnealingLR(99,eta_min=0.01)', 20)}])",
    "waves": f"Formula('{WAVES}')",
    "powers": f"Formula('{POWERS}')",
    "choices": f"Formula('{CHOICES}')",
    "accumulated waves": "MultiplicativeLR('0.99+abs(sin(epoch)**epoch)/99')",
    "long sum": "LambdaLR('1/(1+epoch)')",
    "nested warm-ups": nested(6, COSINE, lambda s: f"Warmup(ChainedScheduler([{s},ExponentialLR(0.999)]))"),
    "nested chains": nested(12, COSINE, lambda s: f"ChainedScheduler([{s},ExponentialLR(0.999)])"),
    "nested sequences": nested(
        12, COSINE, lambda s: f"SequentialLR([{s},ExponentialLR(0.999)],milestones=[5])"
    ),
    "thousand points": "Piecewise([" + ",".join(f"({n},0.{n % 9 + 1})" for n in range(1000)) + "])",
    "thousand milestones": "MultiStepLR([" + ",".join(str(n * 2) for n in range(1000)) + "],gamma=0.99)",
    "a staircase of single steps": "StepLR(1,0.9999999)",
    "cycles of single steps": "CyclicLR(0.01,0.1,step_size_up=1)",
    "restarts": "CosineAnnealingWarmRestarts(T_0=1)",
    "growth": "StepLR(1,1e300)",
}

TEXTS = {
    "signs": "-" * 4900 + "1",
    "sums": "1" + "+1" * 4900,
    "powers": "1" + "**9" * 3000,
    "brackets": "[" * 9000 + "]" * 9000,
    "lists": "[" + "9," * 9000 + "]",
    "lists in lists": "[" + "[1,[2,[3]]]," * 1500 + "]",
    "digits": "9" * 19_000,
    "hexadecimal": "0x" + "f" * 19_000,
    "backslashes": "'" + "\\" * 18_000 + "'",
    "quotes": "'" * 19_001,
    "lines": "1\n" * 9_000,
    "comments": "#\n" * 9_000 + "1",
    "long name": "a" * 19_000,
    "wide letters": "\U0001d7ce" * 19_000,
    "names": "a" + ".a" * 9_000,
    "dictionary": "{" + "1:2," * 4_500 + "}",
    "text in braces": "f'" + "{1}" * 6_000 + "'",
    "warnings": "0.1or " * 3_000 + "1",
    "nothing": "\0" * 19_000,
    "surrogates": "\ud800" * 19_000,
}
