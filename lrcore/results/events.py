"""What a running experiment says: plain data (NumPy arrays and numbers) that crosses a process, a socket or a
file unchanged.

Shapes: P = plans, S = seeds, N = steps run, E = evaluations. Every array keeps the order of the experiment's
plans and seeds.
"""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Split = Literal["train", "val"]  # which loss is meant: on the training or on the validation points
NOT_DIVERGED = -1  # in `diverged_at`: the member trained to the end


def split_name(split: Split) -> str:
    """What the page calls it."""
    return "training" if split == "train" else "validation"


@dataclass(frozen=True, eq=False)
class Started:
    """Training begins. `evaluations` (E,) are the numbers of updates done at which losses will be measured, 0
    first."""

    kind: ClassVar[str] = "started"
    experiment_id: str
    plans: int
    seeds: int
    steps: int
    steps_per_epoch: int
    device: str
    evaluations: Ints


@dataclass(frozen=True, eq=False)
class Progress:
    """One evaluation. `step` is the number of updates done (0 before the first), `epoch` the same in passes
    over the data.

    Each array is (P, S): `minibatch_loss` is the mean over the updates since the last evaluation (NaN where
    none was made: at step 0, and after a divergence); `lr` the rate that the last update applied (at step 0:
    that the first will), which differs between the seeds of a plan only if its schedule listens to a metric
    (ReduceLROnPlateau: to the member's own validation loss at the end of each epoch); `metric` is validation
    accuracy, or R^2 for regression. `diverged_at` is the index of the update that a member did not survive,
    -1 if it has not diverged. A diverged member is as that many updates left it, so its losses stay; a loss
    that is not finite is inf, never NaN (R^2: -inf). Statistics count a diverged member as infinite whatever
    its frozen losses say.
    """

    kind: ClassVar[str] = "progress"
    step: int
    epoch: float
    minibatch_loss: Floats
    train_loss: Floats
    val_loss: Floats
    val_metric: Floats
    lr: Floats
    diverged_at: Ints


@dataclass(frozen=True, eq=False)
class History:
    """A whole run. `step` (E,); `train_loss`, `val_loss`, `val_metric`, `lr` (E, P, S); `diverged_at` (P, S)
    in updates, -1 = never; `minibatch_loss` and `applied_lr` (N, P, S): the loss that each update descended
    and the rate it used. Where a member diverged, at update d, its `minibatch_loss[d]` is the loss that was
    seen (inf if not finite), and NaN after it; the update was not made, so `applied_lr[d:]` is NaN."""

    kind: ClassVar[str] = "history"
    step: Ints
    train_loss: Floats
    val_loss: Floats
    val_metric: Floats
    lr: Floats
    diverged_at: Ints
    minibatch_loss: Floats
    applied_lr: Floats


@dataclass(frozen=True, eq=False)
class Finished:
    """The last event. `stopped` is true when `should_stop` ended the run early; the history then holds what
    was run."""

    kind: ClassVar[str] = "finished"
    experiment_id: str
    steps_done: int
    stopped: bool
    seconds: float
    reasons: tuple[str, ...]  # (P * S) why each member diverged ("non-finite", "exploded"), "" if it did not
    history: History


Event = Started | Progress | Finished
_LENGTH = 4  # bytes
_KINDS: dict[str, Any] = {cls.kind: cls for cls in (Started, Progress, History, Finished)}


def encode(event: Event | History) -> bytes:
    """An event as bytes: the length of a JSON text, the text with the numbers and each array's type and
    shape, then the arrays as they lie in memory. No pickle, and no .npz: to read one takes twenty times as
    long, in the process that serves the pages. ValueError for an array of objects."""
    arrays: dict[str, NDArray[Any]] = {}
    plain = _flatten(event, arrays, "")
    if any(array.dtype.hasobject for array in arrays.values()):
        raise ValueError("An array of objects could only be pickled, which an event never is.")
    forms = {name: (array.dtype.str, array.shape) for name, array in arrays.items()}
    text = json.dumps([plain, forms]).encode()
    return b"".join([len(text).to_bytes(_LENGTH), text, *(array.tobytes() for array in arrays.values())])


def decode(data: bytes) -> Any:
    """The event that `encode` wrote. ValueError, KeyError or TypeError for other bytes."""
    at = _LENGTH + int.from_bytes(data[:_LENGTH])
    plain, forms = json.loads(data[_LENGTH:at])
    arrays: dict[str, NDArray[Any]] = {}
    for name, (form, shape) in forms.items():
        kind = np.dtype(form)
        if kind.hasobject:
            raise ValueError("An array of objects could only be unpickled, which is never done.")
        arrays[name] = np.frombuffer(data, kind, math.prod(shape), at).reshape(shape).copy()
        at += arrays[name].nbytes
    return _rebuild(plain, arrays, "")


def _flatten(value: Any, arrays: dict[str, NDArray[Any]], prefix: str) -> dict[str, Any]:
    plain: dict[str, Any] = {"kind": value.kind}
    for field in dataclasses.fields(value):
        item, name = getattr(value, field.name), prefix + field.name
        if isinstance(item, np.ndarray):
            arrays[name] = item
        else:
            plain[field.name] = _flatten(item, arrays, name + ".") if dataclasses.is_dataclass(item) else item
    return plain


def _rebuild(plain: dict[str, Any], arrays: dict[str, NDArray[Any]], prefix: str) -> Any:
    cls = _KINDS[plain["kind"]]
    values = {}
    for field in dataclasses.fields(cls):
        item = plain.get(field.name)
        if isinstance(item, dict):
            item = _rebuild(item, arrays, prefix + field.name + ".")
        elif isinstance(item, list):
            item = tuple(item)
        values[field.name] = arrays[prefix + field.name] if field.name not in plain else item
    return cls(**values)
