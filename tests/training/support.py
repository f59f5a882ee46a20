"""What the tests of the training room share."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from lrcore import Experiment
from lrcore.results.events import Finished
from lrcore.training import train

SMALL: dict[str, Any] = {"kind": "checkerboard", "n_train": 100, "n_val": 50}


def experiment(**fields: Any) -> Experiment:
    """A small experiment, changed by `fields`."""
    made: dict[str, Any] = {
        "data": SMALL,
        "model": {"hidden": [8, 8]},
        "plans": ["lr=0.1"],
        "seeds": 2,
        "batch_size": 32,
        "steps": 40,
    }
    return Experiment.model_validate({**made, **fields})


def finish(trained: Experiment, dtype: torch.dtype = torch.float32) -> Finished:
    """The last event of a run on the CPU."""
    *_, finished = train(trained, device="cpu", dtype=dtype)
    assert isinstance(finished, Finished)
    return finished


def relative(a: np.ndarray, b: np.ndarray) -> float:
    """The largest |a - b| / |b|."""
    return float(np.max(np.abs(a - b) / np.abs(b)))
