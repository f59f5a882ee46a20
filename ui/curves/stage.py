"""The charted plans and the card of the one that is edited."""

from __future__ import annotations

import streamlit as st

from lrcore.analysis import wrong_clock, wrong_clock_sentence
from lrcore.analysis.run import Run
from lrcore.analysis.work import work
from lrcore.errors import LRLabError
from lrcore.figures.curves import Curves
from lrcore.figures.whole_run import curves_figure
from lrcore.plan import Plan
from lrcore.values.limits import PLANS_MAX
from ui.components.chart import ChartDrag, chart
from ui.curves import plan_list
from ui.curves.pitfalls import show_pitfalls
from ui.plan_card.actions import charts_key
from ui.plan_card.editor import plan_cards
from ui.plan_card.fields import counted
from ui.server import offload
from ui.server.work_share import HERE_MS, CurvePoints
from ui.session.link import link_words
from ui.session.parts import fragment, whole_page_if_stale
from ui.session.session import session
from ui.session.widgets import number_box, picked, show_error, synced, whole
from ui.session.workbench import Workbench, with_curves
from ui.text import plain

PAGE = "curves"  # the key of the stage's fragment, and its name when a slider is dragged
HEIGHT = 430


@fragment("curves_controls_part")
def controls() -> None:
    """Horizon, axes and which plan is edited."""
    whole_page_if_stale()
    bench = session().workbench
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="curves_controls"):
        _choice(bench)
        _horizon(bench)
        _axes(bench)
    show_error("curve_steps")
    show_error("curve_steps_per_epoch")
    horizon = bench.horizon
    st.caption(f"{horizon.steps:,} updates = {horizon.epochs:,.6g} epochs of {horizon.steps_per_epoch:,}")


@fragment(PAGE)
def stage() -> None:
    """The edited plan's card and the chart, each a fragment: a slider that is let go draws these, and then
    the rest of the page."""
    bench = session().workbench
    horizon = bench.horizon
    with st.container(key="curves"):
        left, right = st.columns([4, 7], gap="medium")
        with left:
            only = [plan_list.edited(bench)]
            plan_cards(
                bench,
                PAGE,
                steps=horizon.steps,
                steps_per_epoch=horizon.steps_per_epoch,
                only=only,
                limit=PLANS_MAX,
            )
        with right:
            _chart()


def drawn(bench: Workbench) -> Curves:
    """The figure of the workbench, for the screen and for the files."""
    view, plans = bench.curves, bench.experiment.plans
    ghost = plan_list.edited(bench) if view.ghost else None
    shown = plans if ghost is None else (*plans, wrong_clock(plans[ghost]))
    return curves_figure(
        plans,
        bench.horizon,
        log_x=view.log_x,
        log_y=view.log_y,
        ghost=ghost,
        metric=view.metric,
        points_of=CurvePoints(shown, bench.horizon, session().owner),
    )


def _horizon(bench: Workbench) -> None:
    helps = {
        "steps": "How far the plans are drawn, up to 10 million updates.",
        "steps_per_epoch": "Updates in one pass over the data.",
    }
    for name, title in (("steps", "updates"), ("steps_per_epoch", "updates per epoch")):
        number_box(
            title,
            synced(f"curve_{name}", float(getattr(bench.horizon, name))),
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
        fields = {"steps": old.steps, "steps_per_epoch": old.steps_per_epoch, name: whole(value)}
        return with_curves(bench, horizon=Run(**fields))

    session().edit(f"curve_{name}", change)  # a box that shows what was refused can be corrected


def _choice(bench: Workbench) -> None:
    st.selectbox(
        "plan to edit",
        range(len(bench.experiment.plans)),
        # Ordered, since the browser would go on showing what the plan was: it holds the text and no number.
        key=synced("edited", plan_list.edited(bench), order=True),
        format_func=plan_list.names(bench.experiment.plans).__getitem__,
        on_change=_choose,
        width=380,
    )


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


@fragment(charts_key(PAGE))
def _chart() -> None:
    whole_page_if_stale()
    bench = session().workbench
    shown, horizon, index = drawn(bench), bench.horizon, plan_list.edited(bench)
    plan = bench.experiment.plans[index]
    chart(
        shown.figure,
        key="curves_chart",
        height=HEIGHT,
        alt=f"Learning rate of {len(bench.experiment.plans)} plans over {horizon.steps:,} updates",
        config={
            "cursor_group": "curves",
            "epoch": horizon.steps_per_epoch,
            "save": "learning-rates",
            "reveal": session().revealed,
        },
        drag=ChartDrag(PAGE, session().released, link_words(bench)),
    )
    for number, sentence in shown.missing.items():
        st.info(plain(f"Plan {number + 1}: {sentence}"), icon=":material/info:")
    for number, sentence in shown.unseen.items():
        st.caption(plain(f"Plan {number + 1}: {sentence}"))
    if not session().dragging:
        show_pitfalls(bench, shown.missing)
    with st.container(key="formula"):
        st.latex(_latex(plan, horizon) + rf"\qquad t\text{{ in {counted(plan)}s}}")
    if bench.curves.ghost and not session().dragging:
        try:
            st.caption(plain(_wrong_clock_sentence(plan, horizon)))
        except LRLabError as error:
            st.caption(plain(str(error)))


def _latex(plan: Plan, horizon: Run) -> str:
    if work(plan, horizon).written_ms <= HERE_MS:
        return plan.schedule.latex(plan.base_lr)
    try:
        return offload.latex(plan, session().owner)
    except LRLabError:
        return rf"\eta_t:\ \text{{{plan.schedule.title}}}"


def _wrong_clock_sentence(plan: Plan, horizon: Run) -> str:
    steps, per_epoch = horizon.steps, horizon.steps_per_epoch
    if sum(work(one, horizon).numbers_ms for one in (plan, wrong_clock(plan))) <= HERE_MS:
        return wrong_clock_sentence(plan, steps, per_epoch)
    return offload.wrong_clock_sentence(plan, horizon, session().owner)
