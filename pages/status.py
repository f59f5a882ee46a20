"""For the operator, behind LRLAB_OPERATOR_TOKEN: what runs, what waits, what went wrong, what it costs."""

from __future__ import annotations

import time

import streamlit as st

from lrcore.jobs import Job
from ui.server import engine, operators
from ui.server.metrics import versions
from ui.server.processes import our_processes
from ui.server.status import in_words, owners, settings_in_words, since
from ui.server.visitors import visitors
from ui.session.session import session
from ui.text import plain

_QUEUE_SHOWN = 20


def _ask_for_the_token() -> None:
    token = st.text_input("Operator's token", type="password", key="operator_token")
    if token and operators.is_operator(token):
        session().operator = True
        st.rerun()
    if token:
        st.error("That is not the token that LRLAB_OPERATOR_TOKEN holds.", icon=":material/key_off:")


@st.fragment(run_every=5)
def _status() -> None:
    board = engine.board()
    jobs, health = board.live(), board.health()
    running = [job for job in jobs if job.state == "running"]
    queued = [job for job in jobs if job.state == "queued"]
    with st.container(horizontal=True, gap="medium"):
        st.metric("Training", "ready" if health["ready"] else "not ready", width="content")
        st.metric("Slots in use", f"{len(running)} of {health['slots']}", width="content")
        st.metric("Waiting", len(queued), width="content")
        st.metric("Open tabs", len(visitors), width="content")
    st.caption(time.strftime("As of %H:%M:%S UTC; looked at every 5 s.", time.gmtime()))
    if health["error"]:
        st.error(plain(str(health["error"])), icon=":material/error:")
    st.header("Running", anchor=False)
    for job in running:
        _running(job)
    if not running:
        st.caption("Nothing.")
    st.header("Waiting", anchor=False)
    for job in queued[:_QUEUE_SHOWN]:
        waited = f"{job.position}. for {since(job, job.queued_at):.0f} s, wanted by {owners(job)}: "
        st.markdown(plain(waited + in_words(job.experiment)))
    if not queued:
        st.caption("Nothing.")
    elif len(queued) > _QUEUE_SHOWN:
        st.caption(f"And {len(queued) - _QUEUE_SHOWN} more.")
    _troubles()
    _processes()


def _running(job: Job) -> None:
    with st.container(border=True):
        st.markdown(plain(in_words(job.experiment)))
        done = f"{job.step:,} of {job.steps:,} updates, {since(job, job.slot_at):.0f} s"
        st.progress(job.step / job.steps, text=plain(f"{done}, wanted by {owners(job)}"))


def _troubles() -> None:
    st.header("Went wrong lately", anchor=False)
    troubles = list(engine.recent)
    for trouble in troubles:
        at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(trouble.at))
        st.markdown(f"**{plain(at)}** {plain(trouble.what)}: {plain(trouble.why)}")
    if not troubles:
        st.caption("Nothing since the start.")


def _processes() -> None:
    st.header("Processes", anchor=False)
    rows = ["| process | memory | CPU | files |", "|---|--:|--:|--:|"]
    for use in our_processes(engine.board()):
        rows.append(f"| {use.name} ({use.pid}) | {use.rss >> 20:,} MB | {use.cpu_s:,.1f} s | {use.files} |")
    st.markdown("\n".join(rows))
    st.caption("The helper and its workers share most of their memory.")


def _table(heading: str, values: dict[str, str]) -> None:
    rows = [f"| {plain(name)} | {plain(value) or 'not set'} |" for name, value in values.items()]
    st.markdown("\n".join([f"| {heading} | |", "|---|---|", *rows]))


st.title("Status", anchor=False)
if not session().operator:
    _ask_for_the_token()
else:
    _status()
    with st.expander("Versions and settings"):
        _table("version", versions())
        _table("setting", settings_in_words())
