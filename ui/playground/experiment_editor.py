"""What is trained: data, model, optimiser, batch size, steps and seeds."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, ParamSpec

import streamlit as st

from lrcore.datasets import DATASETS, DataSpec, data_class
from lrcore.experiment import MLP, OPTIMIZERS, Experiment, OptimizerSpec, optimizer_class
from lrcore.figures.thumbnail import thumbnail
from lrcore.values.parameter import Parameter, parameters
from ui.components.live_sliders import Follows, LiveValues, SliderSpec, live_sliders
from ui.plan_card.actions import charts_key
from ui.plan_card.folding import fold_line, folded, opened
from ui.playground import PAGE
from ui.playground.experiment_words import in_short, length, read_hidden
from ui.session.parts import fragment, redraw
from ui.session.session import session
from ui.session.widgets import picked, show_error, synced, widget_key
from ui.session.workbench import Workbench, with_experiment
from ui.text import plain

_FORM = "experiment_form"
P = ParamSpec("P")


def experiment_editor() -> None:
    """The experiment of the workbench in a line that opens to a form, which applies each change at once."""
    experiment, is_open = session().workbench.experiment, opened() == "experiment"
    with st.container(border=True, key="experiment", gap="small"):
        fold_line(
            "experiment",
            "**Experiment**" if is_open else f"**Experiment** {plain(in_short(experiment))}",
            key="open_experiment",
        )
        with st.container(gap="small", key=None if is_open else "folded_experiment"):
            if is_open:
                _form()
            else:
                kinds = f"{experiment.data.kind}_", f"{experiment.optimizer.kind}_"
                folded("data@", "hidden@", "activation@", "optimizer@", *kinds)


@fragment(_FORM)
def _form() -> None:
    experiment = session().workbench.experiment
    _data(experiment)
    _model(experiment)
    _optimizer(experiment)
    _sizes(experiment)
    st.caption(length(experiment))


def _drawn(change: Callable[P, None]) -> Callable[P, None]:
    """A callback that draws what it has changed: the cards too, if their sliders reach as far as the run."""

    @wraps(change)
    def callback(*args: P.args, **kwargs: P.kwargs) -> None:
        before = session().workbench.trained
        change(*args, **kwargs)
        redraw(*((_FORM, charts_key(PAGE)) if session().workbench.trained == before else (PAGE,)))

    return callback


def _data(experiment: Experiment) -> None:
    spec = experiment.data
    picture, choice = st.columns([1, 2], vertical_alignment="center")
    with picture:
        st.image(_thumbnail(spec.model_dump_json()), alt=f"The data: {spec.title}", width=110)
    with choice:
        st.selectbox(
            "data",
            list(DATASETS),
            key=synced("data", spec.kind),
            format_func=lambda kind: DATASETS[kind].title,
            on_change=_choose_data,
        )
        with st.popover("Data settings", width="stretch"):
            _fields("data", spec)
    show_error("data")


def _model(experiment: Experiment) -> None:
    left, right = st.columns([2, 1])
    with left:
        st.text_input(
            "hidden layers",
            key=synced("hidden", ", ".join(str(units) for units in experiment.model.hidden)),
            help=parameters(MLP)["hidden"].help + ", separated by commas",
            on_change=_set_hidden,
        )
    with right:
        st.selectbox(
            "activation",
            parameters(MLP)["activation"].choices,
            key=synced("activation", experiment.model.activation),
            on_change=_choose_activation,
        )
    show_error("hidden")


def _optimizer(experiment: Experiment) -> None:
    spec = experiment.optimizer
    left, right = st.columns([1, 1], vertical_alignment="bottom")
    with left:
        st.selectbox(
            "optimizer",
            list(OPTIMIZERS),
            key=synced("optimizer", spec.kind),
            on_change=_choose_optimizer,
        )
    with right, st.popover("Optimizer settings", width="stretch"):
        _fields("optimizer", spec)


def _sizes(experiment: Experiment) -> None:
    known = parameters(Experiment)
    specs = [
        _slider(name, known[name], getattr(experiment, name), name)
        for name in ("batch_size", "steps", "seeds")
    ]
    key, follows = widget_key("sizes"), Follows(PAGE, "experiment")
    live_sliders(specs, key=key, follows=follows, reveal=True, on_change=_set_sizes)


def _fields(part: str, spec: DataSpec | OptimizerSpec) -> None:
    """The parameters of the data or the optimiser: sliders with number boxes, then switches."""
    values = {name: (item, getattr(spec, name)) for name, item in parameters(type(spec)).items()}
    numbers = {name: (item, value) for name, (item, value) in values.items() if not isinstance(value, bool)}
    specs = [
        _slider(name, item, value, f"{name} of {part}", f"{spec.kind}_{name}")
        for name, (item, value) in numbers.items()
    ]
    live_sliders(
        specs,
        key=widget_key(f"{spec.kind}_sliders"),
        follows=Follows(PAGE, ""),
        on_change=partial(_set_fields, part),
    )
    for name in values.keys() - numbers.keys():
        item, value = values[name]
        key = synced(f"{spec.kind}_{name}", value)
        st.toggle(f"{name} of {part}", key=key, help=item.help, on_change=_set_switch, args=(part, name))
        show_error(f"{spec.kind}_{name}")


def _slider(name: str, item: Parameter, value: float, label: str, field: str = "") -> SliderSpec:
    low, high = item.slider or (0.0, 1.0)
    return SliderSpec(
        name=name,
        label=label,
        value=value,
        minimum=low,
        maximum=high,
        scale=item.scale,
        integer=item.type is int,
        help=f"{item.help}: {item.allowed}",
        error=session().error(field or name),
        refused=session().refused_text(field or name),
    )


@_drawn
def _choose_data() -> None:
    if (kind := picked("data")) in DATASETS:
        session().edit_experiment("data", data=data_class(kind)())


@_drawn
def _choose_optimizer() -> None:
    if (kind := picked("optimizer")) in OPTIMIZERS:
        session().edit_experiment("optimizer", optimizer=optimizer_class(kind)())


@_drawn
def _choose_activation() -> None:
    if (activation := picked("activation")) in parameters(MLP)["activation"].choices:
        session().edit_experiment(
            "activation", model=MLP(hidden=session().workbench.experiment.model.hidden, activation=activation)
        )


@_drawn
def _set_sizes(live: LiveValues) -> None:
    experiment = session().workbench.experiment
    with session().sliding(dragging=live.dragging, at=live.at):
        for name, value in live.values.items():
            if value != getattr(experiment, name) or session().error(name):
                session().edit_experiment(name, value, **{name: value})


@_drawn
def _set_fields(part: str, live: LiveValues) -> None:
    with session().sliding(dragging=live.dragging, at=live.at):
        for name, value in live.values.items():
            spec = getattr(session().workbench.experiment, part)
            field = f"{spec.kind}_{name}"
            if value != getattr(spec, name, value) or session().error(field):
                session().edit(field, partial(_with_field, part, name, value), said=value)


@_drawn
def _set_switch(part: str, name: str) -> None:
    field = f"{getattr(session().workbench.experiment, part).kind}_{name}"
    if (value := picked(field)) is not None:
        session().edit(field, partial(_with_field, part, name, value))


def _with_field(part: str, name: str, value: Any, bench: Workbench) -> Workbench:
    spec = getattr(bench.experiment, part)
    fields = {known: getattr(spec, known) for known in type(spec).model_fields}
    return with_experiment(bench, **{part: type(spec)(**{**fields, name: value})})


@_drawn
def _set_hidden() -> None:
    text = picked("hidden")
    if text is not None:
        session().edit(
            "hidden",
            lambda bench: with_experiment(bench, model=read_hidden(text, bench.experiment.model)),
            said=text,
        )


@st.cache_data(max_entries=64, show_spinner=False)
def _thumbnail(spec_json: str) -> str:
    fields: dict[str, Any] = json.loads(spec_json)
    spec: DataSpec = data_class(fields.pop("kind"))(**fields)
    return thumbnail(spec)
