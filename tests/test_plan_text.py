"""A plan has one text form: what is written reads back, and what cannot be read is told in a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import LRLabError, Plan, PlanError, parse_plan
from lrcore.schedules import SCHEDULES
from tests.profiles import examples
from tests.strategies import SIMPLE, made, plans

STEP = "lr=0.05 StepLR(step_size=30, gamma=0.1)"
PATCHES = ["", *"()[]=,-*'\0", "**", "e9", "None", "True", "{[]: 1}", "nan", "1e400"]


@pytest.mark.parametrize("kind", SIMPLE)
@examples(60)
@given(data=st.data())
def test_every_schedule_reads_back_as_itself(kind: str, data: st.DataObject) -> None:
    schedule = data.draw(made(SCHEDULES[kind], 10**12))
    plan = Plan(
        base_lr=data.draw(st.floats(5e-324, 1e308)),
        schedule=schedule,
        clock=data.draw(st.sampled_from(["epoch", "iteration"])),
    )
    again = parse_plan(plan.text)
    assert again == plan
    assert again.text == plan.text
    assert hash(again) == hash(plan)
    steps = np.array([0, 1, 2, 999, 160_000])
    assert again.lr(steps, 7).tolist() == plan.lr(steps, 7).tolist()


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("lr=0.3", "lr=0.3"),
        ("lr=1", "lr=1"),
        ("lr=1.0 ", "lr=1"),
        ("  lr = 1e-4\n", "lr=0.0001"),
        ("lr=1e-5", "lr=1e-05"),
        ("lr=1e22", "lr=1e+22"),
        ("lr=1/8 Constant()", "lr=0.125"),
        ("lr=0.1 per iteration", "lr=0.1 per iteration"),
        ("lr=0.1 per epoch", "lr=0.1"),
        ("lr=0.05 StepLR(30)", STEP),
        ("lr=0.05 StepLR(30, 0.1)", STEP),
        ("lr=0.05 StepLR(gamma=0.1, step_size=30.0)", STEP),
        ("lr=0.05 StepLR(step_size=6 * 5, gamma=1 / 10)", STEP),
        ("lr=0.05\nStepLR(\n  step_size=30,\n  gamma=0.1,  # a tenth\n)", STEP),
        ("lr=0.05 MultiStepLR([20, 10], gamma=.5)", "lr=0.05 MultiStepLR(milestones=[10, 20], gamma=0.5)"),
        ("lr=1 StepLR(2**3) per iteration", "lr=1 StepLR(step_size=8, gamma=0.1) per iteration"),
    ],
)
def test_what_people_type(text: str, canonical: str) -> None:
    assert parse_plan(text).text == canonical


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["not a plan", "lr=0.05 StepLR"]),
        ("StepLR(step_size=30)", ["StepLR(step_size=30)", "begins with the base lr"]),
        ("lr=", ["'lr='", "begins with the base lr"]),
        ("lr=0", ["base_lr=0", "above 0"]),
        ("lr=-0.1", ["base_lr=-0.1", "above 0"]),
        ("lr=nan", ["base lr must be a number", "'nan'"]),
        ("lr=inf", ["base lr must be a number", "'inf'"]),
        ("lr=1e400", ["base_lr=inf", "finite"]),
        ("lr=True", ["base lr must be a number", "True"]),
        ("lr='0.1'", ["base lr must be a number"]),
        ("lr=9**9**9**9", ["base lr must be a number", "9**9**9**9"]),
        ("lr=0.1 StepLR(9**9**9**9)", ["9 ** 9 ** 9", "too large"]),
        ("lr=0.1 StepLR(step_size=1/0)", ["1 / 0", "division by zero"]),
        ("lr=0.1 StepLR(step_size=(-1)**0.5)", ["no usable value"]),
        ("lr=0.1 StepLr(30)", ["'StepLr'", "Did you mean StepLR?", "CosineAnnealingLR"]),
        ("lr=0.1 StepLR()", ["StepLR needs step_size", "how long the rate stays"]),
        ("lr=0.1 StepLR(step_size=0)", ["step_size=0", "whole number with 1 <= step_size"]),
        ("lr=0.1 StepLR(step_size=2.5)", ["step_size=2.5", "whole number"]),
        ("lr=0.1 StepLR(step_size=True)", ["step_size must be a number", "True"]),
        ("lr=0.1 StepLR(step_size='30')", ["step_size must be a number", "'30'"]),
        ("lr=0.1 StepLR(30, gamma=-1)", ["gamma=-1", "above 0"]),
        ("lr=0.1 StepLR(30, gama=0.1)", ["no parameter 'gama'", "step_size, gamma"]),
        ("lr=0.1 StepLR(30, step_size=30)", ["step_size arrived twice"]),
        ("lr=0.1 StepLR(30, gamma=0.1, gamma=0.2)", ["gamma arrived twice"]),
        ("lr=0.1 StepLR(1, 2, 3)", ["at most 2 parameters", "step_size, gamma"]),
        ("lr=0.1 StepLR(**{'step_size': 30})", ["** is not read"]),
        ("lr=0.1 StepLR({[1]: 2})", ["cannot be a key"]),
        ("lr=0.1 StepLR(step_size=n)", ["'n' is not a plain value"]),
        ("lr=0.1 StepLR(step_size=StepLR(step_size=1))", ["whole number"]),
        ("lr=0.1 MultiStepLR([1, 'a'])", ["milestones[1]='a'"]),
        ("lr=0.1 MultiStepLR([-1])", ["milestones[0]=-1"]),
        ("lr=0.1 StepLR(30", ["StepLR(30", "line 1"]),
        ("lr=0.1 StepLR(30)\nimport os", ["line 2"]),
        ("lr=0.1 __import__('os').system('true')", ["not a schedule call"]),
        ("lr=0.1 (lambda: 1)()", ["not a schedule call"]),
        ("lr=0.1 StepLR(\0)", ["not a schedule call"]),
        ("lr=0.1 StepLR('\ud800')", ["cannot be read"]),
        ("lr=0.1 StepLR(30) per second", ["'per second'", "per iteration"]),
        ("lr=0.1 StepLR(30) per", ["not a schedule call"]),
        ("x" * 100_000, ["100,000 characters", "20,000"]),
        ("lr=0.1 StepLR(step_size='" + "a" * 3000 + "')", ["must be a number", "…"]),
        ("lr=0.1 " + "StepLR(" * 40 + ")" * 40, ["nested more than 12 deep"]),
        ("lr=0.1 " + "(" * 5000, ["not a schedule call"]),
        ("lr=0.1 StepLR(" + "-" * 5000 + "1)", ["nested too deeply"]),
        ("lr=0.1 StepLR(" + "1+" * 5000 + "1)", ["nested too deeply"]),
        ("lr=" + "9" * 5000, ["base lr must be a number"]),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, str) else "",
)
def test_bad_text_is_told_in_a_sentence(text: str, parts: list[str]) -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan(text)
    message = str(caught.value)
    assert len(message) < 800
    for part in parts:
        assert part in message


@examples(300)
@given(
    st.text()
    | st.text().map("lr=0.1 ".__add__)
    | st.text(alphabet="lr=StepLR(0123.e-+*/%[]{},:'\"_ )per\n#").map("lr=0.1 ".__add__)
)
def test_no_text_raises_anything_else(text: str) -> None:
    _reads_or_tells(text)


@examples(400)
@given(plan=plans(), data=st.data())
def test_no_mutation_of_a_good_text_raises_anything_else(plan: Plan, data: st.DataObject) -> None:
    text = plan.text
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(len(text), start + 5)))
    patch = data.draw(st.sampled_from(PATCHES))
    _reads_or_tells(text[:start] + patch + text[stop:])


def _reads_or_tells(text: str) -> None:
    try:
        plan = parse_plan(text)
    except LRLabError as error:
        message = str(error)
    else:
        assert parse_plan(plan.text) == plan
        return
    assert 10 < len(message) < 1000


@pytest.mark.parametrize(
    "value",
    [None, 5, b"lr=1", [], {}, {"base_lr": 0.1, "schedule": {}}, {"base_lr": 0.1, "schedule": "x"}, {1: 2}],
)
def test_what_is_not_text_is_refused(value: object) -> None:
    with pytest.raises(PlanError):
        Plan.model_validate(value)
    with pytest.raises(PlanError, match="read from text"):
        parse_plan(value)
