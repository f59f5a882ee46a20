"""What convex theory says of the plans: the rate to tune each to, the length of a cooldown, ways to go on."""

from __future__ import annotations

import streamlit as st

from lrcore.analysis.bound.continuing import Way
from lrcore.analysis.bound.terms import Bound, convex_bound
from lrcore.analysis.run import STEPS_MAX, Run
from lrcore.analysis.vertices import Axes
from lrcore.analysis.work import work
from lrcore.errors import LRLabError
from lrcore.figures.theory import NAMES, cooldown_figure, ways_figure
from lrcore.figures.whole_run import points_each
from lrcore.plan import Plan
from ui.components.chart import chart
from ui.curves import plan_list
from ui.curves.sharing import sharing
from ui.server import offload
from ui.server.work_share import CurvePoints, outside
from ui.session.session import session
from ui.session.widgets import count_box, initially
from ui.session.workbench import Workbench
from ui.text import plain

_HEIGHT = 300


def theory_box(bench: Workbench) -> None:
    """The bounds of the plans, the one against the length of a cooldown, and the ways to go on with the
    edited plan's run."""
    st.caption(
        "A bound on the loss of the last update, for the worst convex problem with gradients of one length:"
        " an order of schedules, not a prediction. On nine schedules of a 124M language model its order is"
        " nearly the measured one; on two tasks of the Playground it ranks less well (rank correlation 0.82"
        " and 0.52), and it fails where the rate that it calls best is too high to be stable. Source: Schaipp"
        " et al., arXiv 2501.18965."
    )
    bounds = _bounds(bench)
    _table(bench, bounds)
    _cooldown(bench, bounds)
    _going_on(bench)
    sharing(bench)


def _bounds(bench: Workbench) -> dict[int, Bound]:
    """By the plan's number; those without one are told of."""
    plans, run = bench.experiment.plans, bench.horizon
    elsewhere = {id(plan) for plan in outside(plans, lambda plan: work(plan, run).bound_ms)}
    found: dict[int, Bound] = {}
    for number, plan in enumerate(plans):
        try:
            bound = (
                offload.bound(plan, run, session().owner)
                if id(plan) in elsewhere
                else convex_bound(plan, run.steps, run.steps_per_epoch)
            )
        except LRLabError as error:
            st.caption(plain(f"Plan {number + 1}: {error}"))
            continue
        if bound.says:
            found[number] = bound
        else:
            st.caption(
                f"Plan {number + 1}: its rates are 0, or end as good as 0, of which the bound says nothing."
            )
    return found


def _table(bench: Workbench, bounds: dict[int, Bound]) -> None:
    names, index = plan_list.names(bench.experiment.plans), plan_list.edited(bench)
    if index not in bounds:
        return
    best = min(bound.best for bound in bounds.values())
    own = bounds[index].best_peak
    rows = [
        f"| {plain(names[number])} | {bound.best_peak / own:.3g} x | {bound.best / best:.3f} |"
        for number, bound in bounds.items()
    ]
    head = f"| plan | best highest rate, against that of plan {index + 1} | bound at it, lowest = 1 |"
    st.markdown("\n".join([head, "|---|--:|--:|", *rows]))


def _cooldown(bench: Workbench, bounds: dict[int, Bound]) -> None:
    steps = bench.horizon.steps
    st.markdown("**How long to cool down**")
    try:
        linear, root = offload.cooldowns(steps, session().owner)
    except LRLabError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    chart(
        cooldown_figure(linear, root, {number: bound.best for number, bound in bounds.items()}),
        key="theory_cooldown_chart",
        height=_HEIGHT,
        alt=f"Convex bound of a constant rate with a cooldown, against its length, over {steps:,} updates",
        config={"save": "bound-against-cooldown"},
    )
    st.caption(
        "A constant rate that falls to 0 at the end; each at its own best rate, as are the plans' levels."
    )


def _going_on(bench: Workbench) -> None:
    run, index = bench.horizon, plan_list.edited(bench)
    plan = bench.experiment.plans[index]
    st.markdown(f"**Go on with the run of {plain(plan_list.names(bench.experiment.plans)[index])}**")
    updates = count_box(
        "continue to … updates",
        "theory_updates",
        min(2 * run.steps, STEPS_MAX),
        help="In all, those of the run that is drawn above among them.",
        width=220,
    )
    try:
        longer = Run(steps=updates, steps_per_epoch=run.steps_per_epoch)
        ways = offload.ways(plan, run, longer.steps, session().owner)
        _ways_drawn(ways, run, longer)
    except LRLabError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    _ways_told(ways)


def _ways_drawn(ways: tuple[Way, ...], run: Run, longer: Run) -> None:
    plans: list[Plan] = [way.plan for way in ways]
    points_of = CurvePoints(plans, longer, session().owner)
    points = [points_of(plan, longer, Axes(), points_each(len(plans)), ()) for plan in plans]
    chart(
        ways_figure(ways, points, run.steps, longer.steps),
        key="theory_ways_chart",
        height=_HEIGHT + 40,
        alt=f"Ways to go on from {run.steps:,} to {longer.steps:,} updates",
        config={"epoch": longer.steps_per_epoch, "save": "ways-to-go-on"},
    )


def _ways_told(ways: tuple[Way, ...]) -> None:
    fresh = ways[-1].bound or 1.0
    rows = [
        f"| {_told(way)} | {'–' if way.kind == 'fresh' else f'{way.from_update:,}'} |"
        f" {'–' if way.bound is None else f'{way.bound / fresh:.3f}'} |"
        for way in ways
    ]
    st.markdown(
        "\n".join(["| way | leaves the run at update | bound, fresh run = 1 |\n|---|--:|--:|", *rows])
    )
    st.caption(
        "All but the fresh run keep the base lr, taken as the best one of the shorter run. Where a way leaves"
        " the run before its end, it needs a checkpoint from there. Runs of 124M and 210M models that went on"
        " from 50,000 to 100,000 steps came out in this order: longer cooldown, lower second stage,"
        " unchanged."
    )
    chosen = st.selectbox(
        "as a plan",
        range(len(ways)),
        key=initially("theory_way", 0, range(len(ways))),
        format_func=lambda number: NAMES[ways[number].kind],
    )
    st.code(ways[chosen or 0].plan.text, language=None, wrap_lines=True)


def _told(way: Way) -> str:
    if way.number is None:
        return NAMES[way.kind]
    number = f"{way.number:.3g} x the rate" if way.kind == "two-stage" else f"{100 * way.number:.0f} %"
    return f"{NAMES[way.kind]}: {number}"
