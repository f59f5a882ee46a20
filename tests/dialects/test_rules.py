"""Rules that are written by hand: the schedule that has their curve, or a formula."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import plan_from_code
from tests.dialects.cases_rules import CASES


@pytest.mark.parametrize(("code", "text"), CASES)
def test_a_rule_becomes_its_plan(code: str, text: str) -> None:
    assert plan_from_code(code).text == text


def test_nanogpt_rule_is_a_formula() -> None:
    code = """
learning_rate = 6e-4
min_lr = 6e-5
warmup_iters = 10
lr_decay_iters = 100
def get_lr(it):
    if it < warmup_iters:
        return learning_rate * (it + 1) / (warmup_iters + 1)
    if it > lr_decay_iters:
        return min_lr
    ratio = (it - warmup_iters) / (lr_decay_iters - warmup_iters)
    coeff = 0.5 * (1.0 + math.cos(math.pi * ratio))
    return min_lr + coeff * (learning_rate - min_lr)
"""
    names: dict[str, object] = {}
    exec("import math\n" + code, names)
    want = [names["get_lr"](t) for t in range(150)]
    np.testing.assert_allclose(plan_from_code(code).lr(np.arange(150)), want, rtol=1e-12)
