"""Cards that fold to a line each, one of them open at a time: so the charts stay beside the slider that is
moved, however many plans there are."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lrcore.analysis.run import Run
from lrcore.plan import Plan
from lrcore.schedules.constant import Constant
from ui.plan_card.actions import cards_key, field_key
from ui.plan_card.editor import CARDS_MAX, add_button, card_body, card_buttons
from ui.plan_card.fields import controls
from ui.session.parts import fragment, redraw
from ui.session.session import Opened, session
from ui.session.widgets import folded
from ui.text import plain


def opened() -> Opened:
    """What is open: what the visitor has opened, and before that the first plan that has a schedule."""
    plans, said = session().workbench.experiment.plans, session().opened
    if isinstance(said, str) or (said is not None and said < len(plans)):
        return said
    return next((index for index, plan in enumerate(plans) if not isinstance(plan.schedule, Constant)), 0)


def fold_line(what: Opened, text: str, *, key: str, help: str, fragments: Sequence[str]) -> None:
    """The line that opens something, and folds it again. `fragments` are the keys of all that folds; a key
    that begins with "open_" is styled (`ui/layout.css`)."""
    st.button(
        text, key=key, help=help, on_click=_turn, args=(what, fragments), type="tertiary", width="stretch"
    )


def _turn(what: Opened, fragments: Sequence[str]) -> None:
    session().opened = "nothing" if what == opened() else what
    redraw(*fragments)


def folding_cards(page: str, *also: str) -> None:
    """The plans of the workbench as cards that fold, a fragment: to open one draws no chart.

    Args:
        page: the key of the fragment around the cards; the one of the charts is `charts_key(page)`.
        also: the keys of the fragments that fold when a card opens.
    """
    fragment(cards_key(page))(_cards)(page, (cards_key(page), *also))


def _cards(page: str, fragments: Sequence[str]) -> None:
    experiment, now = session().workbench.experiment, opened()
    plans = experiment.plans
    run = Run(steps=experiment.steps, steps_per_epoch=experiment.steps_per_epoch)
    with st.container(key="plan_cards", gap="xxsmall"):
        st.caption(_hint(plans, now))
        for index, plan in enumerate(plans):
            with st.container(border=True, gap="xsmall", key=f"card_{index}"):
                _card(page, index, plan, run, fragments)
        add_button(page, len(plans), CARDS_MAX)


def _card(page: str, index: int, plan: Plan, run: Run, fragments: Sequence[str]) -> None:
    is_open, count = index == opened(), len(session().workbench.experiment.plans)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        name = f"**Plan {index + 1}**"
        fold_line(
            index,
            name if is_open else f"{name} {plain(rule(plan))}",
            key=f"open_{index}",
            help=plain(plan.text[:200]),
            fragments=fragments,
        )
        if is_open:
            card_buttons(page, index, count, CARDS_MAX)
    if is_open:
        with st.container(key="opened", gap="xsmall"):
            card_body(page, index, plan, run)
    else:
        folded(field_key(index, ""))


def _hint(plans: Sequence[Plan], now: Opened) -> str:
    """What a first-time visitor may do."""
    if not isinstance(now, int):
        return "Open a plan and drag its sliders: both charts follow."
    named = [control.name for control in controls(plans[now]) if control.slides and not control.item.quiet]
    return f"Drag **{plain(named[-1])}** of plan {now + 1}, and watch the charts; let go to train it."


def rule(plan: Plan) -> str:
    """A plan in short: its base lr and its schedule's call."""
    text = plan.text.removesuffix(" per iteration")
    return (f"{text} constant" if isinstance(plan.schedule, Constant) else text)[:120]
