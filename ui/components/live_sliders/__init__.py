"""Sliders that report while they are dragged: several in one element, each with a number box for exact
values.

`st.slider` is silent until it is let go, and thirty of them make every rerun slow. This component renders all
sliders of a card at once around native range inputs, so keyboard and screen reader come free.

It is controlled: it shows what `specs` say. A change reaches Python as one state value, so one change is one
rerun:

    event = {"values": {name: number or text, ...}, "dragging": bool, "seq": int, "at": milliseconds}

It says what all sliders hold and not which one moved: Streamlit keeps the last state value alone, so an event
may stand for several, and whoever applies it compares the values with what they were.
`seq` counts the events of one browser element. Python sends the last one it has seen back as `ack`; the
browser thereby knows which values are answers to what the user did last and which are echoes of an earlier
moment.

With `follows`, the steps of a drag go to the charts past the script (`ui/server/drag.py`): Python hears of
the release alone, and of its moment `at`. Without, or where there is no such way, each step is an event too:
the next is sent when the run for the last one has ended, so a slow server gets fewer events and not a growing
queue.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import streamlit as st

from ui.components.state import as_sent, state_value
from ui.server.assets import inline_loader

Value = float | int | str


@dataclass(frozen=True)
class SliderSpec:
    """One slider and its number box: what it is called, what it shows and how far the slider reaches.

    Args:
        name: identity of the slider, and key of the value that comes back.
        label: accessible name of both the range input and the number box, such as "gamma of plan 3".
        value: what is shown. May lie outside the slider's range: the number box shows it, the thumb rests at
            the end.
        minimum, maximum: ends of the slider. They bound the thumb, not the value; whoever takes the value
            validates it.
        scale: "log" spaces the thumb's travel by factors (needs minimum > 0), "linear" by differences.
        integer: dragging gives whole numbers.
        title: the visible label; the name when empty.
        help: a sentence about the parameter, shown on hover and read to screen readers.
        unit: shown behind the title, such as "steps".
        error: a sentence shown under the field; while it is set, the text that caused it stays in the box.
        refused: that text, for an element that is mounted anew.
        disabled: shown, but cannot be changed.

    Raises:
        ValueError: for a range that cannot be drawn.
    """

    name: str
    label: str
    value: float | int
    minimum: float
    maximum: float
    scale: Literal["log", "linear"] = "linear"
    integer: bool = False
    title: str = ""
    help: str = ""
    unit: str = ""
    error: str = ""
    refused: str = ""
    disabled: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.minimum) and math.isfinite(self.maximum) and self.minimum < self.maximum):
            raise ValueError(
                f"Slider {self.name!r} needs minimum < maximum, got {self.minimum} and {self.maximum}."
            )
        if self.scale == "log" and self.minimum <= 0:
            raise ValueError(
                f"Slider {self.name!r} has a log scale and needs a minimum above 0, got {self.minimum}."
            )


@dataclass(frozen=True)
class Follows:
    """Which charts follow a drag: those of a page of `ui/server/moved_charts.py`.

    Args:
        page: the page's name there; a chart that is shown now describes it (`chart(..., drag=...)`).
        of: whose values the sliders move, such as "plans.2"; a slider's name is the path below it. Empty for
            values that no chart shows before they are trained: then nothing happens before the release.
    """

    page: str
    of: str


@dataclass(frozen=True)
class LiveValues:
    """What the browser last reported.

    Attributes:
        values: by name, for exactly the sliders of the specs. A number where the field holds one, otherwise
            the text as it was typed ("abc", "1e999"), so that Python can answer with a sentence. They stay
            what they were when Python later changes the specs itself (an undo, say): apply them in
            `on_change`, once per event.
        dragging: a drag or a held key is under way; more values follow, the last of them with False.
        at: the moment of the release by the browser's clock, to be given to the charts that followed; 0
            while it is dragged.
    """

    values: dict[str, Value]
    dragging: bool = False
    at: int = 0


_mount = st.components.v2.component(
    "lrlab_live_sliders", js=inline_loader("live_sliders/frontend/main.js"), isolate_styles=False
)


def live_sliders(
    specs: Sequence[SliderSpec],
    *,
    key: str,
    accent: str = "",
    follows: Follows | None = None,
    reveal: bool = False,
    note: str = "",
    on_change: Callable[[LiveValues], None] | None = None,
) -> LiveValues:
    """Show the sliders and return what the browser last reported.

    Args:
        specs: the sliders from top to bottom. They may change from run to run, in number and in kind.
        key: identity of the element. It stays mounted, and keeps focus, for as long as the key is rendered.
        accent: any CSS colour, for the filled part and the thumb; Streamlit's primary colour when empty.
        follows: what shows a drag before Python hears of it; None sends each step to Python.
        reveal: scrolls the page to the sliders when they are mounted, if they are out of sight.
        note: a line about the values under the sliders, which the steps of a drag change too.
        on_change: called with the reported values before the script (or the fragment) runs, as Streamlit's
            callbacks are, so that the owner of the state can apply them before anything is drawn.
    """

    def report() -> None:
        if on_change is not None:
            on_change(_read(_event(key), specs))

    event = _event(key)
    data = {
        "specs": [{**asdict(spec), "value": _finite(spec.value)} for spec in specs],
        "accent": accent,
        "ack": event.get("seq", 0),
        "drag": asdict(follows) if follows else None,
        "reveal": reveal,
        "note": note,
    }
    _mount(key=key, data=as_sent(data), on_event_change=report)
    return _read(event, specs)


def _event(key: str) -> Mapping[str, Any]:
    """The state value `event` of the element with this key; empty before its first event."""
    event = state_value(key, "event")
    return event if isinstance(event, Mapping) else {}


def _read(event: Mapping[str, Any], specs: Sequence[SliderSpec]) -> LiveValues:
    """Take the values of the known sliders from an event; what a browser sends is not trusted to have any
    shape."""
    sent = event.get("values")
    sent = sent if isinstance(sent, Mapping) else {}
    values = {spec.name: _value(sent.get(spec.name), spec) for spec in specs}
    at = event.get("at")
    return LiveValues(values, bool(event.get("dragging", False)), at if isinstance(at, int) else 0)


def _value(sent: object, spec: SliderSpec) -> Value:
    """JavaScript has one kind of number: 1 may mean 1.0. The spec says which is meant."""
    if isinstance(sent, str):
        return sent
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        return spec.value
    try:
        number = float(sent)
    except OverflowError:
        return str(sent)
    return int(number) if spec.integer and number.is_integer() else number


def _finite(value: float) -> float | str:
    """JSON has no inf and nan, and a browser refuses a message that contains them: send them as text."""
    try:
        return value if math.isfinite(value) else str(value)
    except OverflowError:
        return str(value)
