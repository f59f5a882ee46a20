"""Cycles that grow lie where sixty digits put them, however many there are."""

from __future__ import annotations

import decimal
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lrcore import parse_plan
from lrcore.schedules.shapes.ramps import cycle_place, cycle_starts
from tests.profiles import examples

DIGITS = decimal.Context(prec=60)
HARDLY = float(np.nextafter(1.0, 2.0))  # the smallest growth that there is


def exactly(t: int, length: float, mul: float) -> tuple[int, float]:
    """Index and share, from the sum of the geometric series."""
    with decimal.localcontext(DIGITS):
        grow, first = Decimal(mul), Decimal(length)
        index = int((1 + Decimal(t) * (grow - 1) / first).ln() / grow.ln() + Decimal("1e-40"))
        start = first * (grow**index - 1) / (grow - 1)
        return index, float((Decimal(t) - start) / (first * grow**index))


@examples(200)
@given(
    t=st.integers(0, 10**9),
    length=st.floats(1e-6, 1e6),
    mul=st.floats(HARDLY, 1000.0) | st.floats(1e-15, 1e-3).map(lambda small: 1.0 + small),
)
@example(t=160_000, length=0.0156, mul=HARDLY)  # ten million cycles
@example(t=10**9, length=1e-6, mul=HARDLY)
def test_a_step_has_its_place(t: int, length: float, mul: float) -> None:
    index, share = exactly(t, length, mul)
    found_index, found_share = cycle_place(np.array([float(t)]), length, mul)
    assert ((found_share >= 0) & (found_share <= 1)).all()
    # in lengths of this cycle; a start counts as early by 1e-12 of its place
    behind = t / (length * mul**index)
    apart = (found_index[0] + found_share[0]) - (index + share)
    assert apart == pytest.approx(0, abs=1e-14 + 1.1e-12 * behind)


@pytest.mark.parametrize("mul", [2.0, 3.0, 10.0, 1.5, 2.5])
def test_a_cycle_begins_on_its_first_step_and_not_before(mul: float) -> None:
    starts = [0.0]
    while starts[-1] < 1e9:
        starts.append(starts[-1] + 8 * mul ** (len(starts) - 1))
    first = np.ceil(np.array(starts))
    index, _ = cycle_place(first, 8.0, mul)
    np.testing.assert_array_equal(index, np.arange(len(starts)))
    index, _ = cycle_place(first[1:] - 1, 8.0, mul)
    np.testing.assert_array_equal(index, np.arange(len(starts) - 1))
    assert list(cycle_starts(8.0, mul, 10**9, None)) == first[1:-1].tolist()


def test_every_cycle_has_a_start_however_many_there_are() -> None:
    """Cycles that hardly grow."""
    starts = cycle_starts(10.0, 1.0000001, 10**6, None)
    assert len(starts) > 90_000
    index, _ = cycle_place(np.array([starts[-1] - 1.0, starts[-1]]), 10.0, 1.0000001)
    assert index.tolist() == [len(starts) - 1, len(starts)]


def test_many_cycles_at_once_are_the_same_as_one_by_one() -> None:
    plan = parse_plan("lr=1 CosineCycles(T=0.5, cycle_mul=1.00001, cycle_limit=None)")
    steps = np.arange(0, 10**6, 9973)
    assert plan.lr(steps).tolist() == [float(plan.lr(int(step))) for step in steps]


@pytest.mark.parametrize("length", [5e-324, 1e-300])
@pytest.mark.parametrize("mul", [1.0, HARDLY, 2.0, 1000.0])
def test_cycles_next_to_nothing_have_a_rate(length: float, mul: float) -> None:
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        rates = parse_plan(f"lr=1 CosineCycles(T={length}, cycle_limit=None, cycle_mul={mul})").lr(
            [0, 1, 10**9]
        )
    assert np.isfinite(rates).all()
