"""What is trained: data, model, optimiser, batch size, steps and seeds."""

from __future__ import annotations

import json
import re
from typing import Any

import streamlit as st

from lrcore._values import Parameter, parameters, short
from lrcore.datasets import DATASETS, DataSpec, data_class
from lrcore.errors import ExperimentError
from lrcore.experiment import MLP, Experiment
from lrcore.figures.thumbnail import thumbnail
from lrcore.limits import estimate_seconds
from lrcore.optimizers import OPTIMIZERS, OptimizerSpec, optimizer_class
from ui import workbench
from ui.workbench import Workbench, edit_experiment, picked, synced


def experiment_editor(bench: Workbench) -> None:
    """The experiment of the workbench as a form that applies each change at once."""
    experiment = bench.experiment
    with st.container(border=True, key="experiment"):
        st.markdown("**Experiment**")
        _data(experiment)
        _model(experiment)
        _optimizer(experiment)
        _sizes(experiment)
        seconds = estimate_seconds(experiment)
        st.caption(
            f"{experiment.steps:,} updates = {experiment.epochs:.4g} epochs of {experiment.steps_per_epoch}; "
            f"{experiment.members} networks, {'about ' + format(seconds, '.0f') if seconds >= 1.5 else 'one or two'} s on one core."
        )


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
            for item in parameters(type(spec)).values():
                _number(f"{spec.kind}_{item.name}", f"{item.name} of data", item, getattr(spec, item.name), _set_data, item.name)
    workbench.show_error("data")


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
    workbench.show_error("hidden")


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
        for item in parameters(type(spec)).values():
            _number(f"{spec.kind}_{item.name}", f"{item.name} of optimizer", item, getattr(spec, item.name), _set_optimizer, item.name)


def _sizes(experiment: Experiment) -> None:
    known = parameters(Experiment)
    for column, name in zip(st.columns(3), ("batch_size", "steps", "seeds"), strict=True):
        with column:
            _number(name, name.replace("_", " "), known[name], getattr(experiment, name), _set_size, name)


def _number(key: str, label: str, item: Parameter, value: Any, on_change: Any, name: str) -> None:
    """A number box, or a switch; without bounds of its own, so that bad input reaches the check that explains it."""
    if isinstance(value, bool):
        st.toggle(label, key=synced(key, value), help=item.help, on_change=on_change, args=(name,))
        return
    whole = item.type is int
    st.number_input(
        label,
        key=synced(key, value),
        step=None if not whole else 1,
        format="%d" if whole else "%g",
        help=f"{item.help}: {item.allowed}",
        on_change=on_change,
        args=(name,),
    )
    workbench.show_error(key)


def _choose_data() -> None:
    if kind := picked("data"):
        edit_experiment("data", data=data_class(kind)())


def _choose_optimizer() -> None:
    if kind := picked("optimizer"):
        edit_experiment("optimizer", optimizer=optimizer_class(kind)())


def _choose_activation() -> None:
    if activation := picked("activation"):
        edit_experiment("activation", model=MLP(hidden=workbench.current().experiment.model.hidden, activation=activation))


def _set_data(name: str) -> None:
    _set_field("data", workbench.current().experiment.data, name)


def _set_optimizer(name: str) -> None:
    _set_field("optimizer", workbench.current().experiment.optimizer, name)


def _set_field(part: str, spec: DataSpec | OptimizerSpec, name: str) -> None:
    field = f"{spec.kind}_{name}"
    value = picked(field)
    if value is not None:
        fields = {known: getattr(spec, known) for known in type(spec).model_fields}
        workbench.edit(field, lambda bench: workbench.with_experiment(bench, **{part: type(spec)(**{**fields, name: value})}))


def _set_size(name: str) -> None:
    value = picked(name)
    if value is not None:
        edit_experiment(name, **{name: value})


def _set_hidden() -> None:
    text = picked("hidden")
    if text is not None:
        workbench.edit("hidden", lambda bench: workbench.with_experiment(bench, model=read_hidden(text, bench.experiment.model)))


def read_hidden(text: str, before: MLP) -> MLP:
    """`32, 32` (or with blanks, x or -) as the model with these hidden layers."""
    parts = [part for part in re.split(r"[\s,x×-]+", text.strip()) if part]
    if not parts or not all(part.isdigit() and len(part) < 6 for part in parts):
        raise ExperimentError(f"Hidden layers are whole numbers separated by commas, like 32, 32; {short(text)} arrived.")
    return MLP(hidden=tuple(int(part) for part in parts), activation=before.activation)


@st.cache_data(max_entries=64, show_spinner=False)
def _thumbnail(spec_json: str) -> str:
    fields: dict[str, Any] = json.loads(spec_json)
    spec: DataSpec = data_class(fields.pop("kind"))(**fields)
    return thumbnail(spec)
