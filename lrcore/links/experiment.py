"""An experiment in the words of a link: repeated `plan=` in the plans' text form, and calls such as
`data=spirals(arms=3)`.

A link says everything that is trained; of data, model and optimiser only what differs from their kind's
defaults is written, so that it stays short enough to read. A link that lacks a word means the opening
experiment's, and one that says something but not how many seeds means as many as when links were first made.
Links made by an earlier version keep working: `tests/golden_links.json` holds some of each.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lrcore.datasets import DataSpec, data_class
from lrcore.errors import ExperimentError, LRLabError
from lrcore.experiment import MLP, Experiment, OptimizerSpec, optimizer_class
from lrcore.plan import Plan, parse_plan
from lrcore.schedules.text import value_text
from lrcore.text.literals import literal, parse_expression
from lrcore.values.limits import PLANS_MAX
from lrcore.values.parameter import parameters
from lrcore.values.value import Value, short

Params = dict[str, list[str]]
_COUNTS = ("batch_size", "steps", "seeds")
LINK_MAX = 30_000  # characters of all values together; such a link is read in 30 ms
_PROBLEMS_MAX = 5
_PLANS_READ = 3 * PLANS_MAX  # also if they are not plans


def call_text(value: Value, name: str) -> str:
    """`name` with the fields that differ from their defaults: `spirals(arms=3)`, or `spirals` alone."""
    fields = {field: getattr(value, field) for field in parameters(type(value))}
    changed = [
        f"{field}={value_text(fields[field])}"
        for field, item in parameters(type(value)).items()
        if fields[field] != item.default
    ]
    return f"{name}({', '.join(changed)})" if changed else name


def read_call(text: str) -> tuple[str, dict[str, Any]]:
    """`spirals(arms=3)` to its name and its keyword arguments."""
    node = parse_expression(text, noun="a name with parameters", like="spirals(arms=3)")
    match node:
        case ast.Name(id=name):
            return name, {}
        case ast.Call(func=ast.Name(id=name), args=[], keywords=keywords) if all(
            keyword.arg for keyword in keywords
        ):
            fields = {str(keyword.arg): _word(keyword.value) for keyword in keywords}
            if len(fields) < len(keywords):
                raise ExperimentError(f"{short(text)} names a parameter twice; name each once.")
            return name, fields
    raise ExperimentError(f"{short(text)} is not of the form name or name(parameter=value, ...).")


def _word(node: ast.expr) -> Any:
    """A plain value; a bare name is a text, since nobody types quotes in `activation=relu` within a link or a
    shell."""
    return node.id if isinstance(node, ast.Name) else literal(node)


def to_params(experiment: Experiment) -> Params:
    """The link's parameters, in the order in which a person would tell them."""
    return {
        "plan": [plan.text for plan in experiment.plans],
        "data": [call_text(experiment.data, experiment.data.kind)],
        "model": [call_text(experiment.model, "MLP")],
        "optimizer": [call_text(experiment.optimizer, experiment.optimizer.kind)],
        **{name: [str(getattr(experiment, name))] for name in _COUNTS},
    }


def from_params(params: Mapping[str, Sequence[str]], default: Experiment) -> tuple[Experiment, list[str]]:
    """The experiment that a link describes, and a sentence for each word that could not be used; never raises
    for bad text."""
    problems: list[str] = []
    if sum(len(value) for values in params.values() for value in values) > LINK_MAX:
        return default, [
            f"This link is longer than {LINK_MAX:,} characters and was not read; the page shows the opening"
            " experiment."
        ]
    plans: list[Plan] = []
    texts = params.get("plan", ())
    for text in texts[:_PLANS_READ]:
        try:
            plans.append(parse_plan(text))
        except LRLabError as error:
            problems.append(f"A plan of this link was left out. {error}")
    unread = max(0, len(texts) - _PLANS_READ)
    more = max(0, len(problems) - _PROBLEMS_MAX) + (unread if len(plans) <= PLANS_MAX else 0)
    if more > 0:  # a page shows these
        reasons = (
            f"for such reasons, or because no more than {_PLANS_READ} are read"
            if unread
            else "for such reasons"
        )
        problems[_PROBLEMS_MAX:] = [f"{more} more plans of this link were left out {reasons}."]
    if len(plans) > PLANS_MAX:
        problems.append(f"This link has {len(texts)} plans; the first {PLANS_MAX} are shown.")
    fields: dict[str, Any] = {"plans": tuple(plans[:PLANS_MAX]) or default.plans}
    for name, read in _READERS.items():
        if values := params.get(name):
            try:
                fields[name] = read(values[-1])
            except LRLabError as error:
                problems.append(f"The link's {name} was left out. {error}")
    if plans or len(fields) > 1:  # else nothing is said that has a meaning to keep
        fields.setdefault("seeds", parameters(Experiment)["seeds"].default)
    try:
        return (
            Experiment(**{**{name: getattr(default, name) for name in Experiment.model_fields}, **fields}),
            problems,
        )
    except LRLabError as error:
        return default, [*problems, f"The link's experiment was not used. {error}"]


def read_word(name: str, text: str) -> Any:
    """The value of one word of a link: `read_word("data", "spirals(arms=3)")`; ExperimentError if it has
    none.

    `name` is data, model, optimizer, batch_size, steps or seeds.
    """
    return _READERS[name](text)


def _data(text: str) -> DataSpec:
    kind, fields = read_call(text)
    return data_class(kind)(**fields)


def _optimizer(text: str) -> OptimizerSpec:
    kind, fields = read_call(text)
    return optimizer_class(kind)(**fields)


def _model(text: str) -> MLP:
    kind, fields = read_call(text)
    if kind != "MLP":
        raise ExperimentError(f"The model is written MLP(hidden=[32, 32]), but {short(text)} arrived.")
    return MLP(**fields)


def _count(name: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise ExperimentError(f"{name} must be a whole number, but {short(text)} arrived.") from None
        known = parameters(Experiment)[name]
        if not (known.low or 0) <= value <= (known.high or value):
            raise ExperimentError(f"{name}={value} is not allowed; {name} must be {known.allowed}.")
        return value

    return read


_READERS: dict[str, Callable[[str], object]] = {
    "data": _data,
    "model": _model,
    "optimizer": _optimizer,
    **{name: _count(name) for name in _COUNTS},
}
