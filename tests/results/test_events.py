"""Events are plain data: they cross bytes unchanged, and bytes that hold anything else are refused."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from lrcore.results.events import Finished, History, Progress, Started, decode, encode

P, S, E, N = 3, 2, 4, 7


def _array(rng: np.random.Generator, *shape: int) -> np.ndarray:
    values = rng.normal(size=shape)
    values.flat[:3] = (np.nan, np.inf, -np.inf)[: values.size]
    return values


def history(rng: np.random.Generator) -> History:
    return History(
        step=np.arange(E, dtype=np.int64),
        train_loss=_array(rng, E, P, S),
        val_loss=_array(rng, E, P, S),
        val_metric=_array(rng, E, P, S),
        lr=_array(rng, E, P, S),
        diverged_at=np.full((P, S), -1, np.int64),
        minibatch_loss=_array(rng, N, P, S),
        applied_lr=_array(rng, N, P, S),
    )


def events() -> list[Any]:
    rng = np.random.default_rng(0)
    progress = {
        name: _array(rng, P, S) for name in ("minibatch_loss", "train_loss", "val_loss", "val_metric", "lr")
    }
    kept = history(rng)
    empty = dataclasses.replace(
        kept, **{name: value[:0] for name, value in vars(kept).items() if name != "diverged_at"}
    )
    return [
        Started("0123456789abcdef", P, S, N, 3, "cpu", np.array([0, 3, 7])),
        Progress(step=3, epoch=1 / 3, **progress, diverged_at=np.array([[-1, 2], [-1, -1], [5, -1]])),
        Progress(step=0, epoch=float("nan"), **progress, diverged_at=np.full((P, S), -1)),
        kept,
        Finished(
            "0123456789abcdef",
            N,
            False,
            1.25,
            ("", "exploded", "", "", "non-finite", 'a "quote" and ü'),
            kept,
        ),
        Finished("0123456789abcdef", 0, True, float("inf"), (), empty),
    ]


@pytest.mark.parametrize("event", events(), ids=lambda event: event.kind)
def test_an_event_crosses_bytes_unchanged(event: Any) -> None:
    again = decode(encode(event))
    assert type(again) is type(event)
    _same(event, again)
    assert encode(again) == encode(event)


def _same(a: Any, b: Any) -> None:
    for field in dataclasses.fields(a):
        left, right = getattr(a, field.name), getattr(b, field.name)
        if dataclasses.is_dataclass(left):
            _same(left, right)
        elif isinstance(left, np.ndarray):
            assert right.dtype == left.dtype
            assert right.shape == left.shape
            assert right.tobytes() == left.tobytes()  # NaN equals NaN, bit by bit
        else:
            assert type(right) is type(left)
            assert right == left or (right != right and left != left)


def test_decode_unpickles_nothing() -> None:
    numbers = dict.fromkeys(("plans", "seeds", "steps", "steps_per_epoch"), 1)
    plain = {"kind": "started", "experiment_id": "", "device": "", **numbers}
    for form in ("|O", [["a", "|O"]]):
        text = json.dumps([plain, {"evaluations": (form, [1])}]).encode()
        with pytest.raises((ValueError, TypeError)):
            decode(len(text).to_bytes(4) + text + bytes(64))


def test_encode_refuses_what_only_pickle_could_write() -> None:
    started = Started("x", 1, 1, 1, 1, "cpu", np.array([object()]))
    with pytest.raises(ValueError, match="pickle"):
        encode(started)


@pytest.mark.parametrize(
    "data", [b"", b"junk", b"PK\x03\x04junk", b"\x80\x04N.", bytes(4), b"\x00\x00\x00\x02[]"]
)
def test_junk_is_no_event(data: bytes) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - any error will do; an event would not
        decode(data)
