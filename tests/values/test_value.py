"""What a value says about what it cannot take: whole sentences of our own, not pydantic's."""

from __future__ import annotations

from typing import Any

import pytest

from lrcore import LRLabError
from lrcore.values.parameter import param
from lrcore.values.value import Value


class Sample(Value):
    """A value with a field of every sort."""

    noun = "A sample"
    flag: bool = param(False, help="a flag")
    text: str = param("x", help="a text", min_length=1, max_length=3)
    whole: tuple[int, ...] = param((1,), help="whole numbers", min_length=1, max_length=2)
    rates: tuple[float, ...] = param((0.1,), help="rates")
    names: dict[str, float] = param({}, help="names")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("flag", None, "flag must be a valid boolean"),
        ("flag", "x", "flag must be a valid boolean"),
        ("text", 1, "text must be a valid string"),
        ("text", "", "text must have at least 1 character"),
        ("text", "long", "text must have at most 3 characters"),
        ("whole", None, "whole must be a valid list"),
        ("whole", [], "whole must have at least 1 item"),
        ("whole", [1, 2, 3], "whole must have at most 2 items"),
        ("whole", [1.5], "whole[0] must be a valid integer"),
        ("whole", ["x"], "whole[0] must be a valid integer"),
        ("whole", [1e30], "whole[0] must be a smaller integer"),
        ("rates", [float("nan")], "rates[0] must be a finite number"),
        ("rates", [0.1, "x"], "rates[1] must be a valid number"),
        ("names", 1, "names must be a valid dictionary"),
    ],
)
def test_a_refused_field_is_one_sentence(field: str, value: Any, reason: str) -> None:
    with pytest.raises(LRLabError) as refused:
        Sample.model_validate({field: value})
    sentence = str(refused.value)
    assert sentence.startswith(f"A sample: {field}")
    assert sentence.endswith(f" is not allowed; {reason}.")


def test_a_whole_that_is_no_value_is_told_what_it_must_be() -> None:
    with pytest.raises(LRLabError, match=r"must be a valid dictionary or instance of Sample \(got 1\)"):
        Sample.model_validate(1)
