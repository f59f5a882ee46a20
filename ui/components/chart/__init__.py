"""A Plotly chart that survives every change: it is redrawn in place and never mounted again.

`st.plotly_chart` puts a new chart in the place of the old one whenever the figure changes, and with it go
zoom, hover and hidden legend entries. This component hands each new figure to `Plotly.react`, and can follow
a running job over a WebSocket without Python in between.

Messages of the live WebSocket, as JSON text:

    {"kind": "snapshot", "version": n, "data": [trace, ...], "layout": {...}, "status": status}
    {"kind": "extend", "x": [...], "traces": [{"i": index, "x": [...], "y": [...]}, ...], "status": status}
    {"kind": "status", "status": status}
    {"kind": "done", "state": "done" | "failed" | "cancelled" | "crashed" | "superseded" | "unknown",
     "caused": bool, "status": status}

with status = {"text": str, "fraction": 0..1 | null, "eta_s": seconds | null, "state": "queued" | "running" |
...}; every key of a message but `kind` may be left out. A trace of an extend message without `x` uses the
message's `x`. A message of kind "status" alone says that the connection holds; the chart tells of 8 s without
a word. `caused` says that the page itself has ended the run, by Stop or by what "superseded" it: an answer is
on its way, and Python is told only if none comes. A connection that breaks before "done" is opened
again, and the server starts again with a snapshot; one that the server closes with a code of 4000 to 4999 is
not, and counts as done with the state "lost".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import orjson
import streamlit as st

from ui.components.state import as_sent, state_value, state_values
from ui.server.assets import inline_loader, plotly_url


@dataclass(frozen=True)
class ChartDrag:
    """How a chart follows a slider that is dragged, past the script (`ui/server/drag.py`).

    Attributes:
        page: the name of its page there.
        released: the moment of the last release that its figure knows of, `LiveValues.at`.
        words: what the page shows, in the words of a link; None for the other charts of a page.
        run: beside the words, the key to the run from which a moved plan's loss is predicted
            (`ui/server/predictions.py`).
    """

    page: str
    released: int
    words: Mapping[str, Sequence[str]] | None = None
    run: str = ""


@dataclass(frozen=True)
class Overlay:
    """What lies over a figure, also over that of a live job, until a drag or the next run lays something else
    there.

    Attributes:
        over: traces, each with a `uid`.
        badge: a few words under the chart, set off from the note.
        note: a line under the chart, which keeps its place when there is none.
    """

    over: Sequence[Mapping[str, object]] = ()
    badge: str = ""
    note: str = ""


@dataclass(frozen=True)
class ChartResult:
    """What the chart told Python.

    Attributes:
        done: None, except in the one run that the end of a live job causes: then `live` as it was passed,
            with `state` (that of the "done" message, or "lost") and `status` (the last one, a dict) added.
    """

    done: dict[str, object] | None = None


_mount = st.components.v2.component(
    "lrlab_chart", js=inline_loader("chart/frontend/main.js"), isolate_styles=False
)


def chart(
    figure: Mapping[str, object],
    *,
    key: str,
    height: int | str,
    live: Mapping[str, object] | None = None,
    alt: str = "",
    say: str = "",
    on_event: Callable[[dict[str, object]], None] | None = None,
    config: Mapping[str, object] | None = None,
    drag: ChartDrag | None = None,
    overlay: Overlay | None = None,
) -> ChartResult:
    """Show a figure and keep it in place while it changes.

    Args:
        figure: a Plotly figure as a dict, `{"data": [...], "layout": {...}}`; NumPy arrays are welcome, NaN
            becomes a gap. Colours of font, grid and paper that it leaves open follow Streamlit's theme. Give
            a trace a `uid` if traces come and go, so that a hidden legend entry stays with its trace.
            `layout.uirevision` is constant unless it is set; setting another one resets zoom and legend.
        key: identity of the element; it stays mounted for as long as the key is rendered.
        height: of the plot, without progress bar and read-out: pixels, or a length in the words of CSS, which
            the page may change with the window.
        live: `{"url": "/live/<job id>", ...}` to follow a job; other entries come back in
            `ChartResult.done`, and a `status` among them is shown until the first message. The same url again
            disturbs nothing; another one opens that job's connection and dims the old lines until its first
            snapshot; None shows `figure` again. `over: True` says that the end is known without the chart's
            telling.
        alt: what the picture shows, for screen readers; the first and last values of its lines follow.
        say: what a screen reader says as soon as it is another sentence than before, without the focus
            being there.
        on_event: called with `ChartResult.done` before the script (or the fragment) runs.
        config: options of Plotly, and `cursor_group`: charts with the same group show one vertical cursor
            with a read-out of all values, and zoom their x axes together; `x_name`: what x is in that
            read-out where the axis has no title; `epoch`: updates per epoch, for an upper axis that follows
            the lower one in epochs; `save`: a file name, for buttons that save the picture as PNG and SVG;
            `reveal`: a number, with which the chart is scrolled into sight whenever it has grown.
        drag: lets the chart follow a slider that is dragged, until the figure that knows of the release.
        overlay: what lies over the figure, and is said under it.
    """

    def report() -> None:
        done = state_value(key, "done")
        if on_event is not None and isinstance(done, Mapping):
            on_event(dict(done))

    heard, back = state_values(key, "done", "back")
    options = dict(config or {})
    data = {
        "key": key,
        # As text: orjson takes arrays and NaN as they are, Streamlit need not walk through the points again,
        # and the browser sees with one comparison that nothing has changed.
        "figure": _text(figure),
        "overlay": _text(asdict(overlay)) if overlay is not None else None,
        "height": height if isinstance(height, str) else f"{height}px",
        "alt": alt,
        "say": say,
        "plotly": plotly_url(),
        "group": options.pop("cursor_group", None),
        "xName": options.pop("x_name", "updates"),
        "epoch": options.pop("epoch", None),
        "save": options.pop("save", None),
        "reveal": options.pop("reveal", 0),
        "config": options,
        # Until it is heard the chart tells of an end again: what it says while the page is cut off is lost.
        "heard": heard.get("url") if isinstance(heard, Mapping) else None,
        # the browser asks whether there is still a session, see reconnect.js
        "back": back,
        "live": dict(live) if live is not None else None,
        "drag": asdict(drag) if drag is not None else None,
    }
    result = _mount(key=key, data=as_sent(data), on_done_change=report, on_back_change=_ignore)
    done = result.get("done")
    return ChartResult(dict(done) if isinstance(done, Mapping) else None)


def _ignore() -> None:
    """A trigger exists if something is called for it; the run that it causes is all that is wanted."""


def _text(figure: object) -> str:
    return orjson.dumps(
        figure, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    ).decode()


def _plain(value: object) -> object:
    """What orjson does not know: arrays that are not contiguous, series, tuples' cousins."""
    to_list = getattr(value, "tolist", None)
    if callable(to_list):
        return to_list()
    raise TypeError(f"A figure holds plain values, lists and arrays; got {type(value).__name__}.")
