"""Every schedule as one Python expression of its rate, in t: what is exported where a library has no such
schedule."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from lrcore.dialects.writing.cycles import cycles, restarts
from lrcore.dialects.writing.plain import formula, num
from lrcore.errors import PlanError
from lrcore.schedules import FEEDBACK, Schedule
from lrcore.schedules.formula.language import parse_formula

TABLE = 1000  # rates that are written out for what has no formula
TABLE_NOTE = (
    f"# a table of the first {TABLE:,} steps only: this schedule has no formula that can be written here, and"
    " after them the table's last rate is held"
)
_LENGTH_MAX = 60_000
Emit = Callable[[Any, float, str], str]


def rate(schedule: Schedule, base_lr: float, t: str = "t") -> str:
    """An expression of the rate, in numbers, `t`, Python's operators, if-else, min, max and functions of
    math.

    `count_le(list, t)` stands for how many entries are at most t, `at(list, t)` for the entry of a table. A
    schedule that is written down nowhere here, or that is only a recursion, becomes the table of its first
    rates.
    """
    if schedule.kind in FEEDBACK:
        raise PlanError(
            f"{schedule.kind} follows a metric and has no formula; export it as torch, which has it as it is."
        )
    emit = _EMIT.get(schedule.kind, _table)
    text = emit(schedule, base_lr, t)
    if len(text) > _LENGTH_MAX:
        raise PlanError(
            f"The formula of this {schedule.kind} is too long to be written out; export it in parts."
        )
    return text


def is_table(text: str) -> bool:
    """Whether a part of the expression is a table, which ends."""
    return "at([" in text


def _table(s: Schedule, b: float, t: str) -> str:
    rates = s.lr(np.arange(TABLE), b)
    return f"at([{', '.join(num(value) for value in rates.tolist())}], {t})"


def _share(t: str, total: float) -> str:
    return f"min({t}, {num(total)}) / {num(total)}"


def _linear(s: Any, b: float, t: str) -> str:
    return (
        f"{num(b)} * ({num(s.start_factor)} + {num(s.end_factor - s.start_factor)} *"
        f" {_share(t, s.total_iters)})"
    )


def _exponential_decay(s: Any, b: float, t: str) -> str:
    share = f"max({t} - {s.begin}, 0) / {num(s.decay_steps)}" if s.begin else f"{t} / {num(s.decay_steps)}"
    text = f"{num(b)} * {num(s.decay_rate)} ** " + (f"floor({share})" if s.staircase else f"({share})")
    return text if s.end_lr is None else f"{'max' if s.decay_rate < 1 else 'min'}({text}, {num(s.end_lr)})"


def _multi_step(s: Any, b: float, t: str) -> str:
    return (
        f"{num(b)} * {num(s.gamma)} ** count_le([{', '.join(map(num, s.milestones))}], {t})"
        if s.milestones
        else num(b)
    )


def _polynomial(s: Any, b: float, t: str) -> str:
    return f"{num(b)} * (1 - {_share(t, s.total_iters)}) ** {num(s.power)}"


def _polynomial_decay(s: Any, b: float, t: str) -> str:
    length = num(s.decay_steps)
    deadline = f"({length} * max(1, ceil({t} / {length})))" if s.cycle else length
    return f"{num(s.end_lr)} + {num(b - s.end_lr)} * (1 - min({t} / {deadline}, 1)) ** {num(s.power)}"


def _cosine(s: Any, b: float, t: str) -> str:
    return f"{num(s.eta_min)} + {num((b - s.eta_min) / 2)} * (1 + cos(pi * {t} / {num(s.T_max)}))"


def _inverse_time(s: Any, b: float, t: str) -> str:
    if not s.staircase:
        return f"{num(b)} / (1 + {num(s.lr_decay)} * {t})"
    if s.decay_steps is None:
        return f"{num(b)} / (1 + floor({num(s.lr_decay)} * {t}))"
    return f"{num(b)} / (1 + {num(s.lr_decay * s.decay_steps)} * floor({t} / {num(s.decay_steps)}))"


def _inverse_sqrt(s: Any, b: float, t: str) -> str:
    w, start = s.warmup_steps, s.start_factor
    after = f"{num(b)} / sqrt(1 + max({t} - {w}, 0) / {num(s.timescale or w or 10_000)})"
    return (
        f"({num(b)} * ({num(start)} + {num(1 - start)} * {t} / {w}) if {t} < {w} else {after})"
        if w
        else after
    )


def _noam(s: Any, b: float, t: str) -> str:
    return (
        f"{num(b * s.factor * s.d_model**-0.5)} * min(({t} + 1) ** -0.5, ({t} + 1) *"
        f" {num(s.warmup_steps**-1.5)})"
    )


def _tri_stage(s: Any, b: float, t: str) -> str:
    w, i = s.warmup_steps, s.init_lr_scale
    fall = (
        f"{num(b)} * {num(s.final_lr_scale)} ** min(max(({t} - {w + s.hold_steps}) / {s.decay_steps}, 0), 1)"
    )
    return f"({num(b)} * ({num(i)} + {num(1 - i)} * {t} / {w}) if {t} < {w} else {fall})" if w else fall


def _rex(s: Any, b: float, t: str) -> str:
    left = f"(1 - {_share(t, s.total_steps)})"
    return f"{num(b)} * {left} / (0.5 + 0.5 * {left})"


def _swa(s: Any, b: float, t: str) -> str:
    if s.anneal_epochs == 0:
        return num(s.swa_lr)
    x = _share(t, s.anneal_epochs)
    alpha = x if s.anneal_strategy == "linear" else f"(1 - cos(pi * {x})) / 2"
    return f"{num(b)} + {num(s.swa_lr - b)} * ({alpha})"


_RAMPS = {
    "linear": "{x}",
    "cosine": "((1 - cos(pi * {x})) / 2)",
    "1-sqrt": "(1 - sqrt(max(1 - {x}, 0)))",
    "constant": "0",
}


def _ramp(shape: str, t: str, steps: int) -> str:
    return _RAMPS[shape].format(x=f"({t} / {steps})")


def _warmup(s: Any, b: float, t: str) -> str:
    w = s.warmup_steps
    lag = w if s.shift is None else s.shift
    late = f"max({t} - {lag}, 0)" if lag else t
    after = rate(s.schedule, b, late)
    warm = (
        f"{num(b)} * ({num(s.start_factor)} + {num(s.end_factor - s.start_factor)} * {_ramp(s.shape, t, w)})"
        if w
        else ""
    )
    return f"({warm} if {t} < {w} else {after})" if w else after


def _stable_decay(s: Any, b: float, t: str) -> str:
    w, turn, m = s.warmup_steps, s.total_steps - s.decay_steps, s.min_ratio
    y = f"min(max(({t} - {turn}) / {s.decay_steps}, 0), 1)"
    r = num(s.decay_base)
    left = {
        "linear": f"(1 - {y})", "cosine": f"((1 + cos(pi * {y})) / 2)",
        "1-sqrt": f"(1 - sqrt({y}))", "power": f"(1 - {y} ** {num(s.decay_power)})",
        "exp": f"(({r} ** {y} - {r}) / {num(1 - s.decay_base)})",
    }[s.decay_shape]  # fmt: skip
    stable = "1"
    if s.stable_shape == "power":
        stable = f"max((1 + max({t} - {w}, 0) / {num(s.timescale or w)}) ** {num(-s.stable_power)}, {num(m)})"
    after = f"{num(b)} * ({num(m)} + ({stable} - {num(m)}) * {left})"
    warm = (
        f"{num(b)} * ({num(s.start_ratio)} + {num(1 - s.start_ratio)} * {_ramp(s.warmup_shape, t, w)})"
        if w
        else ""
    )
    return f"({warm} if {t} < {w} else {after})" if w else after


def _piecewise(s: Any, b: float, t: str) -> str:
    scale = b if s.relative else 1.0
    points = [(step, value * scale) for step, value in s.points]
    if len(points) > 40:
        return _table(s, b, t)
    text = num(points[-1][1])
    for (x0, y0), (x1, y1) in reversed(list(pairwise(points))):
        if x0 == x1:
            continue
        share = f"({t} - {num(x0)}) / {num(x1 - x0)}"
        ramp = {"linear": share, "cosine": f"(1 - cos(pi * {share})) / 2", "constant": "0"}[s.interpolation]
        piece = num(y0) if y0 == y1 or ramp == "0" else f"{num(y0)} + {num(y1 - y0)} * ({ramp})"
        text = f"({piece} if {t} < {num(x1)} else {text})"
    first_step, first = points[0]
    return f"({num(first)} if {t} < {num(first_step)} else {text})" if first_step > 0 else text


def _cyclic(s: Any, b: float, t: str) -> str:
    low, up = (b if s.base_lr is None else s.base_lr), s.step_size_up
    down = up if s.step_size_down is None else s.step_size_down
    period = up + down
    wave = (
        f"({t} % {period} / {up} if {t} % {period} <= {up} else ({period} - {t} % {period}) / {max(down, 1)})"
    )
    scale = {
        "triangular": "",
        "triangular2": f" * 0.5 ** floor({t} / {period})",
        "exp_range": f" * {num(s.gamma)} ** {t}",
    }[s.mode]
    return f"{num(low)} + {num(s.max_lr - low)} * {wave}{scale}"


def _one_cycle(s: Any, b: float, t: str) -> str:
    ends, low, t = s.phase_ends(), s.max_lr / s.div_factor, f"min({t}, {s.total_steps - 1})"
    values = [low, s.max_lr, *([low] if s.three_phase else []), low / s.final_div_factor]
    text = ""
    for start, end, y0, y1 in reversed(list(zip([0.0, *ends[:-1]], ends, values, values[1:], strict=False))):
        share = f"({t} - {num(start)}) / {num(end - start)}" if end != start else "1"
        ramp = share if s.anneal_strategy == "linear" else f"(1 - cos(pi * {share})) / 2"
        piece = f"{num(y0)} + {num(y1 - y0)} * ({ramp})"
        text = f"({piece} if {t} <= {num(end)} else {text})" if text else piece
    return text


def _sequential(s: Any, b: float, t: str) -> str:
    if any(_resumes(part) for part in s.schedulers[1:]):
        return _table(s, b, t)
    text, end = "", 0
    for start, part in reversed(list(zip([0, *s.milestones], s.schedulers, strict=True))):
        piece = rate(part, b, f"max({t} - {start}, 0)" if start else t)
        text = f"({piece} if {t} < {end} else {text})" if text else piece
        end = start
    return text


def _resumes(part: Any) -> bool:
    """Whether a later part of a sequence goes on from the rate that it finds."""
    return part.kind in ("MultiplicativeLR", "SWALR") or (
        part.kind == "SequentialLR" and _resumes(next(part.in_turn())[0])
    )


def _forgets(part: Schedule) -> bool:
    """Whether the last part of a chain sets the rate itself at every step, so that it alone decides."""
    return type(part).update is Schedule.update and part.scales_until() < 0


def _chained(s: Any, b: float, t: str) -> str:
    if len(s.schedulers) == 1 or _forgets(s.schedulers[-1]):
        return rate(s.schedulers[-1], b, t)
    if s.scales_until() != np.inf:
        return _table(s, b, t)
    return f"{num(b)} * " + " * ".join(f"({rate(part, 1.0, t)})" for part in s.schedulers)


def _lambda(s: Any, b: float, t: str) -> str:
    return f"{num(b)} * ({formula(s.lr_lambda, {}, t, b)})"


def _multiplicative(s: Any, b: float, t: str) -> str:
    return (
        f"{num(b)} * ({formula(s.lr_lambda, {}, t, b)}) ** {t}"
        if not parse_formula(s.lr_lambda).names
        else _table(s, b, t)
    )


def _formula(s: Any, b: float, t: str) -> str:
    return formula(s.expression, {**s.parameters, **({"T": s.T} if s.T else {})}, t, b)


_EMIT: dict[str, Emit] = {
    "Constant": lambda s, b, t: num(b),
    "ConstantLR": lambda s, b, t: f"({num(b * s.factor)} if {t} < {s.total_iters} else {num(b)})",
    "StepLR": lambda s, b, t: f"{num(b)} * {num(s.gamma)} ** floor({t} / {s.step_size})",
    "ExponentialLR": lambda s, b, t: f"{num(b)} * {num(s.gamma)} ** {t}",
    "ExponentialDecay": _exponential_decay,
    "PowerLaw": lambda s, b, t: f"{num(b)} * ({t} + 1) ** {num(-s.power)}",
    "Scaled": lambda s, b, t: rate(s.schedule, b * s.factor, t),
    "LinearLR": _linear, "MultiStepLR": _multi_step, "PolynomialLR": _polynomial,
    "PolynomialDecay": _polynomial_decay,
    "CosineAnnealingLR": _cosine, "CosineAnnealingWarmRestarts": restarts, "CosineCycles": cycles,
    "PolynomialCycles": cycles,
    "TanhDecay": cycles, "InverseTimeDecay": _inverse_time, "InverseSqrt": _inverse_sqrt, "Noam": _noam,
    "TriStage": _tri_stage,
    "REX": _rex, "SWALR": _swa, "Warmup": _warmup, "WarmupStableDecay": _stable_decay,
    "Piecewise": _piecewise, "CyclicLR": _cyclic,
    "OneCycleLR": _one_cycle, "SequentialLR": _sequential, "ChainedScheduler": _chained, "LambdaLR": _lambda,
    "MultiplicativeLR": _multiplicative, "Formula": _formula,
}  # fmt: skip
