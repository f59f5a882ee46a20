"""Runs a case in the real library: the numbers that a plan read from the same text has to give."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "torch")
N = 70
TORCH_HEAD = (
    "import math, torch\nfrom torch.optim.lr_scheduler import *\n"
    "optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr={lr!r})\n"
)


def run(code: str) -> dict[str, Any]:
    """The names that the code defines."""
    names: dict[str, Any] = {"__name__": "snippet"}
    exec(compile(code, "<snippet>", "exec"), names)
    return names


def stepped(names: dict[str, Any], steps: int = N) -> np.ndarray:
    """The rates of a torch (or transformers) scheduler, step by step."""
    optimizer, scheduler, rates = names["optimizer"], names["scheduler"], []
    for _ in range(steps):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return np.array(rates)


def counted(names: dict[str, Any], steps: int = N) -> np.ndarray:
    """The rates of a timm scheduler, which is told the step."""
    optimizer, scheduler, rates = names["optimizer"], names["scheduler"], []
    for t in range(steps):
        (scheduler.step if scheduler.t_in_epochs else scheduler.step_update)(t)
        rates.append(float(optimizer.param_groups[0]["lr"]))
    return np.array(rates)


def called(function: Callable[[Any], Any], steps: int = N) -> np.ndarray:
    """The rates of a schedule that is a function of the step, step by step."""
    return np.array([float(function(t)) for t in range(steps)])


def called_at_once(schedule: Callable[[Any], Any], code: str, steps: int = N) -> np.ndarray:
    """The same of an optax schedule, in one call on all steps. A table of points is searched for one step at
    a time, so that a schedule of points is called step by step.

    keras takes arrays, too, but computes them in float32 by PyTorch where a single step is float64.
    """
    if "interpolate" in code or "onecycle" in code:
        return called(schedule, steps)
    import jax

    return np.broadcast_to(np.asarray(schedule(jax.numpy.arange(steps))), (steps,))


def some(cases: Sequence[Any], count: int = 5) -> list[Any]:
    """A few of them, spread evenly: those that are called step by step as well."""
    return list(cases[:: -(-len(cases) // count)])


def has(library: str) -> bool:
    """Whether the library is installed (a stand-in for timm's top level has no spec of its own)."""
    return library in sys.modules or find_spec(library) is not None


def load_timm() -> None:
    """timm.scheduler without timm's top level, which imports torchvision."""
    if "timm" in sys.modules or (spec := find_spec("timm")) is None or spec.origin is None:
        return  # done already, or not installed
    for name in ("timm", "timm.scheduler"):
        module = types.ModuleType(name)
        module.__path__ = [str(Path(spec.origin).parent.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = module
    scheduler = sys.modules["timm.scheduler"]
    from importlib import import_module

    files = {
        "cosine_lr": "CosineLRScheduler", "poly_lr": "PolyLRScheduler", "tanh_lr": "TanhLRScheduler",
        "step_lr": "StepLRScheduler",
        "multistep_lr": "MultiStepLRScheduler", "wsd_lr": "WSDLRScheduler",
        "scheduler_factory": "create_scheduler_v2",
    }  # fmt: skip
    for file, cls in files.items():
        setattr(scheduler, cls, getattr(import_module(f"timm.scheduler.{file}"), cls))
