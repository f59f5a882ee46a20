"""The training job on the page: which one belongs to what the sliders say, its buttons, and its outcome."""

from __future__ import annotations

import streamlit as st

from lrcore.errors import LRLabError
from lrcore.experiment import Experiment
from lrcore.gallery.examples import examples_of
from lrcore.jobs import Race, race
from lrcore.results.axes import AxisName
from lrcore.results.events import Split
from lrcore.results.facts import Facts
from lrcore.results.story import told
from ui.playground.best_rates import tuned_note
from ui.playground.results import offer_more_seeds, show_measured, show_results
from ui.playground.take_away import ended_history, take_away
from ui.server import engine
from ui.server.guard.rates import address, count
from ui.server.live import live_address, seeds_so_far
from ui.session import presence
from ui.session.session import session
from ui.session.workbench import View
from ui.text import plain


def race_for(experiment: Experiment) -> Race | None:
    """The race of what the sliders say; while one is dragged, or after Stop, the one that was shown last."""
    presence.hold()
    visitor, shown = session(), _shown()
    if visitor.dragging and shown is not None:
        return shown
    again, visitor.train_again = visitor.train_again, False
    # What this visitor stopped, or saw break, stays so until it is asked for again; what others stopped is
    # their affair.
    if (
        shown is not None
        and shown.experiment == experiment
        and not again
        and (visitor.stopped or shown.job.state in ("failed", "crashed"))
    ):
        return shown
    visitor.stopped = False
    # Nothing new is asked for, so nothing else of this visitor's makes place: a tuning may be under way.
    if (
        shown is not None
        and shown.experiment == shown.job.experiment == experiment
        and shown.job.state == "done"
        and not again
    ):
        return shown
    try:
        if again or not _is_asked_for(experiment, shown):
            count("experiment")
        now = race(engine.board(), experiment, visitor.owner, address())
    except LRLabError as error:
        engine.metrics.experiment_refused(visitor.owner)
        st.error(plain(str(error)), icon=":material/error:")
        return shown
    if not visitor.moved:  # another experiment in the place of that one: by Undo, an example, a link
        visitor.predicted_from = ""
    elif shown is not None and shown.experiment != experiment and shown.shown.history is not None:
        visitor.predicted_from = shown.shown.id
    visitor.raced, visitor.shown_job = experiment, now.job.id
    visitor.shown_first = now.first.id if now.first is not None else ""
    return now


def _is_asked_for(experiment: Experiment, shown: Race | None) -> bool:
    """Whether to race it is nothing new: this visitor's own race, whose whole may follow fewer seeds, or what
    somebody else has asked for and nobody has cancelled."""
    if shown is not None and shown.experiment == experiment:
        return True
    job = engine.board().job(experiment.id)
    return job is not None and not job.retryable


def _shown() -> Race | None:
    """The race that the page shows, as it is now."""
    board, visitor = engine.board(), session()
    job = board.job(visitor.shown_job)
    if job is None or visitor.raced is None:
        return None
    return Race(visitor.raced, job, board.job(visitor.shown_first))


def live_chart(race: Race | None, split: Split, axis: AxisName) -> dict[str, object] | None:
    """What the loss chart follows; `over` tells it that the page knows of the end."""
    if race is None:
        return None
    return {"url": live_address(race.job, split, race.first, axis), "over": race.job.ended}


def job_buttons(race: Race | None) -> None:
    if race is None:
        return
    job, visitor = race.job, session()
    if not job.ended and visitor.stopped:
        st.caption("Another visitor trains the same experiment, so it goes on.")
    elif not job.ended:
        if len(job.owners) > 1:
            st.caption("The same experiment is already running: watching it.")
        elif job.experiment.seeds < race.experiment.seeds:
            st.caption(f"Many are racing: {job.experiment.seeds} of {race.experiment.seeds} seeds first.")
        st.button("Stop", icon=":material/stop:", key="stop", on_click=_stop, args=(job.id,))
    elif job.retryable:
        st.button("Train again", icon=":material/replay:", key="again", on_click=_train_again)


def _stop(job_id: str) -> None:
    engine.board().cancel(job_id, session().owner)
    session().stopped = True


def _train_again() -> None:
    session().train_again = True


def show_outcome(race: Race | None, view: View) -> None:
    if race is None:
        return
    job, shown = race.job, race.shown
    tuned_note()
    if job.retryable:
        say = st.info if job.state == "cancelled" else st.error
        sentence = job.error or "The run ended early."
        if shown is job:
            sentence += f" The losses up to update {job.step:,} of {job.steps:,} are shown."
        say(plain(sentence))
    history = ended_history(shown)
    if history is not None:
        if shown is not job:
            st.caption(f"{seeds_so_far(shown, job.experiment)}.")
        facts = Facts(shown.experiment, history, view.split)
        st.markdown(plain(told(facts)))
        if shown.state == "done" and shown.experiment == race.experiment:
            offer_more_seeds(facts)
        show_results(facts)
        st.caption(
            "A plan is a base lr and the schedule that changes it; a seed is one set of first weights and one"
            " order of the data, and all plans get the same ones."
        )
        take_away(shown.id)
    elif not job.ended:
        st.caption("The results appear here when the run has ended.")
    for example in examples_of(race.experiment.id):
        show_measured(example)
