"""Cards that fold to a line each, one of them open at a time: so the charts stay beside the slider that is
moved, however many plans there are."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lrcore.analysis.run import Run
from lrcore.analysis.work import work
from lrcore.plan import Plan
from lrcore.schedules.constant import Constant
from ui.plan_card.actions import field_key
from ui.plan_card.editor import CARDS_MAX, add_button, card_body, card_buttons
from ui.plan_card.fields import counted, telling
from ui.server.work_share import HERE_MS
from ui.session.session import Opened, session
from ui.session.widgets import forget
from ui.text import plain

_FITTING = 40  # characters of a rule that a line shows
_PLACES = 3  # of a card's icons, its choices, and the fragment of what it says


def opened() -> Opened:
    """What is open: what the visitor has opened, and before that the first plan that has a schedule."""
    plans, said = session().workbench.experiment.plans, session().opened
    if isinstance(said, str) or (said is not None and said < len(plans)):
        return said
    return next((index for index, plan in enumerate(plans) if not isinstance(plan.schedule, Constant)), 0)


def fold_line(what: Opened, text: str, *, key: str, help: str | None = None) -> None:
    """The line that opens something, and folds it again; a key that begins with "open_" is styled
    (`ui/layout.css`).

    Many are drawn before the first curve: with no box around each, and a tooltip only where the text is cut.

    The fragment around it is to hold all that folds. It is drawn because a button in it was pressed, and not
    by its name, which would end a run that draws the charts of a slider just let go.
    """
    st.button(text, key=key, help=help, on_click=_turn, args=(what,), type="tertiary", width="stretch")


def folded(*beginnings: str) -> None:
    """Put nothing in the places of what is folded, with widgets whose keys begin so, inside the container
    that holds it when it is open. Streamlit would leave a fragment there that was last drawn by a run of its
    own; and of two runs that follow at once it sends what the fragment drew in the first, without what is
    around it, for which the browser must have a place."""
    for _ in range(_PLACES):
        st.empty()
    forget(*beginnings)


def _turn(what: Opened) -> None:
    session().opened = "nothing" if what == opened() else what


def folding_cards(page: str) -> None:
    """The plans of the workbench as cards that fold; `page` is the key of the fragment that holds all of the
    page, `charts_key(page)` that of the charts."""
    experiment, now = session().workbench.experiment, opened()
    plans = experiment.plans
    run = Run(steps=experiment.steps, steps_per_epoch=experiment.steps_per_epoch)
    with st.container(key="plan_cards", gap="xxsmall"):
        st.caption(_hint(plans, now, run))
        for index, plan in enumerate(plans):
            with st.container(border=True, gap="xsmall", key=f"card_{index}"):
                _card(page, index, plan, run)
        add_button(page, len(plans), CARDS_MAX, run)


def _card(page: str, index: int, plan: Plan, run: Run) -> None:
    is_open, count = index == opened(), len(session().workbench.experiment.plans)
    name, text = f"**Plan {index + 1}**", rule(plan)
    fold_line(
        index,
        name if is_open else f"{name} {plain(text)}",
        key=f"open_{index}",
        help=plain(plan.text[:200]) if len(text) > _FITTING else None,
    )
    with st.container(key="opened" if is_open else f"folded_{index}", gap="xsmall"):
        if is_open:
            with st.container(horizontal=True, gap="xsmall", key="plan_buttons"):
                card_buttons(page, index, count, CARDS_MAX)
            card_body(page, index, plan, run, explained=True)
        else:
            folded(f"schedule_{index}@", f"clock_{index}@", field_key(index, ""))


def _hint(plans: Sequence[Plan], now: Opened, run: Run) -> str:
    """What a first-time visitor may do. The slider that it names changes the curve; where looking at a curve
    takes long, none is looked for."""
    if isinstance(now, int) and work(plans[now], run).points_ms <= HERE_MS:
        ticks = run.ticks(counted(plans[now]))
        if (control := telling(plans[now], ticks)) is not None:
            name = plain(control.name)
            return f"Drag **{name}** of plan {now + 1}, and watch the charts; let go to train it."
    return "Open a plan and drag its sliders: both charts follow."


def rule(plan: Plan) -> str:
    """A plan in short: its base lr and its schedule's call."""
    text = plan.text.removesuffix(" per iteration")
    return (f"{text} constant" if isinstance(plan.schedule, Constant) else text)[:120]
