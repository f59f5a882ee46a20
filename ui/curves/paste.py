"""The paste box: code of any dialect, or plans as text, become plans here."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lrcore.analysis.made_for import made_for
from lrcore.analysis.run import Run
from lrcore.errors import LRLabError
from lrcore.plan import Plan
from ui.curves import plan_list
from ui.server import offload
from ui.server.guard.rates import count
from ui.session.session import session
from ui.session.widgets import forget, held, initially, number_box, show_error, show_said
from ui.session.workbench import Workbench, with_curves
from ui.text import plain

# Widgets with a memory of their own: what was typed is nobody's value before it is read.
_TEXT, _BASE = "paste_text", "paste_base"
_LENGTH = "paste_length"  # what a paste has done to the run


def paste_box(_: Workbench) -> None:
    """A text area, a number for each value that the paste lacks, and two buttons. What could not be read
    stays to be corrected."""
    text = st.text_area(
        "paste code or a plan",
        key=_TEXT,
        height=150,
        placeholder="scheduler = StepLR(optimizer, step_size=30, gamma=0.1)",
        on_change=_typed,
        help=(
            "torch, transformers, keras, optax, timm, a function that writes param_groups, or plans as text."
            " It is read, never run."
        ),
    )
    if missing := session().paste_missing:
        named = " and ".join("its base lr" if name == "base_lr" else name for name in missing)
        st.caption(plain(f"This code does not say {named}; it is read with what stands here."))
    for name in missing:
        if name == "base_lr":
            number_box(
                "base lr for pasted code",
                initially(_BASE, 0.1),
                step=None,
                help="The code names no optimizer lr.",
            )
        else:
            number_box(f"{name} for pasted code", _key(name), step=None, help=f"The code gives no {name}.")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add to the plans",
            icon=":material/add:",
            key="paste_add",
            on_click=_read,
            args=(False,),
            disabled=not text,
        )
        st.button(
            "Replace the plans",
            icon=":material/swap_horiz:",
            key="paste_replace",
            on_click=_read,
            args=(True,),
            disabled=not text,
        )
    show_error("paste")
    show_said("paste")
    if _LENGTH in session().said:
        show_said(_LENGTH)
        st.button("Undo the paste", icon=":material/undo:", key="paste_undo", on_click=_undo)


def _typed() -> None:
    """Ask at once for what another text lacks. What was given for the one before says nothing of this one."""
    session().clear_errors("paste")
    session().paste_missing = ()
    forget(_BASE, "paste_value_")
    session().paste_counted = False
    try:
        count("paste")
        session().paste_counted = True
        session().paste_missing, _ = offload.paste(str(held(_TEXT) or ""), {}, session().owner)
    except LRLabError:
        return  # a button that is pressed says it


def _read(instead: bool) -> None:
    text = str(held(_TEXT) or "")
    counted, session().paste_counted = session().paste_counted, False
    try:
        if not counted:
            count("paste")
        plans = _plans(text)
        bench = session().workbench
        if plans:
            changed = (plan_list.replaced if instead else plan_list.added)(bench, plans)
            whole = _whole(changed.horizon, plans, instead)
            if whole != changed.horizon:
                session().say(_LENGTH, _of_the_length(changed, whole, len(plans)))
                changed = with_curves(changed, horizon=whole)
            session().put(changed)
            session().revealed += 1
            texts = "; ".join(plan.text for plan in plans)[:300]
            session().say("paste", f"Read {len(plans)} plan{'s' if len(plans) > 1 else ''}: {texts}")
    except LRLabError as error:
        session().refuse("paste", str(error))


def _whole(run: Run, plans: Sequence[Plan], alone: bool) -> Run:
    """The horizon over which plans are seen to their ends, with others beside them or `alone`."""
    ends = [made_for(plan, run.steps_per_epoch) for plan in plans]
    known = [end for end in ends if end is not None]
    shortest = 1 if alone and len(known) == len(ends) else run.steps
    steps = max([shortest, *known])
    return Run(steps=steps, steps_per_epoch=min(run.steps_per_epoch, steps))


def _of_the_length(bench: Workbench, now: Run, pasted: int) -> str:
    """That the run has another length for all plans, and which of the last, which were `pasted`, asks for
    it."""
    plans, per_epoch = bench.experiment.plans, now.steps_per_epoch
    number = max(
        range(len(plans) - pasted, len(plans)), key=lambda index: made_for(plans[index], per_epoch) or 0
    )
    epochs = plans[number].clock == "epoch" and per_epoch > 1
    why = f": {now.steps // per_epoch:,} epochs of {per_epoch:,} updates" if epochs else ""
    return (
        f"The run now takes {now.steps:,} updates for all plans instead of {bench.horizon.steps:,}, so that"
        f" plan {number + 1} is seen to its end{why}."
    )


def _undo() -> None:
    session().undo()


def _plans(text: str) -> list[Plan]:
    """The plans of the text with the values that were filled in; none, and a sentence, while there are empty
    fields."""
    asked = session().paste_missing
    values = {name: held(_key(name)) for name in asked}
    given = {name: float(value) for name, value in values.items() if value is not None}
    missing, plans = offload.paste(text, given, session().owner)
    session().paste_missing = missing
    if empty := [name for name in missing if name not in given]:
        named = " and ".join("its base lr" if name == "base_lr" else name for name in empty)
        session().refuse(
            "paste",
            f"This code does not say {named}. Give {'it' if len(empty) == 1 else 'them'} here, then press the"
            " button again.",
        )
        return []
    return plans


def _key(name: str) -> str:
    return _BASE if name == "base_lr" else f"paste_value_{name}"
