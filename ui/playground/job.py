"""The training job on the page: which one belongs to what the sliders say, its buttons, and its outcome."""

from __future__ import annotations

import streamlit as st

from lrcore.errors import LRLabError
from lrcore.experiment import Experiment
from lrcore.gallery.examples import examples_of
from lrcore.jobs import Job
from lrcore.results.history import history_so_far
from lrcore.results.story import story
from ui.playground.results import show_measured, show_results
from ui.server import engine
from ui.session.session import session
from ui.session.workbench import View
from ui.text import plain


def job_for(experiment: Experiment) -> Job | None:
    """The job of what the sliders say; while one is dragged, or after Stop, the one that was shown last."""
    board, visitor = engine.board(), session()
    shown = board.job(visitor.shown_job)
    if visitor.dragging and shown is not None:
        return shown
    wanted = board.job(experiment.id)
    again, visitor.train_again = visitor.train_again, False
    stopped = visitor.stopped_job == experiment.id
    broke = wanted is not None and wanted.state in ("failed", "crashed") and visitor.shown_job == wanted.id
    if wanted is not None and not again and (stopped or broke):
        # What this visitor stopped, or saw break, stays so until it is asked for again; what others stopped
        # is their affair.
        job = wanted
    else:
        visitor.stopped_job = ""
        try:
            job = board.submit(experiment, owner=visitor.owner, supersede=True)
        except LRLabError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return shown
    visitor.shown_job = job.id
    return job


def job_buttons(job: Job | None) -> None:
    if job is not None and not job.ended and session().stopped_job == job.id:
        st.caption("Another visitor trains the same experiment, so it goes on.")
    elif job is not None and not job.ended:
        st.button("Stop", icon=":material/stop:", key="stop", on_click=_stop, args=(job.id,))
    elif job is not None and job.retryable:
        st.button("Train again", icon=":material/replay:", key="again", on_click=_train_again)


def _stop(job_id: str) -> None:
    engine.board().cancel(job_id, session().owner)
    session().stopped_job = job_id


def _train_again() -> None:
    session().train_again = True
    session().attempt += 1


def show_outcome(job: Job | None, view: View) -> None:
    if job is None:
        return
    if job.retryable:
        say = st.info if job.state == "cancelled" else st.error
        say(
            plain(
                f"{job.error or 'The run ended early.'} The losses up to update {job.step:,} of {job.steps:,}"
                " are shown."
            )
        )
    history = job.history or (history_so_far(job.events) if job.ended else None)
    if history is not None:
        st.markdown(plain(story(job.experiment, history, view.split)))
        show_results(job.experiment, history, view.split)
    elif not job.ended:
        st.caption("The results appear here when the run has ended.")
    for example in examples_of(job.id):
        show_measured(example)
