"""timm.scheduler.create_scheduler_v2: the class that `sched` names, its arguments under other names, in
epochs or in updates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lrcore.dialects.reading.make import choice, number, numbers, optional, positive
from lrcore.dialects.reading.signatures import bind
from lrcore.dialects.reading.values import Found, Given, Reader
from lrcore.errors import PlanError

FACTORY = (
    "optimizer, sched='cosine', num_epochs=300, decay_epochs=None, decay_milestones=(90, 180, 270),"
    " cooldown_epochs=0, patience_epochs=10, decay_rate=0.1, min_lr=0.0, warmup_lr=1e-5, warmup_epochs=0,"
    " warmup_prefix=False, noise=None, noise_pct=0.67, noise_std=1.0, noise_seed=42, cycle_mul=1.0,"
    " cycle_decay=0.1, cycle_limit=1, k_decay=1.0, decay_fn=None, stable_timescale=None, plateau_mode='max',"
    " step_on_epochs=True, updates_per_epoch=0"
)
_CLASSES = {
    "cosine": "CosineLRScheduler",
    "tanh": "TanhLRScheduler",
    "poly": "PolyLRScheduler",
    "wsd": "WSDLRScheduler",
    "rsqrt": "WSDLRScheduler",
    "step": "StepLRScheduler",
    "constant": "StepLRScheduler",
    "multistep": "MultiStepLRScheduler",
    "plateau": "PlateauLRScheduler",
}


def from_factory(given: Given, readers: Iterable[Reader]) -> Found:
    """The schedule that timm's factory would make, read by that class's own reader."""
    name = choice(given, "sched", tuple(_CLASSES))
    reader = next(item for item in readers if item.name == _CLASSES[name])
    keywords = {} if name == "plateau" else _keywords(given, name)
    bound = bind(reader.name, reader.signature, [], keywords, given.line)
    made = reader.build(Given(given.name, bound, given.line, given.base_lr, given.optimizer))
    if made is None:
        raise PlanError(f"Line {given.line}: sched={name!r} makes no schedule.")
    return made


def _keywords(given: Given, name: str) -> dict[str, Any]:
    """The arguments that the factory hands to the class."""
    ticks = 1.0 if given["step_on_epochs"] else positive(given, "updates_per_epoch")  # of an epoch
    length, decay = number(given, "num_epochs") * ticks, optional(given, "decay_epochs")
    warmup = number(given, "warmup_epochs") * ticks
    common = {
        "warmup_t": warmup,
        "warmup_lr_init": given["warmup_lr"],
        "t_in_epochs": bool(given["step_on_epochs"]),
        "noise_range_t": given["noise"],
    }
    prefix = {"warmup_prefix": given["warmup_prefix"]}
    match name:
        case "wsd" | "rsqrt":
            # Its warm-up is always a prefix; without the option the rest fits into num_epochs.
            span = length if given["warmup_prefix"] else length - warmup
            return {**_stable_decay(given, name, span, ticks), **common}
        case "multistep":
            steps = [step * ticks for step in numbers(given, "decay_milestones")]
            return {"decay_t": steps, "decay_rate": given["decay_rate"], **common, **prefix}
        case "constant":
            return {"decay_t": 1, "decay_rate": 1.0, **common, **prefix}
        case "step":
            length = (90 if decay is None else decay) * ticks
            return {"decay_t": length, "decay_rate": given["decay_rate"], **common, **prefix}
        case "poly":
            own = {"k_decay": given["k_decay"], "power": given["decay_rate"]}
        case "cosine":
            own = {"k_decay": given["k_decay"]}
        case _:  # tanh, which has no k_decay
            own = {}
    cycles = {key: given[key] for key in ("cycle_mul", "cycle_decay", "cycle_limit")}
    return {"t_initial": length, "lr_min": given["min_lr"], **cycles, **own, **common, **prefix}


def _stable_decay(given: Given, name: str, span: float, ticks: float) -> dict[str, Any]:
    """What only WSDLRScheduler takes; `decay_epochs` below 1 is a share of the run."""
    decay, scale = optional(given, "decay_epochs"), optional(given, "stable_timescale")
    share = 0.2 if decay is None else decay
    return {
        "t_initial": span,
        "decay_t": round(share * (span if 0 < share < 1 else ticks)),
        "lr_min": given["min_lr"],
        "stable_fn": "rsqrt" if name == "rsqrt" else "constant",
        "stable_timescale": None if scale is None else scale * ticks,
        "decay_fn": given["decay_fn"] or ("linear" if name == "rsqrt" else "1-sqrt"),
    }
