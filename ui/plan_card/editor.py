"""A plan as a card: a schedule's declared parameters become sliders, and what they say becomes a plan
again."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lrcore.analysis.run import Run
from lrcore.figures.theme import color
from lrcore.plan import Plan
from lrcore.schedules import FeedbackSchedule
from lrcore.schedules.constant import Constant
from lrcore.values.parameter import TICKS
from ui.components.live_sliders import Follows, SliderSpec, live_sliders
from ui.plan_card.actions import (
    KINDS,
    add,
    card_key,
    choose_clock,
    choose_schedule,
    duplicate,
    field_key,
    remove,
    slide,
)
from ui.plan_card.fields import Control, controls, counted
from ui.plan_card.typed_fields import typed_fields
from ui.server.plan_words import in_words
from ui.session.parts import fragment
from ui.session.session import session
from ui.session.widgets import show_error, synced, widget_key
from ui.session.workbench import Workbench
from ui.style import swatch

CARDS_MAX = 8


def plan_cards(
    bench: Workbench,
    page: str,
    *,
    steps: int | None = None,
    steps_per_epoch: int | None = None,
    only: Sequence[int] | None = None,
    limit: int = CARDS_MAX,
) -> None:
    """The plans of the workbench as cards, and the button that adds one.

    Args:
        bench: the workbench as it is now; the cards' callbacks put a changed one in its place.
        page: the key of the fragment around the cards; the one of the charts is `charts_key(page)`.
        steps, steps_per_epoch: the horizon of the page if it is not that of the experiment: how far sliders
            that count ticks reach.
        only: the plans whose cards are shown, numbered from 0; all when left out.
        limit: how many plans there may be.
    """
    experiment = bench.experiment
    run = Run(steps=steps or experiment.steps, steps_per_epoch=steps_per_epoch or experiment.steps_per_epoch)
    plans = experiment.plans
    for index, plan in enumerate(plans):
        if only is None or index in only:
            with st.container(border=True, key=f"card_{index}"):
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    swatch(index, f"Plan {index + 1}")
                    st.space("stretch")
                    card_buttons(page, index, len(plans), limit)
                card_body(page, index, plan, run)
    add_button(page, len(plans), limit, run)


def add_button(page: str, count: int, limit: int, run: Run) -> None:
    """The button that adds a plan to the `count` that there are."""
    full = count >= limit
    st.button(
        "Add a plan",
        icon=":material/add:",
        key="add_plan",
        on_click=add,
        args=(page, count - 1, run),
        disabled=full,
        help=f"At most {limit} plans are compared at once; remove one first." if full else None,
        width="stretch",
    )
    show_error("add_plan")


def card_buttons(page: str, index: int, count: int, limit: int) -> None:
    """What copies a plan and what removes it: sighted people see an icon, and under a mouse or with the focus
    the label, which `ui/layout.css` hides otherwise. Streamlit draws a button with a tooltip twice."""
    for icon, name, act, disabled in (
        ("content_copy", "Duplicate", duplicate, count >= limit),
        ("delete", "Remove", remove, count == 1),
    ):
        st.button(
            f"{name} plan {index + 1}",
            icon=f":material/{icon}:",
            key=f"{name.lower()}_{index}",
            on_click=act,
            args=(page, index),
            disabled=disabled,
            type="tertiary",
        )


def card_body(page: str, index: int, plan: Plan, run: Run, *, explained: bool = False) -> None:
    """The controls of a plan's card; `explained` adds its formula and where it drops, for a page that says
    them nowhere else."""
    with st.container(gap="small"):  # in one place: the fragment after it keeps its own
        _kind(page, index, plan, run)
        show_error(f"schedule_{index}")
    fragment(card_key(page, index))(_said)(page, index, run, explained)


def _kind(page: str, index: int, plan: Plan, run: Run) -> None:
    number = index + 1
    with st.container(horizontal=True, gap="small"):
        st.selectbox(
            f"schedule of plan {number}",
            list(KINDS),
            key=synced(f"schedule_{index}", plan.schedule.kind),
            format_func=_titled,
            on_change=choose_schedule,
            args=(page, index, run),
            label_visibility="collapsed",
        )
        if not isinstance(plan.schedule, (Constant, FeedbackSchedule)):  # those do not count with the clock
            st.selectbox(
                f"clock of plan {number}",
                ["epoch", "iteration"],
                key=synced(f"clock_{index}", plan.clock),
                format_func=lambda clock: f"per {clock}",
                on_change=choose_clock,
                args=(page, index),
                label_visibility="collapsed",
                width=140,
                help="What scheduler.step() counts: passes over the data, or updates.",
            )


def _said(page: str, index: int, run: Run, explained: bool) -> None:
    """What the plan says; a fragment, so that a slider that is let go draws no more of the cards."""
    plans = session().workbench.experiment.plans
    if index >= len(plans):  # the page around it, with a plan less, is yet to be drawn
        return
    plan = plans[index]
    ticks, shown = run.ticks(counted(plan)), controls(plan)
    specs = [_spec(index, control, plan, ticks) for control in shown if control.slides]
    live_sliders(
        specs,
        key=widget_key(f"sliders_{index}"),
        accent=color(index),
        follows=Follows(page, f"plans.{index}"),
        reveal=explained and session().opened == index,  # where cards fold
        note=in_words(plan, run) if explained else "",
        on_change=lambda live: slide(page, index, live),
    )
    typed_fields(page, index, plan, run)


def _titled(kind: str) -> str:
    return f"{kind} · {'no schedule' if KINDS[kind] is Constant else KINDS[kind].title}"


def _spec(index: int, control: Control, plan: Plan, ticks: int) -> SliderSpec:
    item = control.item
    field = field_key(index, control.key)
    low, high = item.slider_range(ticks) or (0.0, 1.0)
    if control.own:
        low, high = _kept_range(field, float(control.value), (low, high))
    return SliderSpec(
        name=control.key,
        title=control.name,
        label=f"{control.name} of plan {index + 1}",
        value=control.value,
        minimum=low,
        maximum=high,
        scale=item.scale if low > 0 else "linear",
        integer=item.type is int or (item.unit == TICKS and float(control.value).is_integer()),
        help=item.help,
        unit=f"{counted(plan)}s" if item.unit == TICKS else item.unit,
        error=session().error(field),
        refused=session().refused_text(field),
    )


def _kept_range(field: str, value: float, around: tuple[float, float]) -> tuple[float, float]:
    """The range that a formula's slider was first drawn with, while its value lies there: one that followed
    the thumb would run away from it."""
    ranges = session().slider_ranges
    low, high = ranges.get(widget_key(field), around)
    if not low <= value <= high:
        low, high = around
    ranges[widget_key(field)] = low, high
    return low, high
