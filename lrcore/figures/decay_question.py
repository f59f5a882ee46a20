"""StepLR, the hand-written rule, and the straight line that "linear decay" would be, in one picture; and
1/lr, which is straight."""

from __future__ import annotations

from typing import Any

from lrcore.analysis.decay_question import Question
from lrcore.analysis.vertices import sample
from lrcore.figures.theme import Figure, layout, line
from lrcore.plan import Plan


def question_figure(question: Question) -> Figure:
    """The rates over the run, with the rule's initial tangent and its first half-life marked."""
    half = 1.0 / question.lr_decay
    tangent = [0.0, min(half, question.steps - 1.0)]
    traces = [
        _trace(0, "StepLR", question.step_plan, question.steps),
        _trace(1, "lr / (1 + d t)", question.inverse_plan, question.steps),
        {
            **_trace(7, "a straight line to the same end", question.line_plan, question.steps),
            "line": line(7, 1.5),
        },
        {
            **_base("initial tangent", "tangent"),
            "x": tangent,
            "y": [question.tangent(t) for t in tangent],
            "line": {**line(1, 1.2), "dash": "dot"},
        },
    ]
    if half < question.steps:
        mark = {"symbol": "circle-open", "size": 10, "color": line(1)["color"]}
        one = {
            "x": [half],
            "y": [question.base_lr / 2],
            "mode": "markers",
            "marker": mark,
            "hoverinfo": "skip",
            "showlegend": False,
        }
        traces.append({**_base("half-life", "half"), **one})
    return {
        "data": traces,
        "layout": _layout(question, "learning rate", legend=True),
    }


def inverse_figure(question: Question) -> Figure:
    """1/lr: the hand-written rule is the straight line here."""
    traces = []
    for index, name, plan in (
        (0, "StepLR", question.step_plan),
        (1, "lr / (1 + d t)", question.inverse_plan),
        (7, "line", question.line_plan),
    ):
        trace = _trace(index, name, plan, question.steps)
        trace["y"] = [1.0 / rate if rate > 0 else None for rate in trace["y"]]
        traces.append(trace)
    return {
        "data": traces,
        "layout": _layout(question, "1 / learning rate", legend=False),
    }


def _layout(question: Question, y_title: str, *, legend: bool) -> dict[str, Any]:
    whole = layout(x_title="updates", y_title=y_title, showlegend=legend)
    whole["xaxis"]["range"] = [0, question.steps]
    whole["yaxis"]["rangemode"] = "tozero"
    whole["margin"]["t"] = 34 if legend else 10
    return whole


def _base(name: str, uid: str) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "name": name, "uid": uid, "hovertemplate": "%{y:.4g}"}


def _trace(index: int, name: str, plan: Plan, steps: int) -> dict[str, Any]:
    x, y = sample(plan, steps)
    return {**_base(name, f"q{index}"), "x": x.tolist(), "y": y.tolist(), "line": line(index)}
