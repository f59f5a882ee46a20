"""The panel "StepLR or adjust_learning_rate?": two plans, their differences, and what is linear about linear
decay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from lrcore.analysis.decay_question import Answer, Question, answer, inverse_code, step_code
from lrcore.analysis.run import Run
from lrcore.errors import LRLabError
from lrcore.experiment import Experiment
from lrcore.figures.decay_question import inverse_figure, question_figure
from lrcore.figures.theme import color
from lrcore.values.parameter import TICKS, parameters
from ui.components.chart import ChartDrag, chart
from ui.components.live_sliders import Follows, LiveValues, SliderSpec, live_sliders
from ui.curves import plan_list
from ui.curves.to_playground import put_scaled
from ui.session.link import link_words, write_link
from ui.session.parts import fragment
from ui.session.session import session
from ui.session.widgets import number_box, picked, show_error, synced, whole, widget_key
from ui.session.workbench import Workbench, opening, with_curves
from ui.text import plain

_PAGE = "question"  # the panel's name when a slider is dragged
_SHARED, _STEP, _HAND = ("base_lr",), ("step_size", "gamma"), ("lr_decay",)


@fragment(_PAGE)
def question_panel() -> None:
    """The blog's question with live numbers; a fragment of its own, so that its sliders move nothing else."""
    question = session().workbench.curves.question
    st.header("StepLR or adjust_learning_rate?", anchor=False)
    left, right = st.columns([4, 7], gap="medium")
    with left:
        _sliders(question)
    with right:
        chart(
            question_figure(question),
            key="question_chart",
            height=320,
            alt="Learning rate of StepLR, of the hand-written rule and of a straight line",
            config={"cursor_group": "question", "save": "steplr-or-adjust-learning-rate"},
            drag=ChartDrag(_PAGE, session().released, link_words(session().workbench)),
        )
        chart(
            inverse_figure(question),
            key="question_inverse",
            height=200,
            alt="One over the learning rate: the hand-written rule is a straight line",
            config={"cursor_group": "question"},
            drag=ChartDrag(_PAGE, session().released),
        )
    try:
        _text(question, answer(question))
    except LRLabError as error:
        st.error(plain(str(error)), icon=":material/error:")
    _code(question)
    write_link()


def _sliders(question: Question) -> None:
    number_box("updates of the run", synced("question_steps", float(question.steps)), on_change=_set_steps)
    show_error("question_steps")
    follows = Follows(_PAGE, "question")
    for title, names, accent in (
        ("Both", _SHARED, ""),
        ("StepLR: $\\eta_0\\, \\gamma^{\\lfloor t/S \\rfloor}$", _STEP, color(0)),
        ("adjust_learning_rate: $\\eta_0 / (1 + d\\,t)$", _HAND, color(1)),
    ):
        st.markdown(f"**{title}**")
        specs = [_spec(question, name) for name in names]
        live_sliders(
            specs, key=widget_key(f"question_{names[0]}"), accent=accent, follows=follows, on_change=_slide
        )


def _spec(question: Question, name: str) -> SliderSpec:
    item = parameters(Question)[name]
    low, high = item.slider_range(question.steps) or (0.0, 1.0)
    return SliderSpec(
        name=name,
        label=f"{name} of the question",
        value=getattr(question, name),
        minimum=low,
        maximum=high,
        scale=item.scale,
        integer=item.type is int,
        help=item.help,
        unit="updates" if item.unit == TICKS else "",
        error=session().error(f"question_{name}"),
        refused=session().refused_text(f"question_{name}"),
    )


def _slide(live: LiveValues) -> None:
    now = session()
    with now.sliding(dragging=live.dragging, at=live.at):
        for name, value in live.values.items():
            if value != getattr(now.workbench.curves.question, name) or now.error(f"question_{name}"):
                _set(name, value)


def _set(name: str, value: Any) -> None:
    def change(bench: Workbench) -> Workbench:
        fields = {field: getattr(bench.curves.question, field) for field in Question.model_fields}
        return with_curves(bench, question=Question(**{**fields, name: value}))

    session().edit(f"question_{name}", change, said=value)


def _set_steps() -> None:
    if (value := picked("question_steps")) is not None:
        _set("steps", whole(value))


def _text(q: Question, a: Answer) -> None:
    first, second, third = a.halvings
    st.markdown(f"""
**Three differences.** StepLR waits: it {_drops(q, a)}, and ends at {a.step_final:.4g}.
The rule moves with every update and ends at {a.inverse_final:.4g}.
StepLR has two numbers, an interval and a factor; the rule has one, `lr_decay`. And StepLR is built in and
told `scheduler.step()`, while the rule is written by hand into `optimizer.param_groups` before the update.

**It is not linear decay.** What is linear is 1/lr: it starts at {a.inverse_start:,.6g} and gains
{a.inverse_slope:.4g} with every update (the lower chart). The straight line that leaves lr in the same
direction is at **{100 * a.tangent_at_half_life:.0f} %** at update {a.half_life:,.6g} = 1/d; the curve is
still at **{100 * a.at_half_life:.0f} %**. Its halvings take {first:,.6g}, {second:,.6g} and {third:,.6g}
updates, each twice as long as the one before; an exponential's all take the same, which StepLR follows in
steps, and a straight line's get shorter. The curve never reaches 0.

**Budget Σ lr.** StepLR spends {a.step_budget:.4g} and the rule {a.inverse_budget:.4g}; a straight line
between the rule's ends would spend {a.line_budget:.4g}, **{a.line_budget / a.inverse_budget:.3g} times** as
much.
""")


def _drops(question: Question, found: Answer) -> str:
    if not found.drops:
        return "makes no drop in this run"
    size = question.step_size
    every = "at every update" if size == 1 else f"every {size:,} updates"
    times = "once" if found.drops == 1 else f"{found.drops:,} times"
    return f"multiplies by {question.gamma:g} {every}, {times} in this run"


def _code(question: Question) -> None:
    left, right = st.columns(2)
    with left:
        st.markdown("**Built in**")
        st.code(step_code(question), language="python", wrap_lines=True)
    with right:
        st.markdown("**By hand**")
        st.code(inverse_code(question), language="python", wrap_lines=True)
    with st.container(horizontal=True, gap="small"):
        if st.button("Draw these above", icon=":material/show_chart:", key="question_draw", on_click=_draw):
            st.rerun()
        task = opening().experiment
        if st.button(
            "Race these three",
            icon=":material/science:",
            key="question_race",
            help=(
                f"On the task that the Playground opens with, scaled to its {task.steps:,} updates and from a"
                f" base lr that suits it, {_racing_lr(task):g}."
            ),
            on_click=_race,
        ):
            st.rerun()
    show_error("question_race")


def _draw() -> None:
    bench = session().workbench
    q = bench.curves.question
    drawn = plan_list.replaced(bench, (q.step_plan, q.inverse_plan, q.line_plan))
    curves = replace(
        drawn.curves,
        horizon=Run(steps=q.steps, steps_per_epoch=min(bench.horizon.steps_per_epoch, q.steps)),
        read_at=None,
    )
    session().put(replace(drawn, curves=curves))
    session().revealed += 1


def _race() -> None:
    """A base lr for another network, optimiser and length would race three plans that learn nothing."""
    task = opening().experiment
    q = session().workbench.curves.question.model_copy(update={"base_lr": _racing_lr(task)})
    put_scaled("question_race", (q.step_plan, q.inverse_plan, q.line_plan), Run(steps=q.steps), task)


def _racing_lr(task: Experiment) -> float:
    return max(plan.base_lr for plan in task.plans)
