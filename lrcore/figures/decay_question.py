"""StepLR, the hand-written rule, and the straight line that "linear decay" would be, in one picture; and 1/lr, which is straight."""

from __future__ import annotations

from typing import Any

from lrcore.decay_question import Question
from lrcore.figures.style import Figure, layout, line
from lrcore.plan import Plan
from lrcore.sampling import sample


def question_figure(question: Question) -> Figure:
    """The rates over the run, with the rule's initial tangent and its first half-life marked."""
    half = 1.0 / question.lr_decay
    tangent = [0.0, min(half, question.steps - 1.0)]
    traces = [
        _trace(0, "StepLR", question.step_plan, question.steps),
        _trace(1, "lr / (1 + d t)", question.inverse_plan, question.steps),
        {**_trace(7, "a straight line to the same end", question.line_plan, question.steps), "line": line(7, 1.5)},
        {
            **_base("initial tangent", "tangent"),
            "x": tangent,
            "y": [question.tangent(t) for t in tangent],
            "line": {**line(1, 1.2), "dash": "dot"},
        },
    ]
    if half < question.steps:
        mark = {"symbol": "circle-open", "size": 10, "color": line(1)["color"]}
        one = {"x": [half], "y": [question.base_lr / 2], "mode": "markers", "marker": mark, "hoverinfo": "skip", "showlegend": False}
        traces.append({**_base("half-life", "half"), **one})
    return {
        "data": traces,
        "layout": layout(x_title="updates", y_title="learning rate", showlegend=True)
        | {"xaxis": {"range": [0, question.steps], "title": {"text": "updates"}}, "margin": {"l": 62, "r": 12, "t": 34, "b": 42}},
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
        "layout": layout(x_title="updates", y_title="1 / learning rate", showlegend=False)
        | {"xaxis": {"range": [0, question.steps], "title": {"text": "updates"}}, "margin": {"l": 62, "r": 12, "t": 34, "b": 42}},
    }


def _base(name: str, uid: str) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "name": name, "uid": uid, "hovertemplate": "%{y:.4g}"}


def _trace(index: int, name: str, plan: Plan, steps: int) -> dict[str, Any]:
    x, y = sample(plan, steps)
    return {**_base(name, f"q{index}"), "x": x.tolist(), "y": y.tolist(), "line": line(index)}
