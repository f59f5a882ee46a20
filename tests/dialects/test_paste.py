"""A whole paste: plans as text, code, or several pieces of code, and the base lr that code may lack."""

from __future__ import annotations

import pytest

from lrcore import PlanError
from lrcore.dialects.paste import missing_values, plans_from_paste

STEP_CALL = "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.1)\n"
BY_HAND = """def adjust_learning_rate(optimizer, iteration_count):
    lr = 1e-4 / (1.0 + 5e-5 * iteration_count)
    for param_group in optimizer.param_groups:
        param_group["lr"] = lr
"""


@pytest.mark.parametrize(
    ("text", "base_lr", "plans"),
    [
        (
            "lr=0.1\n# a comment\nlr=0.2 StepLR(step_size=3, gamma=0.5)",
            None,
            ["lr=0.1", "lr=0.2 StepLR(step_size=3, gamma=0.5)"],
        ),
        (STEP_CALL, 0.1, ["lr=0.1 StepLR(step_size=30, gamma=0.1)"]),
        (BY_HAND, None, ["lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration"]),
        (
            STEP_CALL + BY_HAND,
            0.1,
            [
                "lr=0.1 StepLR(step_size=30, gamma=0.1)",
                "lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration",
            ],
        ),
        (
            STEP_CALL.removeprefix("scheduler = ") + BY_HAND + "adjust_learning_rate(optimizer, 7)\n",
            0.1,
            [
                "lr=0.1 StepLR(step_size=30, gamma=0.1)",
                "lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration",
            ],
        ),
    ],
)
def test_pastes(text: str, base_lr: float | None, plans: list[str]) -> None:
    assert [plan.text for plan in plans_from_paste(text, base_lr)] == plans
    assert ("base_lr" in missing_values(text)) is (base_lr is not None)


@pytest.mark.parametrize(
    "text", ["", "   ", "hello", "(" * 9000, "lr=1\nlr=x", "import os; os.system('x')", "\x00", "a" * 200_000]
)
def test_a_paste_that_says_nothing_is_answered(text: str) -> None:
    with pytest.raises(PlanError) as refusal:
        plans_from_paste(text)
    assert 20 < len(str(refusal.value)) < 500
    assert "base_lr" not in missing_values(text)


@pytest.mark.parametrize("decay", [-5, -2, -0.01])
def test_a_rule_that_goes_below_0_is_no_decay_that_ends_there(decay: float) -> None:
    """0.1 / (1 - 5 t) is -0.025 at once; a polynomial decay over one step would be 0 there."""
    (plan,) = plans_from_paste(BY_HAND.replace("1e-4", "0.1").replace("5e-5", str(decay)))
    assert plan.schedule.kind == "Formula"
    with pytest.raises(PlanError, match="-"):
        plan.lr([0, 1, 101])


def test_a_line_that_is_written_without_its_end_is_one_that_ends() -> None:
    rule = BY_HAND.replace("1e-4 / (1.0 + 5e-5 * iteration_count)", "0.1 * (1 - iteration_count / 50)")
    assert plans_from_paste(rule)[0].text == "lr=0.1 PolynomialLR(total_iters=50, power=1) per iteration"
