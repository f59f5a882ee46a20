"""The charted plans and the card of the one that is edited: all that a drag redraws."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lrcore.analysis import wrong_clock_sentence
from lrcore.analysis.run import Run
from lrcore.errors import LRLabError
from lrcore.figures.curves import Curves
from lrcore.figures.whole_run import curves_figure
from lrcore.values.limits import PLANS_MAX
from ui.components.chart import chart
from ui.curves import plan_list
from ui.plan_card.editor import plan_cards
from ui.plan_card.fields import counted
from ui.session.link import write_link
from ui.session.session import session
from ui.session.widgets import picked, show_error, synced
from ui.session.workbench import Workbench, with_curves
from ui.text import plain

HEIGHT = 430


def controls() -> None:
    """Horizon, axes and which plan is edited: outside the fragment, so that a drag does not redraw them."""
    bench = session().workbench
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="curves_controls"):
        _choice(bench)
        _horizon(bench)
        _axes(bench)
    show_error("horizon")
    horizon = bench.horizon
    st.caption(f"{horizon.steps:,} updates = {horizon.epochs:,.6g} epochs of {horizon.steps_per_epoch:,}")


@st.fragment
def stage() -> None:
    """The edited plan's card and the chart: all that a drag redraws. The rest of the page follows when the
    slider is let go."""
    bench = session().workbench
    horizon = bench.horizon
    with st.container(key="curves"):
        left, right = st.columns([4, 7], gap="medium")
        with left:
            only = [plan_list.edited(bench)]
            plan_cards(
                bench,
                steps=horizon.steps,
                steps_per_epoch=horizon.steps_per_epoch,
                only=only,
                limit=PLANS_MAX,
            )
        with right:
            _chart(bench)
    write_link()
    if session().stale() and not session().dragging:
        st.rerun()


def drawn(bench: Workbench) -> Curves:
    """The figure of the workbench, for the screen and for the files."""
    view = bench.curves
    return curves_figure(
        bench.experiment.plans,
        bench.horizon,
        log_x=view.log_x,
        log_y=view.log_y,
        ghost=plan_list.edited(bench) if view.ghost else None,
        metric=view.metric,
    )


def _horizon(bench: Workbench) -> None:
    helps = {
        "steps": "How far the plans are drawn, up to 10 million updates.",
        "steps_per_epoch": "Updates in one pass over the data.",
    }
    for name, title in (("steps", "updates"), ("steps_per_epoch", "updates per epoch")):
        st.number_input(
            title,
            key=synced(f"curve_{name}", getattr(bench.horizon, name)),
            value=None,
            step=1,
            format="%d",
            on_change=_set_horizon,
            args=(name,),
            help=helps[name],
            width=170,
        )


def _set_horizon(name: str) -> None:
    value = picked(f"curve_{name}")
    if value is None:
        return

    def change(bench: Workbench) -> Workbench:
        old = bench.horizon
        fields = {"steps": old.steps, "steps_per_epoch": old.steps_per_epoch, name: value}
        return with_curves(bench, horizon=Run(**fields))

    session().edit("horizon", change)


def _choice(bench: Workbench) -> None:
    st.selectbox(
        "plan to edit",
        range(len(bench.experiment.plans)),
        # Ordered, since the browser would go on showing what the plan was: it holds the text and no number.
        key=synced("edited", plan_list.edited(bench), order=True),
        format_func=partial(_option, bench),
        on_change=_choose,
        width=380,
    )


def _option(bench: Workbench, index: int) -> str:
    plans = bench.experiment.plans
    return f"{index + 1} · {plans[index].text}" if index < len(plans) else ""


def _choose() -> None:
    index = picked("edited")
    if isinstance(index, int):  # text is the label of a plan before it moved: the browser's, out of date
        session().edit_curves("edited", edited=index)


def _axes(bench: Workbench) -> None:
    view = bench.curves
    ghost = "Also draws the edited plan as it would be with scheduler.step() in the other loop."
    for name, title, on, help_ in (
        ("log_x", "log updates", view.log_x, None),
        ("log_y", "log rate", view.log_y, None),
        ("ghost", "wrong clock", view.ghost, ghost),
    ):
        st.toggle(title, key=synced(name, on), on_change=_set_view, args=(name,), help=help_)


def _set_view(name: str) -> None:
    session().edit_curves(name, **{name: bool(picked(name))})


def _chart(bench: Workbench) -> None:
    shown, horizon, index = drawn(bench), bench.horizon, plan_list.edited(bench)
    plan = bench.experiment.plans[index]
    chart(
        shown.figure,
        key="curves_chart",
        height=HEIGHT,
        alt=f"Learning rate of {len(bench.experiment.plans)} plans over {horizon.steps:,} updates",
        config={"cursor_group": "curves", "epoch": horizon.steps_per_epoch, "save": "learning-rates"},
    )
    for number, sentence in shown.missing.items():
        st.info(plain(f"Plan {number + 1}: {sentence}"), icon=":material/info:")
    with st.container(key="formula"):
        st.latex(plan.schedule.latex(plan.base_lr) + rf"\qquad t\text{{ in {counted(plan)}s}}")
    if bench.curves.ghost and not session().dragging:
        try:
            st.caption(plain(wrong_clock_sentence(plan, horizon.steps, horizon.steps_per_epoch)))
        except LRLabError as error:
            st.caption(plain(str(error)))
