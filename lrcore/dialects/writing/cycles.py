"""The expressions of the schedules that run in cycles."""

from __future__ import annotations

import math
from typing import Any

from lrcore.dialects.writing.plain import num


def place(t: str, length: float, mul: float) -> tuple[str, str]:
    """The index of the running cycle and the share of it that is over; the small addition keeps the logarithm
    on the right side."""
    if mul == 1:
        return f"floor({t} / {num(length)})", f"({t} % {num(length)} / {num(length)})"
    index = f"floor(log(1 + {t} * {num(mul - 1)} / {num(length)}) / {num(math.log(mul))} + 1e-6)"
    return (
        index,
        (
            f"(({t} * {num(mul - 1)} / {num(length)} + 1 - {num(mul)} ** {index}) / ({num(mul - 1)} *"
            f" {num(mul)} ** {index}))"
        ),
    )


def restarts(s: Any, b: float, t: str) -> str:
    _, share = place(t, s.T_0, s.T_mult)
    return f"{num(s.eta_min)} + {num((b - s.eta_min) / 2)} * (1 + cos(pi * {share}))"


def cycles(s: Any, b: float, t: str) -> str:
    index, share = place(t, s.T, s.cycle_mul)
    x = f"max({share}, 0)" if s.cycle_mul != 1 else share
    x = x if s.k_decay == 1 else f"{x} ** {num(s.k_decay)}"
    floor = s.eta_min or s.min_ratio * b
    shape = {
        "CosineCycles": lambda: (
            f"((1 + cos(pi * {x})) / 2)" + ("" if s.exponent == 1 else f" ** {num(s.exponent)}")
        ),
        "PolynomialCycles": lambda: f"(1 - {x}) ** {num(s.power)}",
        "TanhDecay": lambda: f"((1 - tanh({num(s.lb)} + {num(s.ub - s.lb)} * {x})) / 2)",
    }[s.kind]()
    shrink = "" if s.cycle_decay == 1 else f" * {num(s.cycle_decay)} ** {index}"
    if s.decay_of == "peak":
        text = (
            f"{num(floor)} + ({num(b)}{shrink} - {num(floor)}) * {shape}"
            if shrink
            else f"{num(floor)} + {num(b - floor)} * {shape}"
        )
    elif s.decay_of == "swing":
        text = f"{num(floor)} + {num(b - floor)}{shrink} * {shape}"
    else:
        text = f"({num(floor)} + {num(b - floor)} * {shape}){shrink}"
    return text if s.cycle_limit is None else f"({text} if {index} < {s.cycle_limit} else {num(floor)})"
