"""All numbers of one plan together: the table of the reference."""

from __future__ import annotations

import pytest

from lrcore import parse_plan
from lrcore.analysis import final_lr, lr_at, readout
from lrcore.errors import PlanError


@pytest.mark.parametrize(
    ("text", "middle", "total", "mean", "half", "squares"),
    [
        ("InverseTimeDecay(lr_decay=5e-5)", 2.00e-5, 4.394, 0.275, 25.0, 1.78e-4),
        (f"ExponentialLR(gamma={9 ** (-1 / 160_000)!r})", 3.33e-5, 6.473, 0.405, 26.8, 3.60e-4),
        ("StepLR(step_size=40_000, gamma=0.4807498567691361)", 2.31e-5, 7.292, 0.456, 22.8, 5.19e-4),
        (f"CosineAnnealingLR(T_max=160_000, eta_min={1e-4 / 9!r})", 5.56e-5, 8.889, 0.556, 29.6, 6.52e-4),
        (
            f"LinearLR(start_factor=1, end_factor={1 / 9!r}, total_iters=160_000)",
            5.56e-5,
            8.889,
            0.556,
            32.5,
            5.99e-4,
        ),
        ("LinearLR(start_factor=1, end_factor=0, total_iters=160_000)", 5.00e-5, 8.000, 0.500, 29.3, 5.33e-4),
        ("", 1e-4, 16.0, 1.0, 50.0, 1.6e-3),
    ],
)
def test_the_table_of_the_reference(
    text: str, middle: float, total: float, mean: float, half: float, squares: float
) -> None:
    """semantics.md, section 1: seven curves from 1e-4 over 160,000 iterations."""
    found = readout(parse_plan(f"lr=1e-4 {text} per iteration"), 160_000)
    plan = parse_plan(f"lr=1e-4 {text} per iteration")
    assert lr_at(plan, 80_000) == pytest.approx(middle, abs=5.01e-8)
    assert round(found.total, 3) == total
    assert found.mean / 1e-4 == pytest.approx(mean, abs=5.01e-4)
    assert round(100 * found.half_spent_share, 1) == half
    assert found.squares == pytest.approx(squares, rel=5e-3)


def test_refusals_are_sentences() -> None:
    plan = parse_plan("lr=0.1 StepLR(step_size=30)")
    for call in (final_lr, readout):
        with pytest.raises(PlanError, match="at least 1 step"):
            call(plan, 0)
        with pytest.raises(PlanError, match="metric"):
            call(parse_plan("lr=0.1 ReduceLROnPlateau()"), 100)
