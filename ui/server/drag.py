"""One browser's conversation about a drag: each step of a moving slider is a message, and is answered with
what changes in the charts.

The script of the page draws the same pictures with the same functions when the slider is let go. It knows no
Streamlit, like `live`; `drag_socket` carries it.

A message, as JSON text, is one step:

    {"n": 3, "of": "plans.1", "values": {"schedule.gamma": 0.3}, "page": "curves", "words": {...}, "run": ""}

`values` are by the path of the control below `of`: "plans.<number>", "experiment" or "question". `page`,
`words`, those of a link to what the page shows, and `run`, the key that it was given to the run that it shows
(`predictions.key_to_read`), are said with the first step and when they have changed. The answer is one of

    {"n": 3, "charts": {key: part, ...}, "refused": {path: sentence, ...}, "note": what the plan does now}
    {"n": 3, "later": true}       this curve takes too long to follow a thumb: the release draws it
    {"n": 3, "error": sentence}   the message cannot be understood

where a part is `{"figure": {...}}`, or of the figure that is there
`{"traces": [{"uid", "name", "x", "y"}, ...], "yaxis": {...}}`, or for the losses
`{"over": [trace, ...], "note": text, "reach": x}`: what lies over them instead of what lay there, a line
about it, and how far their axis has to go.
"""

from __future__ import annotations

import math
import time
from typing import Any

import orjson

from lrcore.errors import LRLabError
from lrcore.plan import Path
from lrcore.values.value import short
from ui.server.moved_charts import PAGES, Moved, TooSlowError

Message = dict[str, object]

MESSAGE_MAX = 100_000  # characters: a link's words, quoted, and the values of a card
BUDGET_S = 0.03  # CPU time of a step; a curve that took longer is not drawn again before the release
QUICK_S = 0.003
_VALUES_MAX, _NAME_MAX, _DEPTH_MAX = 100, 200, 20


class Drag:
    """What one connection has said so far: which page it shows, and whether that is too slow to follow."""

    def __init__(self) -> None:
        self._moved: Moved | None = None
        self._slow = False
        self.quick = False  # the last step was, and so will be the next

    def answer(self, text: str) -> Message:
        """The answer to one message, whatever it holds."""
        number: int | None = None
        try:
            step = _read(text)
            number = step["n"] if isinstance(step.get("n"), int) else None
            if "words" in step:
                self._moved, self._slow, self.quick = _described(step), False, False
            if self._moved is None:
                raise LRLabError("No page is described yet; the first step of a drag says page and words.")
            if self._slow:
                raise TooSlowError
            before = time.thread_time()
            charts, refused = self._moved.charts(_path(step.get("of")), _values(step.get("values")))
            took = time.thread_time() - before
            self._slow, self.quick = took > BUDGET_S, took < QUICK_S
        except TooSlowError:
            return {"n": number, "later": True}
        except LRLabError as error:
            return {"n": number, "error": str(error)}
        return {"n": number, "charts": charts, "refused": refused, "note": self._moved.note}


def _read(text: str) -> dict[str, Any]:
    if len(text) > MESSAGE_MAX:
        raise LRLabError(
            f"This message has {len(text):,} characters; a step of a drag has {MESSAGE_MAX:,} at most."
        )
    try:
        step = orjson.loads(text)
    except ValueError:
        step = None
    if not isinstance(step, dict):
        raise LRLabError(f"A step of a drag is a JSON object, but {short(text)} arrived.")
    return step


def _described(step: dict[str, Any]) -> Moved:
    page, words, run = step.get("page"), step["words"], step.get("run", "")
    if not isinstance(page, str) or page not in PAGES:
        raise LRLabError(f"A page is one of {', '.join(PAGES)}, but {short(page)} arrived.")
    if not isinstance(words, dict) or not all(
        isinstance(said, list) and all(isinstance(value, str) for value in said) for said in words.values()
    ):
        raise LRLabError(f"The words of a page are lists of text by name, but {short(words)} arrived.")
    if not isinstance(run, str) or len(run) > _NAME_MAX:
        raise LRLabError(f"A run is named by the key that its page was given, but {short(run)} arrived.")
    return PAGES[page](words, run)


def _path(text: object) -> Path:
    """`schedule.schedulers.1.gamma` as a path: its numbers count."""
    parts = text.split(".", _DEPTH_MAX) if isinstance(text, str) and len(text) <= _NAME_MAX else []
    if not parts or len(parts) > _DEPTH_MAX:
        raise LRLabError(f"A control is named by a path like schedule.gamma, but {short(text)} arrived.")
    return tuple(int(part) if part.isascii() and part.isdigit() else part for part in parts)


def _values(sent: object) -> dict[Path, float]:
    if not isinstance(sent, dict) or len(sent) > _VALUES_MAX:
        raise LRLabError(f"A step has up to {_VALUES_MAX} values by path, but {short(sent)} arrived.")
    for value in sent.values():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise LRLabError(f"A moved value is a finite number, but {short(value)} arrived.")
    return {_path(name): value for name, value in sent.items()}
