"""One view per test subject, chosen by `?view=`: sliders, charts, live, and the two sides of the race."""

import json
import math
import time
from dataclasses import replace
from typing import Any

import streamlit as st

from ui.components import LiveValues, SliderSpec, chart, live_sliders

COLORS = ["#1f77b4", "#d62728", "#2ca02c"]
SCHEDULES = {
    "StepLR": [
        SliderSpec("lr", "lr of plan 1", 0.1, 1e-5, 1, "log", help="Learning rate of the first step."),
        SliderSpec("step_size", "step_size of plan 1", 30, 1, 1000, "log", integer=True, unit="steps"),
        SliderSpec("gamma", "gamma of plan 1", 0.5, 0, 1),
    ],
    "InverseTimeDecay": [
        SliderSpec("lr", "lr of plan 1", 0.1, 1e-5, 1, "log", help="Learning rate of the first step."),
        SliderSpec("lr_decay", "lr_decay of plan 1", 1e-3, 1e-6, 1, "log"),
    ],
}


def state() -> dict[str, Any]:
    if "lab" not in st.session_state:
        st.session_state.lab = {
            "schedule": "StepLR",
            "values": {},
            "errors": {},
            "heard": {},
            "moved": "",
            "log": [],
            "n": 0,
            "job": "",
            "done": [],
        }
    lab: dict[str, Any] = st.session_state.lab
    return lab


def apply(new: LiveValues) -> None:
    """What a page's owner of the state does: keep what is good, answer the rest with a sentence."""
    lab = state()
    shown = {spec.name: spec.value for spec in specs()}
    moved = [name for name, value in new.values.items() if value != lab["heard"].get(name, shown[name])]
    lab["moved"] = next(iter(moved), lab["moved"])  # the end of a drag often says what was said already
    lab["heard"] = new.values
    lab["log"].append([lab["moved"], new.values.get(lab["moved"]), new.dragging])
    for name, value in new.values.items():
        good = isinstance(value, float | int) and math.isfinite(value) and value >= 0
        lab["errors"][name] = "" if good else f"{name} must be a number of at least 0, got {value!r}."
        if good:
            lab["values"][name] = value


def specs() -> list[SliderSpec]:
    lab = state()
    return [
        replace(spec, value=lab["values"].get(spec.name, spec.value), error=lab["errors"].get(spec.name, ""))
        for spec in SCHEDULES[lab["schedule"]]
    ]


def figure(shift: float, points: int = 200) -> dict[str, Any]:
    xs = [i * 1000 / (points - 1) for i in range(points)]
    lines = [[(1 + k) * math.exp(-x / (100 + 400 * shift)) for x in xs] for k in range(3)]
    return {
        "data": [
            {"x": xs, "y": ys, "name": f"plan {k + 1}", "line": {"color": COLORS[k]}}
            for k, ys in enumerate(lines)
        ],
        "layout": {"xaxis": {"title": {"text": "step"}}, "yaxis": {"title": {"text": "lr"}}},
    }


@st.fragment
def sliders_view() -> None:
    lab = state()
    if st.button("switch"):
        lab["schedule"] = "InverseTimeDecay" if lab["schedule"] == "StepLR" else "StepLR"
    if st.button("undo"):
        lab["values"]["gamma"] = 0.25
    live_sliders(specs(), key="plan", accent=COLORS[1], on_change=apply)
    lab["runs"] = lab.get("runs", 0) + 1
    with st.container(key="log"):
        st.text(json.dumps({"log": lab["log"], "values": lab["values"], "runs": lab["runs"]}))


@st.fragment
def charts_view() -> None:
    lab = state()
    live_sliders(
        [replace(SCHEDULES["StepLR"][2], value=lab["values"].get("gamma", 0.5))], key="plan", on_change=apply
    )
    shift = lab["values"].get("gamma", 0.5)
    group = {"cursor_group": "step"}
    chart(figure(shift), key="lr", height=220, alt="Learning rate of three plans", config=group)
    stairs = {"x": [0, 500, 500, 1000], "y": [4, 4, 2, 2], "name": "stairs"}
    loss = {
        "data": [*figure(1 - shift)["data"][:1], stairs],
        "layout": {"yaxis": {"type": "log"}, "xaxis": {"title": {"text": "step"}}},
    }
    chart(loss, key="loss", height=220, alt="Loss of one plan", config=group)
    st.text(f"shift {shift}")


@st.fragment
def live_view() -> None:
    lab = state()
    job = st.text_input("job", key="job")
    if st.button("rerun"):
        lab["n"] += 1
    if not st.toggle("show", True):
        return
    live = {"url": f"/live/{job}", "job": job} if job else None
    result = chart(
        figure(0.5), key="live", height=260, live=live, alt="Loss while training", on_event=lab["done"].append
    )
    if result.done:
        lab["n"] += 100
    with st.container(key="log"):
        st.text(json.dumps({"done": lab["done"], "n": lab["n"]}))


@st.fragment
def race_ours() -> None:
    lab = state()
    spec = SliderSpec("gamma", "gamma", lab["values"].get("gamma", 0.5), 0, 1)
    live_sliders([spec], key="plan", on_change=apply)
    time.sleep(float(st.query_params.get("delay", "0")))  # a server that is busy
    chart(figure(lab["values"].get("gamma", 0.5)), key="race", height=320)


@st.fragment
def race_native() -> None:
    shift = st.slider("gamma", 0.0, 1.0, 0.5, step=0.0025, key="native")
    st.plotly_chart(figure(shift), key="race_native", height=320)


VIEWS = {
    "sliders": sliders_view,
    "charts": charts_view,
    "live": live_view,
    "ours": race_ours,
    "native": race_native,
}
VIEWS[st.query_params.get("view", "sliders")]()
