"""torch: a composition is read as what torch does with it, whatever its constructors do to each other, or it
is refused."""

from __future__ import annotations

import random

import numpy as np
import pytest

from lrcore import PlanError, parse_plan
from lrcore.dialects import plan_from_code, plan_to_code
from tests.dialects import oracle

pytest.importorskip("torch")
HEAD = oracle.TORCH_HEAD.format(lr=0.3) + "from torch.optim.swa_utils import SWALR\n"
LEAVES = [
    "StepLR(optimizer, 3, 0.5)", "MultiStepLR(optimizer, [4, 9, 17], 0.5)", "ConstantLR(optimizer, 0.4, 7)",
    "LinearLR(optimizer, 0.1, total_iters=6)",
    "ExponentialLR(optimizer, 0.9)", "PolynomialLR(optimizer, 12, 2)", 
    "CosineAnnealingLR(optimizer, 9, 0.01)",
    "CosineAnnealingWarmRestarts(optimizer, 4, 2)", "CyclicLR(optimizer, 0.01, 0.1, 3, cycle_momentum=False)",
    "OneCycleLR(optimizer, 0.5, 60, cycle_momentum=False)", "LambdaLR(optimizer, lambda e: 1 / (1 + e))",
    "MultiplicativeLR(optimizer, lambda e: 0.95)",
    "CyclicLR(optimizer, 0.02, 0.2, 4, scale_fn=lambda x: 0.9 ** x, cycle_momentum=False)",
    "SWALR(optimizer, 0.02, 5)", "SWALR(optimizer, 0.1, 3, 'linear')",
]  # fmt: skip
REFUSED = [
    (
        "b = StepLR(optimizer, 3)\n"
        "SequentialLR(optimizer, [ExponentialLR(optimizer, 0.9), OneCycleLR(optimizer, 0.5, 20), b], [5, 9])",
        "OneCycleLR overwrites",
    ),
    ("ChainedScheduler([StepLR(optimizer, 3), CyclicLR(optimizer, 0.01, 0.1)])",
    "at step 0 torch has 0.3, .* 0.01. .*CyclicLR sets"),
    ("ChainedScheduler([StepLR(optimizer, 3), CyclicLR(optimizer, 0.01, 0.1, scale_fn=lambda x: 0.9 ** x)])",
    "has 0.3, .* CyclicLR sets"),
    ("s = StepLR(optimizer, 3)\nChainedScheduler([s, s])", "The same scheduler stands in it twice"),
    ("ChainedScheduler([SWALR(optimizer, 0.02), SWALR(optimizer, 0.1)])", "Every SWALR overwrites"),
    (
        "warm = ChainedScheduler([LinearLR(optimizer, 0.1, total_iters=5), ExponentialLR(optimizer, 0.9)])\n"
        "SequentialLR(optimizer, [warm, StepLR(optimizer, 3)], [10])",
        "at step 0 torch has 0.027, .* 0.03. torch steps the parts of an inner composition once more",
    ),
    (
        "SequentialLR(optimizer, [StepLR(optimizer, 3), "
        "ChainedScheduler([ExponentialLR(optimizer, 0.9)])], [40000])",
        "a ChainedScheduler as the first part of a SequentialLR only",
    ),
]  # fmt: skip


def _composition(pick: random.Random, depth: int, lines: list[str]) -> str:
    parts = [
        _composition(pick, depth - 1, lines) if depth and pick.random() < 0.4 else pick.choice(LEAVES)
        for _ in range(pick.randint(2, 3))
    ]
    if pick.random() < 0.5:  # by names, and the last one is built first
        names = [f"s{len(lines)}_{i}" for i in range(len(parts))]
        lines.extend(f"{name} = {part}" for name, part in reversed(list(zip(names, parts, strict=True))))
        parts = names
    if pick.random() < 0.4:
        return f"ChainedScheduler([{', '.join(parts)}])"
    return (
        f"SequentialLR(optimizer, [{', '.join(parts)}], {sorted(pick.sample(range(1, 25), len(parts) - 1))})"
    )


@pytest.mark.parametrize("seed", range(6))
def test_no_composition_is_read_with_other_numbers_than_torchs(seed: int) -> None:
    pick, read = random.Random(seed), 0
    refused: list[str] = []
    for _ in range(40):
        lines: list[str] = []
        made = _composition(pick, 1, lines)
        code = "\n".join([HEAD, *lines, f"scheduler = {made}"])
        try:
            plan = plan_from_code(code)
        except PlanError as error:
            refused.append(str(error))
            continue
        read += 1
        np.testing.assert_allclose(
            plan.lr(np.arange(50)), oracle.stepped(oracle.run(code), 50), rtol=1e-6, atol=1e-9, err_msg=code
        )
    assert read > 10
    assert all("disturb" in sentence or "NotImplementedError" in sentence for sentence in refused)


@pytest.mark.parametrize(("code", "message"), REFUSED)
def test_what_torch_does_otherwise_is_refused_in_a_sentence(code: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        plan_from_code(HEAD + code)


def test_a_difference_far_out_is_found() -> None:
    parts = (
        "CyclicLR(optimizer, 0.3, 0.4), StepLR(optimizer, 9000), OneCycleLR(optimizer, 0.5, 100000),"
        " ExponentialLR(optimizer, 0.9)"
    )
    with pytest.raises(PlanError, match=r"at step 300000 torch has 0\.02, where the parts alone give 0\.3"):
        plan_from_code(f"{HEAD}SequentialLR(optimizer, [{parts}], [100000, 200000, 300000])")


def test_without_the_optimizer_it_is_a_plan_of_its_own_that_can_be_exported() -> None:
    text = (
        "lr=0.3 SequentialLR([OneCycleLR(max_lr=0.15, total_steps=8), StepLR(step_size=3, gamma=0.5)],"
        " milestones=[8])"
    )
    plan = parse_plan(text)
    assert plan.lr([8]) == pytest.approx(0.3)
    np.testing.assert_allclose(
        oracle.stepped(oracle.run(plan_to_code(plan, "torch"))), plan.lr(np.arange(oracle.N)), rtol=1e-9
    )
    assert (
        plan_from_code(
            "opt = SGD(w, lr=0.3)\nSequentialLR([OneCycleLR(0.15, 8), StepLR(3, 0.5)], [8])"
        ).schedule
        == plan.schedule
    )


def test_without_the_optimizers_lr_only_what_does_not_depend_on_it_is_read() -> None:
    code = "SequentialLR(opt, [LinearLR(opt, 0.1), OneCycleLR(opt, 0.5, 40)], [5])"
    assert plan_from_code(code).base_lr == pytest.approx(0.02)
    with pytest.raises(PlanError, match="not pasted") as error:
        plan_from_code("SequentialLR(opt, [StepLR(opt, 3), CyclicLR(opt, 0.01, 0.1)], [5])")
    assert error.value.missing == ("base_lr",)
