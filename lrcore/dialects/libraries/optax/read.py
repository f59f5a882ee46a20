"""optax: functions that give the rate of an update count. They bring their own rates and nest in
join_schedules."""

from __future__ import annotations

from collections.abc import Callable

from lrcore.dialects.libraries.optax import decays, joined
from lrcore.dialects.reading.values import Found, Given, Reader

_ROOTS = ("optax", "schedules", "schedule")
_COSINE = "init_value, decay_steps, alpha=0.0, exponent=1.0"
_EXPONENTIAL = "init_value, transition_steps, decay_rate, transition_begin=0, staircase=False, end_value=None"


def _linear(given: Given) -> Found:
    return decays.polynomial(Given(given.name, {**given.arguments, "power": 1}, given.line, None))


_SIGNATURES: dict[str, tuple[str, Callable[[Given], Found]]] = {
    "constant_schedule": ("value", decays.constant),
    "polynomial_schedule": (decays.POLYNOMIAL, decays.polynomial),
    "linear_schedule": ("init_value, end_value, transition_steps, transition_begin=0", _linear),
    "piecewise_constant_schedule": ("init_value, boundaries_and_scales=None", decays.piecewise_constant),
    "exponential_decay": (_EXPONENTIAL, decays.exponential),
    "cosine_decay_schedule": (_COSINE, decays.cosine),
    "warmup_constant_schedule": ("init_value, peak_value, warmup_steps", joined.ramp),
    "warmup_cosine_decay_schedule": (joined.WARM_COSINE, joined.warm_cosine),
    "warmup_exponential_decay_schedule": (
        "init_value, peak_value, warmup_steps, transition_steps, decay_rate, transition_begin=0,"
        " staircase=False, end_value=None",
        joined.warm_exponential,
    ),
    "sgdr_schedule": ("cosine_kwargs", joined.sgdr),
    "join_schedules": ("schedules, boundaries", joined.join),
    "piecewise_interpolate_schedule": (
        "interpolate_type, init_value, boundaries_and_scales=None",
        joined.interpolated,
    ),
    "linear_onecycle_schedule": (
        "transition_steps, peak_value, pct_start=0.3, pct_final=0.85, div_factor=25.0, final_div_factor=1e4",
        joined.one_cycle,
    ),
    "cosine_onecycle_schedule": (
        "transition_steps, peak_value, pct_start=0.3, div_factor=25.0, final_div_factor=1e4",
        joined.one_cycle,
    ),
}
READERS = tuple(Reader(name, text, build, _ROOTS) for name, (text, build) in _SIGNATURES.items())
