"""What convex theory says of the plans: the rate to tune each to, the length of a cooldown, ways to go on."""

from __future__ import annotations

import streamlit as st

from lrcore.analysis.bound.continuing import Way
from lrcore.analysis.bound.terms import Bound, convex_bound
from lrcore.analysis.bound.told import against_fresh, order_told, told
from lrcore.analysis.run import STEPS_MAX, Run
from lrcore.analysis.vertices import Axes
from lrcore.analysis.work import work
from lrcore.errors import LRLabError
from lrcore.figures.theory import cooldown_figure, ways_figure
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
_ALIKE = 1.05  # best rates within this factor are one


def theory_box(bench: Workbench) -> None:
    """The bounds of the plans, the one against the length of a cooldown, and the ways to go on with the
    edited plan's run."""
    st.caption(
        "**The bound** says how far above its lowest value the loss can still be after the last update, at"
        " worst, where theory can tell: for a convex loss (one bowl, no other valleys) and gradients of"
        " limited length. It ranks schedules; it does not predict a loss. Its order was nearly the measured"
        " one for nine schedules of a language model with 124M parameters (rank correlation 0.93), less so on"
        " two tasks of the Playground (0.82 and 0.52). It fails where training is not stable at the rate that"
        " it calls best. Source: Schaipp et al., arXiv 2501.18965."
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
                f"Plan {number + 1}: the bound says nothing of it, since its rates are 0 or end as good as 0."
            )
    return found


def _table(bench: Workbench, bounds: dict[int, Bound]) -> None:
    """The plans side by side; one alone has nothing to be compared with."""
    if len(bounds) < 2:
        return
    names, index = plan_list.names(bench.experiment.plans), plan_list.edited(bench)
    index = index if index in bounds else min(bounds)
    best = min(bound.best for bound in bounds.values())
    own = bounds[index].best_peak
    rows = [
        f"| {plain(names[number])} | {bound.best_peak / own:.3g} x | {bound.best / best:.3f} |"
        for number, bound in bounds.items()
    ]
    head = f"| plan | best highest rate (plan {index + 1} = 1) | bound at that rate (lowest = 1) |"
    st.markdown("\n".join([head, "|---|--:|--:|", *rows]))
    other = next(number for number in bounds if number != index)
    st.caption(best_rates_compared(other, index, bounds[other].best_peak / own))


def best_rates_compared(other: int, plan: int, times: float) -> str:
    """What the best highest rate of plan number `other`, so many times that of `plan`, means for a race."""
    said = f"By the bound, the best highest rate for plan {other + 1} is"
    if max(times, 1 / times) <= _ALIKE:
        return f"{said} that for plan {plan + 1}, within 5 %: one shared highest rate is fair to both."
    return (
        f"{said} {times:.3g} times the best one for plan {plan + 1}: at one shared highest rate a comparison"
        " is unfair."
    )


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
        "Grey: a rate that is constant and then falls to 0 over the last part of the run, linearly or fast at"
        " first (1-sqrt). Level lines: the plans. Each is at its own best rate."
    )


def _going_on(bench: Workbench) -> None:
    run, index = bench.horizon, plan_list.edited(bench)
    plan = bench.experiment.plans[index]
    st.markdown(f"**Continue the run of {plain(plan_list.names(bench.experiment.plans)[index])}**")
    updates = count_box(
        "continue to … updates",
        "theory_updates",
        min(2 * run.steps, STEPS_MAX),
        help=f"The total, with the {run.steps:,} updates of the run above.",
        width=220,
    )
    try:
        longer = Run(steps=updates, steps_per_epoch=run.steps_per_epoch)
        ways = offload.ways(plan, run, longer.steps, session().owner)
        _ways_drawn(ways, run, longer)
    except LRLabError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    _ways_told(ways, run)


def _ways_drawn(ways: tuple[Way, ...], run: Run, longer: Run) -> None:
    plans: list[Plan] = [way.plan for way in ways]
    points_of = CurvePoints(plans, longer, session().owner)
    points = [points_of(plan, longer, Axes(), points_each(len(plans)), ()) for plan in plans]
    chart(
        ways_figure(ways, points, run.steps, longer),
        key="theory_ways_chart",
        height=_HEIGHT + 40,
        alt=f"Ways to go on from {run.steps:,} to {longer.steps:,} updates",
        config={"epoch": longer.steps_per_epoch, "save": "ways-to-go-on"},
    )


def _ways_told(ways: tuple[Way, ...], run: Run) -> None:
    bounds = against_fresh(ways)
    rows = [
        f"| {told(way)} | {'–' if way.kind == 'fresh' else f'{way.from_update:,}'} | {bounds[way.kind]} |"
        for way in ways
    ]
    st.markdown("\n".join(["| way | continues from update | bound (new run = 1) |\n|---|--:|--:|", *rows]))
    sentences = [
        f"The new run starts again, with its own best base lr. All others keep the base lr that the first"
        f" {run.steps:,} updates had, which is taken as the best one for these.",
    ]
    if any(0 < way.from_update < run.steps for way in ways):
        sentences.append(f"Continuing from before update {run.steps:,} needs a checkpoint from there.")
    st.caption(" ".join([*sentences, order_told(ways)]))
    names = {way.kind: told(way) for way in ways}
    chosen = st.selectbox(
        "show as a plan",
        list(names),
        key=initially("theory_way", "library", list(names)),
        format_func=names.__getitem__,
    )
    st.code(
        next(way for way in ways if way.kind == (chosen or "library")).plan.text,
        language=None,
        wrap_lines=True,
    )
