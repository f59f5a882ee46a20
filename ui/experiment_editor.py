"""What is trained: data, model, optimiser, batch size, steps and seeds."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from lrcore._values import Parameter, parameters
from lrcore.datasets import DATASETS, DataSpec, data_class
from lrcore.errors import ExperimentError
from lrcore.experiment import MLP, Experiment
from lrcore.figures.thumbnail import thumbnail
from lrcore.limits import estimate_seconds
from lrcore.optimizers import OPTIMIZERS, optimizer_class
from ui import workbench
from ui.workbench import Workbench, edit_experiment, synced


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
            f"{experiment.steps:,} updates = {experiment.epochs:.4g} epochs of {experiment.steps_per_epoch} updates; "
            f"{experiment.members} networks, about {seconds:.0f} s on one core."
            if seconds >= 1.5
            else f"{experiment.steps:,} updates = {experiment.epochs:.4g} epochs of {experiment.steps_per_epoch} updates; "
            f"{experiment.members} networks, a second or two on one core."
        )


def _data(experiment: Experiment) -> None:
    spec = experiment.data
    picture, choice = st.columns([1, 2], vertical_alignment="center")
    with picture:
        st.html(_thumbnail(spec.model_dump_json()))
    with choice:
        st.selectbox(
            "data",
            list(DATASETS),
            key=synced("data", spec.kind),
            format_func=lambda kind: DATASETS[kind].title,
            on_change=lambda: edit_experiment("data", data=data_class(st.session_state["data"])()),
        )
        with st.popover("Data settings", width="stretch"):
            for item in parameters(type(spec)).values():
                _number(f"data_{item.name}", f"{item.name} of data", item, getattr(spec, item.name), _set_data, item.name)
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
            on_change=lambda: edit_experiment(
                "activation", model=MLP(hidden=workbench.current().experiment.model.hidden, activation=st.session_state["activation"])
            ),
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
            on_change=lambda: edit_experiment("optimizer", optimizer=optimizer_class(st.session_state["optimizer"])()),
        )
    with right, st.popover("Optimizer settings", width="stretch"):
        for item in parameters(type(spec)).values():
            _number(f"optimizer_{item.name}", f"{item.name} of optimizer", item, getattr(spec, item.name), _set_optimizer, item.name)


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


def _set_data(name: str) -> None:
    spec = workbench.current().experiment.data
    _set_field(f"data_{name}", "data", spec, name)


def _set_optimizer(name: str) -> None:
    _set_field(f"optimizer_{name}", "optimizer", workbench.current().experiment.optimizer, name)


def _set_field(key: str, part: str, spec: Any, name: str) -> None:
    fields = {field: getattr(spec, field) for field in type(spec).model_fields}
    value = st.session_state[key]
    workbench.edit(
        key,
        lambda bench: workbench.with_experiment(bench, **{part: type(spec)(**{**fields, name: value})}),
    )


def _set_size(name: str) -> None:
    edit_experiment(name, **{name: st.session_state[name]})


def _set_hidden() -> None:
    text = st.session_state["hidden"]

    def change(bench: Workbench) -> Workbench:
        parts = [part for part in re.split(r"[\s,x×-]+", text.strip()) if part]
        if not parts or not all(part.isdigit() and len(part) < 6 for part in parts):
            raise ExperimentError(f"Hidden layers are whole numbers separated by commas, like 32, 32; {text!r} arrived.")
        model = MLP(hidden=tuple(int(part) for part in parts), activation=bench.experiment.model.activation)
        return workbench.with_experiment(bench, model=model)

    workbench.edit("hidden", change)


@st.cache_data(max_entries=64, show_spinner=False)
def _thumbnail(spec_json: str) -> str:
    import json

    fields: dict[str, Any] = json.loads(spec_json)
    spec: DataSpec = data_class(fields.pop("kind"))(**fields)
    return thumbnail(spec)
