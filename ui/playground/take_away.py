"""What can be taken away from a run: a link to all that is shown, and its losses as a file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lrcore.errors import JobError
from lrcore.jobs import Job
from lrcore.results.events import History
from lrcore.results.history import history_so_far
from lrcore.results.losses_csv import losses_csv
from ui.components.copy_link import copy_link
from ui.server import engine


def take_away(job_id: str) -> None:
    """Two buttons below the results. Streamlit holds what a button is given until its tab is closed, and a
    history has up to 128 MB: it is looked up when somebody clicks."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="take_away"):
        st.download_button(
            "Losses as CSV",
            partial(_losses, job_id),
            file_name="losses.csv",
            mime="text/csv",
            icon=":material/download:",
            key="losses_csv",
            on_click="ignore",
            help="Each evaluation of each network, with the rate that it used.",
        )
        copy_link(key="copy_link")


def ended_history(job: Job) -> History | None:
    """What a run that has ended left, also one that ended early; None before."""
    return job.history or (history_so_far(job.events) if job.ended else None)


def _losses(job_id: str) -> str:
    job = engine.board().job(job_id)
    history = None if job is None else ended_history(job)
    if job is None or history is None:
        raise JobError("The losses of this run are no longer on the server; train it again to save them.")
    return "".join(losses_csv(job.experiment, history))
