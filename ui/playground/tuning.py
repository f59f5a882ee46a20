"""Each plan at its own best base rate, below the results: the button that asks for it, its races, and what
they say."""

from __future__ import annotations

import math

import streamlit as st

from lrcore.errors import LRLabError
from lrcore.experiment import Experiment
from lrcore.figures.losses import loss_figure
from lrcore.jobs import Job
from lrcore.results.events import Split
from lrcore.tuning import (
    FIRST,
    STEP,
    Finals,
    Tuned,
    estimated_seconds,
    finals_of,
    lacking,
    tune,
    verdict,
)
from ui.components.chart import chart
from ui.playground import PAGE
from ui.playground.best_rates import show_best_rates, show_bowls
from ui.server import engine
from ui.server.guard.rates import address, count
from ui.server.live import live_address
from ui.session import presence
from ui.session.parts import fragment, redraw
from ui.session.session import session
from ui.session.workbench import with_experiment
from ui.text import plain

_KEY = f"{PAGE}_tuning"
_HELP = (
    "One rate for all is unfair to a plan that needs another. This races every plan at a quarter, a half,"
    " twice and four times its rates, and further where its best lies at an edge."
)


@fragment(_KEY)
def tuning() -> None:
    """The button, once there is a race to begin from; when it was pressed, the races and what they say."""
    presence.hold()
    experiment = session().workbench.experiment
    with st.container(key="tuning", gap="small"):
        if session().tuned != experiment:
            _offer(experiment)
            return
        with st.container(key="tuning_open", gap="small"):  # brought into sight by page/frontend/tuning.js
            _opened(experiment)


def _opened(experiment: Experiment) -> None:
    split = session().tuned_split  # the other one may have its bests elsewhere, and ask for more races
    try:
        tuned, job = _advanced(experiment, split)
    except LRLabError as error:
        st.error(plain(str(error)), icon=":material/error:")
        with st.container(horizontal=True, gap="small"):
            st.button("Go on", icon=":material/replay:", key="tune_go_on", on_click=_go_on)
            st.button("Close", icon=":material/close:", key="tune_close", on_click=_close)
        return
    _state(tuned, job, split)
    if tuned.bowls and tuned.raced:
        show_bowls(tuned, split)
    if tuned.wanted is None:
        show_best_rates(tuned, split)
    elif job is not None and not job.ended and not session().tuning_stopped:
        _live(job, split)


def _offer(experiment: Experiment) -> None:
    job = engine.board().job(experiment.id)
    if session().dragging or job is None or job.state != "done":
        return
    lacks = lacking(experiment)
    try:
        seconds = estimated_seconds(experiment)
    except LRLabError:  # its races would cost more than one may: the button says so when it is pressed
        seconds = math.nan
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Tune each plan",
            icon=":material/tune:",
            key="tune",
            help=_HELP,
            on_click=_ask,
            disabled=bool(lacks),
        )
        if lacks:
            st.caption(lacks)
        elif seconds >= 1:
            st.caption(f"Finds the best base rate of each; takes about {_duration(seconds)}.")


def _advanced(experiment: Experiment, split: Split) -> tuple[Tuned, Job | None]:
    """How far it has come, and the job of the race that is wanted next: one at a time, in the queue like any
    other, and started here when the one before is over. What was stopped or broke stays so until it is asked
    for again."""
    board, visitor = engine.board(), session()
    while (tuned := tune(experiment, split, _ends)).wanted is not None:
        job = board.job(tuned.wanted.id)
        if visitor.tuning_stopped or (job is not None and job.retryable and job.id == visitor.tuning_job):
            return tuned, job
        if job is None or job.retryable:
            count("experiment")
        job = board.submit(tuned.wanted, visitor.owner, address=address())
        visitor.tuning_job = job.id
        if job.state != "done":
            return tuned, job
    return tuned, None


def _ends(experiment: Experiment) -> Finals | None:
    """The ends of a race that is over. The session keeps them, since the board may drop a result to make room
    for the next."""
    known = session().tuned_finals
    if (ends := known.get(experiment.id)) is None:
        job = engine.board().job(experiment.id)
        if job is None or job.history is None:
            return None
        ends = known[experiment.id] = finals_of(job.history)
    return ends


def _state(tuned: Tuned, job: Job | None, split: Split) -> None:
    """What is known in a sentence, or how far it is, with the buttons that belong to it."""
    if tuned.wanted is None and tuned.as_set is not None and len(tuned.bowls) > 1:
        st.markdown(verdict(tuned.as_set, tuned.bowls, split).sentence)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if tuned.wanted is None:
            if any(tuned.powers):
                st.button("Use these rates", icon=":material/check:", key="tune_use", on_click=_use)
        elif session().tuning_stopped or job is None or job.ended:
            reason = job.error if job is not None and job.error else "Stopped."
            st.caption(plain(f"{reason} Rates raced so far: {tuned.raced}."))
            st.button("Go on", icon=":material/replay:", key="tune_go_on", on_click=_go_on)
        else:
            first = len(FIRST)
            where = (
                f" of {first}; more follow where a plan is best at an edge"
                if tuned.raced < first
                else ", since a plan is best at an edge"
            )
            st.caption(f"Racing rate {tuned.raced + 1}{where}.")
            st.button("Stop", icon=":material/stop:", key="tune_stop", on_click=_stop, args=(job.id,))
        st.button("Close", icon=":material/close:", key="tune_close", on_click=_close)


def _live(job: Job, split: Split) -> None:
    """The race under way. Its end draws this part of the page again, which starts the next one."""
    chart(
        loss_figure(job.experiment.plans, job.steps, [], split),
        key="tuning_race",
        height=150,
        live={"url": live_address(job, split), "over": job.ended},
        alt=f"Loss of the race under way, {len(job.experiment.plans)} plans",
    )


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} minutes"


def _ask() -> None:
    visitor = session()
    visitor.tuned, visitor.tuned_finals = visitor.workbench.experiment, {}
    visitor.tuned_split = visitor.workbench.view.split
    _go_on()


def _go_on() -> None:
    session().tuning_stopped, session().tuning_job = False, ""


def _stop(job_id: str) -> None:
    engine.board().cancel(job_id, session().owner)
    session().tuning_stopped = True


def _close() -> None:
    if job_id := session().tuning_job:
        engine.board().cancel(job_id, session().owner)
    session().tuned = None


def _use() -> None:
    """Put the best rates into the plans; the race of these follows."""
    visitor = session()
    experiment = visitor.tuned
    if experiment is None or experiment != visitor.workbench.experiment:
        return
    split = visitor.tuned_split
    tuned = tune(experiment, split, _ends)
    powers = zip(experiment.plans, tuned.powers, strict=True)
    plans = tuple(plan.multiplied(STEP**power) for plan, power in powers)
    visitor.edit("tune", lambda bench: with_experiment(bench, plans=plans), fresh=True)
    if tuned.as_set is not None:
        note = verdict(tuned.as_set, tuned.bowls, split).reservation
        visitor.tuned_note = visitor.workbench.experiment, note
    redraw(PAGE)
