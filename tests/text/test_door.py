"""The parser's door: what comes through can be walked, counted with and written out, and nothing is said in
our log about a stranger's text."""

from __future__ import annotations

import ast
import warnings

import pytest

from lrcore import PlanError, parse_plan, plan_from_code
from lrcore.dialects.paste import plans_from_paste
from lrcore.links import from_params, read_word
from lrcore.text.literals import literal
from lrcore.text.parser import DEPTH_MAX, parse, parse_expression, unparse
from lrcore.values.value import short
from ui.session.workbench import opening

DEEP = {
    "signs": lambda n: "-" * n + "1",
    "sums": lambda n: "1" + "+1" * n,
    "products": lambda n: "1" + "*1" * n,
    "powers": lambda n: "1" + "**1" * n,
    "brackets": lambda n: "[" * min(n, 150) + "1" + "]" * min(n, 150),
    "calls": lambda n: "f(" * min(n, 150) + "1" + ")" * min(n, 150),
    "choices": lambda n: "1 if 1 else " * n + "1",
    "attributes": lambda n: "a" + ".a" * n,
    "lambdas": lambda n: "lambda: " * n + "1",
}
LONG = {"decimal": "9" * 400, "longer decimal": "9" * 4299, "hexadecimal": "0x" + "f" * 5000}


@pytest.mark.parametrize("make", DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("depth", [DEPTH_MAX + 5, 300, 450, 1000, 2500, 4900])
def test_deep_trees_end_in_a_sentence(make: object, depth: int) -> None:
    text = make(depth)
    with pytest.raises((RecursionError, MemoryError, SyntaxError)):
        parse_expression(text)
    for word in (f"lr={text}", f"lr=0.1 StepLR(step_size=3, gamma={text})"):
        _, problems = from_params({"plan": [word]}, opening().experiment)
        assert problems
    with pytest.raises(PlanError):
        read_word("data", f"moons(noise={text})")
    for code in (f"lr = epoch * {text}", f"optimizer = SGD(w, lr={text})\nStepLR(optimizer, 3)"):
        with pytest.raises(PlanError):
            plans_from_paste(code)


@pytest.mark.parametrize("number", LONG.values(), ids=LONG)
def test_numbers_beyond_a_float_end_in_a_sentence(number: str) -> None:
    with pytest.raises((ValueError, SyntaxError)):
        parse_expression(number)
    for read in (
        lambda: parse_plan(f"lr={number}"),
        lambda: parse_plan(f"lr=0.1 StepLR(step_size={number})"),
        lambda: parse_plan(f"lr=0.1 Formula('lr * a', parameters={{'a': {number}}})"),
        lambda: parse_plan(f"lr=0.1 Formula('lr * {number[:1900]}')"),
        lambda: read_word("data", f"moons(noise={number})"),
        lambda: plans_from_paste(f"lr = 0.1 * {number} * epoch"),
        lambda: plan_from_code(f"optimizer = SGD(p, lr={number})\nStepLR(optimizer, 3)"),
    ):
        with pytest.raises(PlanError):
            read()


def test_what_is_just_allowed_can_be_walked_counted_and_written() -> None:
    tree = parse_expression("-" * (DEPTH_MAX - 1) + "1")
    assert abs(literal(tree)) == 1
    assert unparse(tree)
    assert float(literal(parse_expression(str(2**1023 - 1)))) > 1e307


def test_what_cannot_be_written_out_is_told() -> None:
    tree = parse("x = f'{\"\x07\"}'")
    with pytest.raises(ValueError, match="backslash"):
        ast.unparse(tree)
    with pytest.raises(PlanError, match="too deeply"):
        unparse(tree)


def test_a_value_of_any_size_is_shown_in_a_few_characters() -> None:
    assert len(short(10**5000)) <= 60
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    assert len(short(deep)) <= 60


@pytest.mark.parametrize("text", ["lr = 0.1or 2", "x = '\\d'", "(1)()"])
def test_nothing_is_said_about_a_strangers_text(text: str) -> None:
    for _ in range(2):  # whoever has set other filters meanwhile
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parse(text)


def test_filters_do_not_pile_up() -> None:
    parse("x = 1")
    before = len(warnings.filters)
    for _ in range(20):
        parse("x = 1")
    assert len(warnings.filters) == before
