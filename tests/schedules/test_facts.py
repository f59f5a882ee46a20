"""What a schedule says of itself is what its curve does."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from lrcore import Plan, parse_plan
from lrcore.schedules import FEEDBACK, SCHEDULES, Schedule
from lrcore.schedules.schedule import TURNS_MAX
from lrcore.schedules.shapes.tails import (
    Bounded,
    Cycles,
    Fades,
    Geometric,
    Grows,
    Power,
    Product,
    Rests,
    Returns,
    Stays,
    Tail,
    Unknown,
)
from lrcore.values.parameter import parameters
from tests.schedules.samples import SAMPLES

MORE = [
    "lr=0.1 StepLR(step_size=7, gamma=1)",
    "lr=0.1 StepLR(step_size=7, gamma=1.5)",
    "lr=0.1 MultiStepLR(milestones=[5, 20], gamma=2)",
    "lr=0.1 InverseTimeDecay(lr_decay=0)",
    "lr=0.1 InverseTimeDecay(lr_decay=0.29, staircase=True)",
    "lr=0.1 InverseTimeDecay(lr_decay=0.01, staircase=True, decay_steps=1.15)",
    "lr=0.1 InverseTimeDecay(lr_decay=2.5, staircase=True)",
    "lr=0.1 ExponentialDecay(decay_steps=5, decay_rate=1, end_lr=0.05)",
    "lr=0.1 ExponentialDecay(decay_steps=5, decay_rate=0.5, end_lr=0.01, begin=7)",
    "lr=0.1 ExponentialDecay(decay_steps=5, decay_rate=0.5, end_lr=0.3)",
    "lr=0.1 ExponentialDecay(decay_steps=2.3, decay_rate=0.5, end_lr=0.01, staircase=True)",
    "lr=0.1 ExponentialDecay(decay_steps=5, decay_rate=2, end_lr=0.5)",
    "lr=0.1 ExponentialDecay(decay_steps=5, decay_rate=2, end_lr=0)",
    "lr=0.1 ExponentialDecay(decay_steps=2.3, decay_rate=0.9, staircase=True)",
    "lr=0.1 PolynomialDecay(decay_steps=12.5)",
    "lr=0.1 PolynomialDecay(decay_steps=12, cycle=True)",
    "lr=0.1 PolynomialDecay(decay_steps=12, power=0)",
    "lr=0.1 PolynomialDecay(decay_steps=12, power=0, end_lr=0.5)",
    "lr=0.1 PolynomialDecay(decay_steps=99_999, cycle=True, end_lr=0.5)",
    "lr=0.1 PolynomialLR(total_iters=12, power=0)",
    "lr=0.1 PowerLaw(power=0)",
    "lr=0.1 CosineAnnealingLR(T_max=12.5, eta_min=0.2)",
    "lr=0.1 CosineAnnealingWarmRestarts(T_0=7)",
    "lr=0.1 CosineCycles(T=2.5, cycle_decay=0.5, cycle_limit=None)",
    "lr=0.1 CosineCycles(T=7, cycle_decay=0.5, cycle_limit=None, eta_min=0.01)",
    "lr=0.1 CosineCycles(T=5, cycle_mul=1.5, cycle_limit=4, cycle_decay=0.5, min_ratio=0.1)",
    "lr=0.1 CyclicLR(max_lr=0.5, step_size_up=7)",
    "lr=0.1 CyclicLR(base_lr=0, max_lr=0.5, step_size_up=7, mode='exp_range', gamma=0.9)",
    "lr=0.1 CyclicLR(base_lr=0, max_lr=0.5, step_size_up=1, step_size_down=0)",
    "lr=0.1 OneCycleLR(max_lr=0.5, total_steps=40, pct_start=1)",
    "lr=0.1 OneCycleLR(max_lr=0.5, total_steps=40, pct_start=0.7, three_phase=True)",
    "lr=0.1 SWALR(swa_lr=0, anneal_epochs=0)",
    (
        "lr=0.1 WarmupStableDecay(total_steps=99, warmup_steps=9, decay_steps=9, stable_shape='power',"
        " stable_power=0.05, min_ratio=0.1)"  # its plateau would meet min_ratio after 10**20 lengths
    ),
    "lr=0.1 Piecewise([[3, 0.5], [9, 0]])",
    "lr=0.1 ChainedScheduler([CosineAnnealingLR(T_max=10, eta_min=0.01)])",
    "lr=0.1 ChainedScheduler([LinearLR(start_factor=0.1, total_iters=9), StepLR(step_size=5)])",
]
PLANS = [parse_plan(text) for text in [*SAMPLES, *MORE]]
plans = pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.text[:70])
N = 400


def rates(schedule: Schedule, base_lr: float, start: float = 0, count: int = N) -> np.ndarray:
    return schedule.lr(np.arange(math.ceil(start), math.ceil(start) + count), base_lr)


@plans
def test_the_tail_is_what_the_rate_does(plan: Plan) -> None:
    tail = plan.schedule.tail(plan.base_lr)
    assert isinstance(tail, Unknown) is (plan.schedule.by_hand or not plan.schedule.pointwise())
    check(tail, plan.schedule, plan.base_lr)


def leaves(schedule: Schedule) -> list[Schedule]:
    return [leaf for part in schedule.parts() for leaf in leaves(part)] or [schedule]


def check(tail: Tail, schedule: Schedule, base_lr: float) -> None:
    far = rates(schedule, base_lr, 5000)
    match tail:
        case Stays(rate=rate, start=start) | Rests(rate=rate, start=start):
            assert rates(schedule, base_lr, start) == pytest.approx(rate, rel=1e-12, abs=1e-15)
        case Bounded(rate=rate):
            assert far.min() >= rate * (1 - 1e-12) > 0
        case Geometric(rate=rate, factor=factor, every=every):
            assert 0 < factor < 1
            assert rate == base_lr
            early = rates(schedule, base_lr, 50, 50 * math.ceil(every))
            whole = math.ceil(every) if float(every).is_integer() else 23  # 2.3 * 10
            assert early[whole] == pytest.approx(early[0] * factor ** (whole / every), rel=1e-9)
        case Power(exponent=exponent, of=of):
            step = 12 if of == "k" else 1
            near, late = (schedule.lr(k * step + step // 2, base_lr) for k in (10**8, 10**9))
            assert np.log10(near / late) == pytest.approx(exponent, abs=0.02)
        case Grows():
            assert far[-1] > far[0] > base_lr
        case Returns():
            late = rates(schedule, base_lr, 100_000, 100_000)
            assert late.max() > 1e-3 * rates(schedule, base_lr).max() > 0
        case Fades():
            assert far.max() < 1e-6 * rates(schedule, base_lr).max()
        case Cycles(longer=longer, higher=higher):
            first = rates(schedule, base_lr, count=9).max()
            assert 0 < higher < 1 <= longer
            assert far.max() < first
        case Product(factors=factors):
            assert rates(schedule, base_lr) == pytest.approx(
                base_lr * np.prod([rates(part, 1.0) for part in schedule.parts()], axis=0), rel=1e-12
            )
            for factor, part in zip(factors, schedule.parts(), strict=True):
                check(factor, part, 1.0)
        case Unknown():
            assert tail.kind in SCHEDULES


@plans
def test_a_flat_curve_jumps_exactly_at_its_knots(plan: Plan) -> None:
    if plan.schedule.flat:
        curve = plan.schedule.lr(np.arange(N), plan.base_lr)
        jumps = np.flatnonzero(np.diff(curve)) + 1
        assert set(jumps.tolist()) <= {step for steps in plan.schedule.knots(N) for step in steps}


@pytest.mark.parametrize("length", [0.3, 1, 2.5, 3.3, 12])
def test_a_tooth_begins_one_step_after_the_end_of_the_one_before(length: float) -> None:
    schedule = parse_plan(f"lr=1 PolynomialDecay(decay_steps={length}, cycle=True)").schedule
    curve = rates(schedule, 1.0)
    rises = set((np.flatnonzero(np.diff(curve) > 0) + 1).tolist())
    assert rises <= {step for steps in schedule.knots(N) for step in steps}


@plans
def test_the_rate_turns_only_at_turning_points(plan: Plan) -> None:
    found = plan.schedule.turning_points(N)
    curve = plan.schedule.lr(np.arange(N), plan.base_lr)
    if plan.schedule.monotone:
        assert found is not None
        assert len(found) == 0
    if found is None:
        assert not plan.schedule.smooth or plan.schedule.repeats() or not plan.schedule.pointwise(N)
        return
    # a knot that was rounded the other way is allowed for: the steps next to it are looked at one by one
    edges = np.unique(np.concatenate([[0, N], found[(found > 0) & (found < N)]]).astype(int))
    assert len(edges) < TURNS_MAX
    if any(part.repeats() for part in leaves(plan.schedule)):  # of equal cycles the first two are given
        edges = edges[:-1]
    for first, last in pairwise(edges.tolist()):
        moves = np.diff(curve[first + 1 : last - 1])
        assert (moves >= -1e-12).all() or (moves <= 1e-12).all(), (first, last)


@plans
def test_a_cycle_is_a_still_part_and_a_shrinking_one(plan: Plan) -> None:
    """X + r^c Y: from cycle to cycle the change of a rate shrinks by r."""
    if (again := plan.schedule.repeats()) is None:
        return
    until = int(min(again.limit, 5 * again.period)) // again.period
    cycles = rates(plan.schedule, plan.base_lr, count=until * again.period).reshape(until, again.period)
    change = np.diff(cycles, axis=0)
    for earlier, later in pairwise(change):
        np.testing.assert_allclose(later, again.ratio * earlier, rtol=1e-6, atol=1e-12)
    if again.ratio == 1:
        np.testing.assert_allclose(change, 0, atol=1e-12)


@plans
def test_drops_are_counted(plan: Plan) -> None:
    curve = rates(plan.schedule, plan.base_lr, count=30)
    if (drops := plan.schedule.drops(30)) is not None:
        assert drops == int((np.diff(curve) < 0).sum())


@plans
def test_parts_are_all_the_schedules_it_holds(plan: Plan) -> None:
    held: list[Schedule] = []
    for name in type(plan.schedule).model_fields:
        value = getattr(plan.schedule, name)
        items = value if isinstance(value, tuple) else (value,)
        held += [item for item in items if isinstance(item, Schedule)]
    assert plan.schedule.parts() == tuple(held)
    assert plan.schedule.with_parts(plan.schedule.parts()) == plan.schedule
    if held:
        other = tuple(parse_plan("lr=1 ExponentialLR(gamma=0.5)").schedule for _ in held)
        assert plan.schedule.with_parts(other).parts() == other


@pytest.mark.parametrize("cls", [*SCHEDULES.values(), *FEEDBACK.values()], ids=lambda cls: cls.kind)
def test_roles_are_given_to_one_number_each(cls: type[Schedule]) -> None:
    declared = [item for item in parameters(cls).values() if item.role]
    assert all(item.type in (int, float) for item in declared)
    groups = ["length" if item.role == "tread" else item.role for item in declared]
    assert len(groups) == len(set(groups))
    given = cls.given_for(100, "")
    assert set(given) <= set(parameters(cls))
