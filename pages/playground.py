"""The landing page: plans, their curves, and the losses they give, retrained when a slider is let go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from lrcore.errors import LRLabError
from lrcore.examples import EXAMPLES
from lrcore.experiment import Experiment
from lrcore.figures.losses import loss_figure
from lrcore.jobs import Job
from ui import engine, presence, workbench
from ui.components.chart import chart
from ui.experiment_editor import experiment_editor
from ui.plan_editor import plan_cards
from ui.rates import show_rates
from ui.results import history_so_far, show_measured, show_results
from ui.story import story
from ui.text import plain
from ui.workbench import View, Workbench


@st.fragment
def playground() -> None:
    """Everything below the title: one fragment, so that a dragged slider runs nothing else."""
    with st.container(key="playground"):
        left, right = st.columns([4, 7], gap="medium")
        with left:
            bench = workbench.current()
            plan_cards(bench)
            experiment_editor(bench)
        with right:
            _charts(bench)
    workbench.write_link()


def _charts(bench: Workbench) -> None:
    experiment, view = bench.experiment, bench.view
    job = _job(experiment)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.toggle("log lr axis", key=workbench.synced("log_lr", view.log_lr), on_change=_set_view)
        st.segmented_control(
            "loss",
            ["train", "val"],
            key=workbench.synced("split", view.split),
            format_func={"train": "training loss", "val": "validation loss"}.__getitem__,
            on_change=_set_view,
            label_visibility="collapsed",
            required=True,
        )
        st.space("stretch")
        _job_buttons(job)
    show_rates(experiment, job, log_y=view.log_lr)
    raced = job.experiment if job else experiment
    chart(
        loss_figure(raced.plans, raced.steps, [], view.split),
        key="loss",
        height=360,
        live={"url": f"/live/{job.id}?split={view.split}&attempt={st.session_state.get('attempt', 0)}"} if job else None,
        alt=f"Loss of {len(raced.plans)} plans over {raced.steps} updates, median and 10-90 % band over {raced.seeds} seeds",
        config={"cursor_group": "steps"},
    )
    _outcome(job, view)


def _job(experiment: Experiment) -> Job | None:
    """The job of what the sliders say; while one is dragged, or after Stop, the one that was shown last."""
    board = engine.board()
    shown = board.job(st.session_state.get("job", ""))
    if st.session_state.get("dragging") and shown is not None:
        return shown
    wanted = board.job(experiment.id)
    again = st.session_state.pop("train_again", False)
    stopped = st.session_state.get("let_go") == experiment.id
    broke = wanted is not None and wanted.state in ("failed", "crashed") and st.session_state.get("job") == wanted.id
    if wanted is not None and not again and (stopped or broke):
        job = wanted  # what this session stopped, or saw break, stays so until it asks again; what others stopped is their affair
    else:
        st.session_state.pop("let_go", None)
        try:
            job = board.submit(experiment, owner=presence.owner(), supersede=True)
        except LRLabError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return shown
    st.session_state["job"] = job.id
    return job


def _job_buttons(job: Job | None) -> None:
    if job is not None and not job.ended and st.session_state.get("let_go") == job.id:
        st.caption("Another visitor trains the same experiment, so it goes on.")
    elif job is not None and not job.ended:
        st.button("Stop", icon=":material/stop:", key="stop", on_click=_stop, args=(job.id,))
    elif job is not None and job.retryable:
        st.button("Train again", icon=":material/replay:", key="again", on_click=_train_again)


def _stop(job_id: str) -> None:
    engine.board().cancel(job_id, presence.owner())
    st.session_state["let_go"] = job_id


def _train_again() -> None:
    st.session_state["train_again"] = True
    st.session_state["attempt"] = st.session_state.get("attempt", 0) + 1  # another address, so that the chart connects anew


def _outcome(job: Job | None, view: View) -> None:
    if job is None:
        return
    if job.retryable:
        say = st.info if job.state == "cancelled" else st.error
        say(plain(f"{job.error or 'The run ended early.'} The losses up to update {job.step:,} of {job.steps:,} are shown."))
    history = job.history or (history_so_far(job.events) if job.ended else None)
    if history is not None:
        st.markdown(plain(story(job.experiment, history, view.split)))
        show_results(job.experiment, history, view.split)
    elif not job.ended:
        st.caption("The results appear here when the run has ended.")
    for example in EXAMPLES.values():
        if example.experiment.id == job.id:
            show_measured(example)


def _set_view() -> None:
    log_lr, split = bool(workbench.picked("log_lr")), workbench.picked("split") or "train"
    workbench.edit("view", lambda bench: replace(bench, view=replace(bench.view, log_lr=log_lr, split=split)))


def _choose_example() -> None:
    key: Any = st.session_state["example"]
    if key:
        workbench.put(replace(workbench.current(), experiment=EXAMPLES[key].experiment), undoable=True)
    st.session_state["example"] = None


with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    st.markdown("#### What does a learning-rate schedule do?")
    st.space("stretch")
    st.selectbox(
        "Examples",
        list(EXAMPLES),
        index=None,
        key="example",
        placeholder="Examples",
        format_func=lambda key: f"{EXAMPLES[key].title}: {EXAMPLES[key].claim}",
        on_change=_choose_example,
        label_visibility="collapsed",
        width=320,
    )
    st.button("Undo", icon=":material/undo:", key="undo_button", on_click=workbench.undo, disabled=not workbench.can_undo())
for problem in workbench.link_problems():
    st.warning(plain(problem), icon=":material/link_off:")
playground()
