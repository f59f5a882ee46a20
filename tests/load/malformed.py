"""What nobody's browser would send: links, messages of Streamlit's protocol, live addresses, routes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from streamlit.proto.BackMsg_pb2 import BackMsg

Where = Literal["link", "message", "text", "socket", "get"]


@dataclass(frozen=True)
class Malformed:
    """One thing that is sent.

    Attributes:
        where: "link" opens a page with the query `data`; "message" is a frame to an open page; "text" is such
            a frame as text; "socket" opens a WebSocket at `path` and sends `data`; "get" asks for `path`.
    """

    where: Where
    data: bytes = b""
    path: str = ""


def malformed(rng: random.Random, number: int, widget: str) -> Iterator[Malformed]:
    """`number` of them, of every kind by turns; `widget` is the id of a slider that a page has."""
    kinds = (_link, _garbage, _forged, _text, _live, _talk, _drag, _get)
    for count in range(number):
        yield kinds[count % len(kinds)](rng, widget)


def _nested(rng: random.Random) -> str:
    depth = rng.choice((3, 100, 1000, 4000))
    return rng.choice(("(" * depth + "1" + ")" * depth, "-" * depth + "1", "[" * depth, "1" + "*1" * depth))


def _word(rng: random.Random) -> str:
    """A value that a link, a widget or a message may hold: nonsense, a bomb, or nearly right."""
    return rng.choice(
        (
            _nested(rng),
            "lr=" + _nested(rng),
            f"lr=0.1 StepLR(step_size={_nested(rng)}, gamma=0.1)",
            "lr=1e400 ConstantLR(factor=0.5, total_iters=1)",
            "lr=1e200 ConstantLR(factor=0.5, total_iters=1)",
            'lr=0.1 LambdaLR(lr_lambda="1 / (5 - epoch)")',
            'lr=0.1 LambdaLR(lr_lambda="9**9**9**9")',
            "lr=0.1 LambdaLR(lr_lambda=\"__import__('os').abort()\")",
            "lr=nan",
            "lr=-1 StepLR(step_size=0, gamma=-3)",
            "\x00\ud800".encode("utf-8", "replace").decode(),
            "".join(chr(rng.randrange(32, 0x2FFF)) for _ in range(rng.randrange(1, 200))),
            "9" * rng.choice((10, 400, 5000)),
            "",
        )
    )


def _link(rng: random.Random, widget: str) -> Malformed:
    names = ("plan", "data", "model", "steps", "seeds", "batch_size", "curve_steps", "curve_epoch")
    words = "&".join(f"{rng.choice(names)}={quote(_word(rng))}" for _ in range(rng.randrange(1, 6)))
    return Malformed("link", words.encode())


def _garbage(rng: random.Random, widget: str) -> Malformed:
    return Malformed("message", rng.randbytes(rng.choice((0, 1, 20, 2000, 200_000))))


def _forged(rng: random.Random, widget: str) -> Malformed:
    """A message in order, whose widget holds what no widget would."""
    message = BackMsg()
    value: object = rng.choice(
        (
            None,
            [],
            {"event": 3},
            {"event": {"values": {"base_lr": _word(rng)}, "dragging": "?", "seq": "x"}},
            {"event": {"values": [_word(rng)], "dragging": True, "seq": 10**400}},
            {"event": {"values": {"schedule.gamma": 1e308, "x" * 5000: None}, "seq": -1}},
        )
    )
    state = message.rerun_script.widget_states.widgets.add(id=rng.choice((widget, widget[:-3], "$$ID-x-y")))
    if rng.random() < 0.7:
        state.json_value = json.dumps(value)
    else:
        state.string_value = _word(rng)
    message.rerun_script.fragment_id = rng.choice(("", "nobody", _nested(rng)))
    return Malformed("message", message.SerializeToString())


def _text(rng: random.Random, widget: str) -> Malformed:
    return Malformed("text", _word(rng).encode("utf-8", "replace"))


def _live(rng: random.Random, widget: str) -> Malformed:
    place = rng.choice(("0" * 16, "a" * 8000, "..%2F..%2Fready", "%00", quote(_word(rng)[:300], safe="")))
    return Malformed("socket", b"", f"/live/{place or 'x'}?split={quote(_word(rng)[:300])}")


def _talk(rng: random.Random, widget: str) -> Malformed:
    """Words to a job's viewers' socket, which listens to nobody."""
    return Malformed("socket", rng.randbytes(rng.choice((1, 1000, 300_000))), "/live/0000000000000000")


def _drag(rng: random.Random, widget: str) -> Malformed:
    body: object = rng.choice(
        (
            _word(rng),
            _step(rng, words={"plan": [_word(rng)]}),
            _step(rng, words={_word(rng): [_word(rng)] * 300}),
            _step(rng, of=rng.choice((None, "plans.7", _word(rng)))),
            _step(rng, values=rng.choice((None, {_word(rng): 1}, {"base_lr": _word(rng)}))),
            _step(rng, page=_word(rng), n=rng.choice((-1, "x", 1e99))),
            [[[[]]]],
            None,
        )
    )
    raw = rng.choice((json.dumps(body).encode(), b"[" * 60_000, b'{"a":', b"\xff\xfe"))
    return Malformed("socket", raw, "/drag")


def _step(rng: random.Random, **wrong: object) -> dict[str, object]:
    """A step of a drag in order but for some of it."""
    page = rng.choice(("playground", "curves"))
    step = {
        "n": 1,
        "of": "plans.0",
        "values": {"base_lr": 1e308},
        "page": page,
        "words": {"plan": ["lr=0.1"]},
    }
    return {**step, **wrong}


def _get(rng: random.Random, widget: str) -> Malformed:
    place = rng.choice(
        (
            "/ready?wait=nan",
            "/ready?wait=-1e9",
            "/assets/components-0/" + "..%2f" * 9 + "etc/passwd",
            "/assets/plotly-0.min.js",
            "/media/x",
            "/component/x/y",
            "/" + quote(_word(rng)[:2000], safe=""),
            "/app.py",
        )
    )
    return Malformed("get", b"", place)
