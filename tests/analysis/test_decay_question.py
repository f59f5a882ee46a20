"""StepLR or adjust_learning_rate: the numbers that correct "linear decay", and the two snippets."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from lrcore import plan_from_code
from lrcore.analysis import half_life
from lrcore.analysis.decay_question import Question, answer, inverse_code, step_code


def test_the_tangent_reaches_zero_where_the_curve_is_at_one_half() -> None:
    question = Question()
    numbers = answer(question)
    assert question.tangent(1 / question.lr_decay) == 0
    assert (numbers.tangent_at_half_life, numbers.at_half_life) == (0, 0.5)
    assert float(question.inverse_plan.lr(20_000)) == question.base_lr / 2
    assert half_life(question.inverse_plan, question.steps) == 20_000


def test_halvings_double() -> None:
    question = Question()
    first, second, third = answer(question).halvings
    rates = question.inverse_plan.lr(np.cumsum([first, second, third]).astype(np.int64)) / question.base_lr
    assert rates == pytest.approx([1 / 2, 1 / 4, 1 / 8])


def test_one_over_lr_is_the_straight_line_and_lr_is_below_it() -> None:
    question = Question()
    steps = np.arange(0, question.steps, 1000)
    numbers = answer(question)
    assert 1 / question.inverse_plan.lr(steps) == pytest.approx(
        numbers.inverse_start + numbers.inverse_slope * steps
    )
    assert (question.inverse_plan.lr(steps) <= question.line_plan.lr(steps) * (1 + 1e-12)).all()


def test_the_budgets_are_those_of_the_reference() -> None:
    numbers = answer(Question(gamma=0.4807))
    assert numbers.inverse_budget == pytest.approx(4.394, abs=1e-3)
    assert numbers.line_budget == pytest.approx(8.889, abs=1e-3)
    assert numbers.step_budget == pytest.approx(7.292, abs=2e-3)
    assert math.isclose(numbers.line_budget / numbers.inverse_budget, 2.02, abs_tol=0.01)
    assert numbers.drops == 3


def test_both_snippets_run_and_are_read_back() -> None:
    question = Question(base_lr=0.1, step_size=5, gamma=0.5, lr_decay=0.1, steps=12)
    both = ""  # one after the other in one process, since torch takes seconds to import
    for code, plan in (
        (step_code(question), question.step_plan),
        (inverse_code(question), question.inverse_plan),
    ):
        both += code + (
            "\nassert abs(optimizer.param_groups[0]['lr'] -"
            f" {float(plan.lr(12 if 'scheduler' in code else 11))!r}) < 1e-12\ndel optimizer\n"
        )
        assert plan_from_code(code).lr(np.arange(12)) == pytest.approx(plan.lr(np.arange(12)))
    subprocess.run([sys.executable, "-c", both], check=True, capture_output=True, timeout=120)
