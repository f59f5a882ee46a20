"""The one owner of session state and of the URL: a `Workbench` value that pages read and replace.

Widgets never own a value: each is set from the workbench before it is drawn, and its callback puts a changed
workbench here. The address bar is read once, when a session starts, and written at the end of every run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import streamlit as st

from lrcore import links
from lrcore.analysis.run import Run
from lrcore.errors import LRLabError
from lrcore.experiment import Experiment
from lrcore.gallery.examples import EXAMPLES
from lrcore.links import CurveView, view_from_params
from lrcore.results.events import Split
from ui.text import plain

OPENING = "01_open"


@dataclass(frozen=True)
class View:
    """How the charts are looked at."""

    log_lr: bool = False
    split: Split = "train"


@dataclass(frozen=True)
class Workbench:
    """Everything that the page shows: what is trained, and how it is looked at."""

    experiment: Experiment
    view: View = View()
    curves: CurveView = field(default_factory=CurveView)

    @property
    def trained(self) -> Run:
        """What the experiment trains."""
        return Run(steps=self.experiment.steps, steps_per_epoch=self.experiment.steps_per_epoch)

    @property
    def horizon(self) -> Run:
        """How far the Curves page looks: as far as somebody said, else as long as the experiment trains."""
        return self.curves.horizon or self.trained


def opening() -> Workbench:
    """What a visitor without a link sees."""
    return Workbench(EXAMPLES[OPENING].experiment)


def current() -> Workbench:
    """This session's workbench; `open_link` made it."""
    return cast(Workbench, st.session_state["workbench"])


def put(bench: Workbench, *, undoable: bool = False, fresh: bool = True) -> None:
    """Replace the workbench; `undoable` keeps the old one for `undo`. Errors beside fields speak of the old
    one and go, unless the fields that were there keep their meaning: `fresh` False."""
    if undoable:
        st.session_state["undo"] = current()
    st.session_state["workbench"] = bench
    st.session_state["touched"] = True
    if fresh:
        renew()


def renew() -> None:
    """Make every widget a new one, without errors: its old self may still send the value that has just been
    replaced."""
    st.session_state["errors"] = {}
    st.session_state["revision"] = st.session_state.get("revision", 0) + 1


def undo() -> None:
    """Back to the workbench before the last undoable change; a second call goes forth again."""
    if "undo" in st.session_state:
        put(st.session_state.pop("undo"), undoable=True)


def can_undo() -> bool:
    return "undo" in st.session_state


def edit(
    field: str, change: Callable[[Workbench], Workbench], *, undoable: bool = False, fresh: bool = True
) -> None:
    """Apply a change; if it is not allowed, keep the workbench and show the reason beside `field`. The rest
    as in `put`."""
    errors = st.session_state["errors"]
    st.session_state["touched"] = True
    try:
        changed = change(current())
    except LRLabError as error:
        errors[field] = str(error)
        return
    if undoable:
        put(changed, undoable=True, fresh=fresh)
    else:
        st.session_state["workbench"] = changed
    errors.pop(field, None)


def edit_experiment(field: str, **changes: Any) -> None:
    """Replace fields of the experiment, checked as a whole."""
    edit(field, lambda bench: with_experiment(bench, **changes))


def with_experiment(bench: Workbench, **changes: Any) -> Workbench:
    """The workbench with other fields in its experiment."""
    return replace(bench, experiment=with_fields(bench.experiment, **changes))


def with_fields(experiment: Experiment, **changes: Any) -> Experiment:
    """A copy with other fields, validated (pydantic's own `model_copy` is not)."""
    return Experiment(**{**{name: getattr(experiment, name) for name in Experiment.model_fields}, **changes})


def edit_curves(field: str, **changes: Any) -> None:
    """Replace fields of the Curves page's view."""
    edit(field, lambda bench: with_curves(bench, **changes))


def with_curves(bench: Workbench, **changes: Any) -> Workbench:
    """The workbench with other fields in the Curves page's view."""
    return replace(bench, curves=replace(bench.curves, **changes))


def refuse(field: str, sentence: str) -> None:
    """Keep the workbench and show a sentence beside a field."""
    st.session_state["errors"][field] = sentence


def error(field: str) -> str:
    """The sentence beside a field, or ""."""
    return str(st.session_state["errors"].get(field, ""))


def show_error(field: str) -> None:
    """Draw the sentence beside a field, if there is one."""
    if text := error(field):
        st.error(plain(text), icon=":material/error:")


def key(field: str) -> str:
    """The key of a field's widget; another one after `renew`."""
    return f"{field}@{st.session_state.get('revision', 0)}"


def synced(field: str, value: Any) -> str:
    """Set a widget to the workbench's value before it is drawn, unless its own bad input waits there to be
    corrected."""
    if not error(field):
        st.session_state[key(field)] = value
    return key(field)


def picked(field: str) -> Any:
    """For callbacks: what the field's widget holds now; None if it is empty, or belongs to a workbench that
    was replaced."""
    return st.session_state.get(key(field))


def open_link() -> None:
    """Read the address bar: when a session starts, and when Back or Forward has changed it since it was
    written.

    What cannot be used is said and left out; the rest is shown. Right after a change by hand the address is
    not read, because the browser may still have the old one; nor is an empty one, which is what Streamlit
    tells on a change of pages.
    """
    params = _address()
    started = "workbench" in st.session_state
    if started and (not params or st.session_state["touched"] or params == st.session_state.get("written")):
        return
    if started:
        renew()
    st.session_state["errors"] = {}
    default = opening()
    experiment, problems = links.from_params(params, default.experiment)
    view = View(
        log_lr=_last(params, "lr_axis") == "log",
        split="val" if _last(params, "loss") == "validation" else "train",
    )
    curves, more_problems = view_from_params(params)
    st.session_state["workbench"] = Workbench(experiment, view, curves)
    st.session_state["touched"] = False
    st.session_state["link_problems"] = problems + more_problems


def link_problems() -> list[str]:
    """What was wrong with the link that this session was opened with."""
    return list(st.session_state.get("link_problems", ()))


def write_link() -> None:
    """Make the address bar describe what is on the screen. Nothing is sent if it does already."""
    bench = current()
    params = links.to_params(bench.experiment)
    if bench.view.log_lr:
        params["lr_axis"] = ["log"]
    if bench.view.split == "val":
        params["loss"] = ["validation"]
    params |= bench.curves.to_params()
    if _address() != params:
        st.query_params.from_dict(params)
    st.session_state["written"], st.session_state["touched"] = params, False


def _address() -> links.Params:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _last(params: links.Params, name: str) -> str:
    return params[name][-1] if params.get(name) else ""
