"""What the plans do to the learning rate, and to the momentum, over the run that the Playground shows."""

from __future__ import annotations

import streamlit as st

from lrcore.analysis.run import Run
from lrcore.experiment import Experiment
from lrcore.figures.curves import lr_figure, median_rate, momentum_figure
from lrcore.jobs import Job
from lrcore.links import Params
from ui.components.chart import ChartDrag, chart
from ui.playground import PAGE
from ui.server.loss_axes import cursor_group, rate_axis
from ui.server.work_share import CurvePoints
from ui.session.session import session
from ui.session.workbench import View
from ui.text import plain


def show_rates(experiment: Experiment, job: Job | None, view: View, *, words: Params, run: str) -> None:
    """The learning rates, and the momenta if a plan drives them; a plan that listens is drawn from its
    run. `words` are those of a link to the page, `run` is the key to what a moved loss is predicted from."""
    released = session().released
    plans, steps, per_epoch = experiment.plans, experiment.steps, experiment.steps_per_epoch
    applied = (
        {index: median_rate(job.history, index) for index in _heard(experiment, job)}
        if job and job.history
        else {}
    )
    curves = CurvePoints(plans, Run.of(steps, per_epoch), session().owner)
    axis, x_title = rate_axis(experiment, view.loss_axis)
    over = {"cursor_group": cursor_group(axis), "x_name": axis.title if axis else "updates"}
    shown = lr_figure(
        plans,
        steps,
        per_epoch,
        log_y=view.log_lr,
        applied=applied,
        sample_of=curves.rates,
        axis=axis,
        x_title=x_title,
    )
    chart(
        shown.figure,
        key="lr",
        height="var(--lr-height)",
        alt=f"Learning rate of {len(plans)} plans over {steps} updates",
        config=over,
        drag=ChartDrag(PAGE, released, words, run),
    )
    for index, sentence in shown.missing.items():
        st.error(plain(f"Plan {index + 1}: {sentence}"), icon=":material/error:")
    if momentum := momentum_figure(plans, steps, per_epoch, sample_of=curves.momenta, axis=axis):
        chart(
            momentum,
            key="momentum",
            height="var(--momentum-height)",
            alt="Momentum that the plans set",
            # it zooms with the others; a chart so low has no room for the buttons
            config={**over, "displayModeBar": False},
            drag=ChartDrag(PAGE, released),
        )
    listening = [str(index + 1) for index, plan in enumerate(plans) if plan.schedule.listens]
    if listening:
        who = (
            f"Plan {listening[0]} follows"
            if len(listening) == 1
            else f"Plans {', '.join(listening[:-1])} and {listening[-1]} follow"
        )
        drawn = "the median over the seeds is drawn" if applied else "it is drawn when the run has ended"
        with st.container(key="listening"):
            st.caption(
                f"{who} each network's validation loss: {drawn}.",
                help="At the end of every epoch each network's own validation loss sets its rate, so the rate"
                " is known only after training.",
            )


def _heard(experiment: Experiment, job: Job | None) -> list[int]:
    """The plans that listen and whose run is shown."""
    shown = job.experiment.plans if job and job.experiment.steps == experiment.steps else ()
    return [
        index
        for index, (plan, ran) in enumerate(zip(experiment.plans, shown, strict=False))
        if plan.schedule.listens and plan == ran
    ]
