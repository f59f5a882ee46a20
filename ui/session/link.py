"""The workbench in the address bar: read when a session starts, written when something has changed."""

from __future__ import annotations

import streamlit as st

from lrcore import links
from lrcore.errors import LRLabError
from ui.server.guard.rates import count
from ui.server.loss_axes import losses_asked
from ui.session.parts import fragment
from ui.session.session import session
from ui.session.workbench import View, Workbench, opening
from ui.text import plain


def open_link() -> None:
    """Read the address bar: when a session starts, and when Back or Forward has changed it since it was
    written.

    What cannot be used is reported and left out; the rest is shown. Right after a change by hand the address
    is not read, because the browser may still have the old one; nor is an empty one, which is what Streamlit
    gives on a change of pages.
    """
    now, params = session(), _address()
    if now.link_read and (not params or now.link_outdated or params == now.link_written):
        return
    try:
        count("link")
    except LRLabError as error:
        now.link_problems, now.link_read, now.link_outdated = (str(error),), True, True
        return
    experiment, problems = links.from_params(params, opening().experiment)
    split, axis = losses_asked(params)
    view = View(log_lr=(params.get("lr_axis") or [""])[-1] == "log", split=split, loss_axis=axis)
    curves, more_problems = links.view_from_params(params)
    bench = Workbench(experiment, view, curves)
    if now.link_read:
        now.put(bench)
    else:
        now.workbench = bench
    now.link_problems = (*problems, *more_problems, *links.unknown_words(params))
    now.link_read, now.link_outdated = True, False


@fragment("link_problems")
def link_problems() -> None:
    """The sentences about what could not be used, until they are closed."""
    if not session().link_problems:
        return
    for problem in session().link_problems:
        st.warning(plain(problem), icon=":material/link_off:")
    st.button("Close", icon=":material/close:", key="close_link_problems", on_click=_close_problems)


def _close_problems() -> None:
    session().link_problems = ()


def write_link() -> None:
    """Make the address bar describe what is on the screen; to be called at the end of every run of the script
    or of a fragment.

    Nothing is sent if it does already, nor while a slider is dragged: each address becomes a step of the
    browser's history, and Back is to undo a drag and not its last few pixels. The run that ends the drag
    writes.
    """
    now = session()
    if now.dragging:
        return
    params = link_words(now.workbench)
    if _address() != params:
        st.query_params.from_dict(params)
    now.link_written, now.link_outdated = params, False


def link_words(bench: Workbench) -> links.Params:
    """The workbench in the words of a link."""
    params = links.to_params(bench.experiment)
    if bench.view.log_lr:
        params["lr_axis"] = ["log"]
    if bench.view.split == "val":
        params["loss"] = ["validation"]
    if bench.view.loss_axis != "updates":
        params["loss_axis"] = [bench.view.loss_axis]
    return params | bench.curves.to_params()


def _address() -> links.Params:
    return {name: st.query_params.get_all(name) for name in st.query_params}
