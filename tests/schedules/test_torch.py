"""Every class that torch has, against torch itself, over parameters that Hypothesis chooses.

The tolerance is 1e-12 of the peak. Where torch multiplies the running rate by a ratio at each step, its own
rounding grows with the number of steps, and past the bottom of a cosine a rate near eta_min is multiplied by
large ratios: there it is 1e-10.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lrcore.errors import PlanError
from lrcore.schedules import Schedule
from lrcore.schedules.chained import ChainedScheduler
from lrcore.schedules.constant import ConstantLR
from lrcore.schedules.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from lrcore.schedules.cyclic import CyclicLR
from lrcore.schedules.exponential import ExponentialLR
from lrcore.schedules.lambda_lr import LambdaLR, MultiplicativeLR
from lrcore.schedules.linear import LinearLR
from lrcore.schedules.one_cycle import OneCycleLR
from lrcore.schedules.polynomial import PolynomialLR
from lrcore.schedules.sequential import SequentialLR
from lrcore.schedules.step import MultiStepLR, StepLR
from lrcore.schedules.swa import SWALR
from tests.profiles import examples
from tests.schedules.torch_loop import assert_like_torch, stepped, torch_twin

STEPS = 50
RECURSIVE = 1e-10
few = examples(40)
base = st.floats(1e-4, 2.0)
count = st.integers(1, 30)
factor = st.floats(0.05, 1.0)
low = st.sampled_from([0.0, 1e-4, 0.01, 0.3])

scaling: st.SearchStrategy[Schedule] = st.one_of(
    st.builds(StepLR, step_size=count, gamma=st.floats(0.1, 1.5)),
    st.builds(MultiStepLR, milestones=st.lists(st.integers(0, 40), max_size=5), gamma=st.floats(0.1, 1.5)),
    st.builds(ConstantLR, factor=factor, total_iters=count),
    st.builds(LinearLR, start_factor=factor, end_factor=st.floats(0.05, 1.0), total_iters=count),
    st.builds(ExponentialLR, gamma=st.floats(0.7, 1.1)),
    st.builds(PolynomialLR, total_iters=count, power=st.floats(0.0, 3.0)),
    st.builds(
        MultiplicativeLR,
        lr_lambda=st.sampled_from(["0.95", "1 / (1 + 0.01 * epoch)", "0.9 if epoch % 7 == 0 else 1.0"]),
    ),
)
pulling: st.SearchStrategy[Schedule] = st.one_of(
    st.builds(CosineAnnealingLR, T_max=count, eta_min=low),
    st.builds(
        SWALR,
        swa_lr=st.floats(0.0, 1.0),
        anneal_epochs=st.integers(0, 30),
        anneal_strategy=st.sampled_from(["cos", "linear"]),
    ),
)
setting: st.SearchStrategy[Schedule] = st.one_of(
    st.builds(
        LambdaLR,
        lr_lambda=st.sampled_from(["0.95 ** epoch", "1 / (1 + 0.1 * epoch)", "min(1.0, (epoch + 1) / 5)"]),
    ),
    st.builds(CosineAnnealingWarmRestarts, T_0=st.integers(1, 20), T_mult=st.integers(1, 4), eta_min=low),
)


@given(base_lr=base, schedule=st.one_of(scaling, pulling, setting))
@few
@example(base_lr=0.05, schedule=CosineAnnealingLR(T_max=1, eta_min=0.3))
@example(base_lr=1.0, schedule=CosineAnnealingLR(T_max=7.5, eta_min=0.01))
@example(base_lr=1.0, schedule=LinearLR(start_factor=1.0, end_factor=0.0, total_iters=9))
@example(base_lr=1.0, schedule=SWALR(swa_lr=0.05, anneal_epochs=0))
def test_rates_equal_torch(schedule: Schedule, base_lr: float) -> None:
    assert_like_torch(
        schedule, base_lr, STEPS, RECURSIVE if isinstance(schedule, (CosineAnnealingLR, SWALR)) else 1e-12
    )


@pytest.mark.parametrize(
    ("T_0", "T_mult", "steps"), [(10, 3, 1300), (2, 10, 2300), (1, 2, 1100), (3, 5, 2000), (7, 1, 100)]
)
def test_warm_restarts_find_every_cycle(T_0: int, T_mult: int, steps: int) -> None:
    assert_like_torch(CosineAnnealingWarmRestarts(T_0=T_0, T_mult=T_mult, eta_min=0.001), 0.1, steps)


@given(
    base_lr=base,
    schedule=st.builds(
        CyclicLR,
        base_lr=st.none() | st.floats(0.0, 1.0),
        max_lr=st.floats(0.0, 2.0),
        step_size_up=count,
        step_size_down=st.none() | st.integers(0, 20),
        mode=st.sampled_from(["triangular", "triangular2", "exp_range"]),
        gamma=st.floats(0.8, 1.0),
        cycle_momentum=st.booleans(),
        base_momentum=st.floats(0.1, 0.8),
        max_momentum=st.floats(0.1, 0.99),
    ),
)
@few
def test_cyclic_equals_torch(schedule: CyclicLR, base_lr: float) -> None:
    assume(schedule.step_size_down != 0 or schedule.step_size_up > 1)
    assert_like_torch(schedule, base_lr, 2 * STEPS)


one_cycle = {
    "max_lr": st.floats(1e-3, 2.0),
    "total_steps": st.integers(2, 80),
    "pct_start": st.floats(0.0, 1.0),
    "anneal_strategy": st.sampled_from(["cos", "linear"]),
    "cycle_momentum": st.booleans(),
    "div_factor": st.floats(1.0, 50.0),
    "final_div_factor": st.floats(1.0, 1e4),
    "three_phase": st.booleans(),
}


@given(values=st.fixed_dictionaries(one_cycle))
@few
@example(values={"max_lr": 1.0, "total_steps": 10, "pct_start": 0.0})
@example(values={"max_lr": 1.0, "total_steps": 10, "pct_start": 1.0})
@example(values={"max_lr": 1.0, "total_steps": 10, "pct_start": 0.3, "three_phase": True})
def test_one_cycle_equals_torch_to_its_end_and_holds(values: dict[str, object]) -> None:
    assume(abs(float(values["pct_start"]) * int(values["total_steps"]) - 1) > 1e-9)
    schedule = OneCycleLR(**values)
    assert_like_torch(schedule, 0.1, schedule.total_steps, RECURSIVE)
    last = schedule.lr(schedule.total_steps - 1, 0.1)
    np.testing.assert_array_equal(schedule.lr(schedule.total_steps + np.arange(5), 0.1), np.full(5, last))


def test_one_cycle_reads_epochs_times_steps_and_torchs_positions() -> None:
    assert OneCycleLR(max_lr=0.1, epochs=5, steps_per_epoch=8) == OneCycleLR(max_lr=0.1, total_steps=40)
    with pytest.raises(PlanError, match="no step to climb"):
        OneCycleLR(max_lr=0.1, total_steps=10, pct_start=0.1)
    with pytest.raises(PlanError, match="needs total_steps"):
        OneCycleLR(max_lr=0.1)


def one_swa(parts: list[Schedule]) -> bool:
    """torch keeps swa_lr in the parameter group, so that of two SWALR on one optimiser the last one built
    decides: an accident."""
    return sum(isinstance(part, SWALR) for part in parts) <= 1


sequences = (
    st.lists(st.one_of(scaling, pulling, setting), min_size=1, max_size=4)
    .filter(one_swa)
    .flatmap(
        lambda parts: st.builds(
            SequentialLR,
            schedulers=st.just(parts),
            milestones=st.lists(st.integers(0, 50), min_size=len(parts) - 1, max_size=len(parts) - 1).map(
                sorted
            ),
        )
    )
)


@given(base_lr=base, schedule=sequences)
@examples(60)
def test_sequences_equal_torch(schedule: SequentialLR, base_lr: float) -> None:
    assert_like_torch(schedule, base_lr, STEPS, RECURSIVE)


@given(
    base_lr=base, parts=st.lists(st.one_of(scaling, setting, pulling), min_size=1, max_size=3).filter(one_swa)
)
@examples(60)
@example(base_lr=1.0, parts=[ExponentialLR(gamma=0.95), CosineAnnealingLR(T_max=10)])
@example(
    base_lr=1.0,
    parts=[ExponentialLR(gamma=0.95), CosineAnnealingLR(T_max=10, eta_min=0.01), StepLR(step_size=7)],
)
@example(base_lr=1.0, parts=[LinearLR(), SWALR(swa_lr=0.05)])
def test_chains_equal_torch(parts: list[Schedule], base_lr: float) -> None:
    assert_like_torch(ChainedScheduler(schedulers=parts), base_lr, STEPS, RECURSIVE)


@given(base_lr=base, inner=sequences, other=scaling)
@few
def test_a_sequence_inside_a_chain_equals_torch(inner: SequentialLR, other: Schedule, base_lr: float) -> None:
    assert_like_torch(ChainedScheduler(schedulers=[inner, other]), base_lr, STEPS, RECURSIVE)


@given(base_lr=base, parts=st.lists(scaling, min_size=2, max_size=2), last=scaling, cut=st.integers(1, 30))
@few
def test_a_chain_as_the_first_part_of_a_sequence_equals_torch(
    parts: list[Schedule], last: Schedule, cut: int, base_lr: float
) -> None:
    first = ChainedScheduler(schedulers=parts)
    ours = SequentialLR(schedulers=[first, last], milestones=[cut]).lr(np.arange(STEPS), base_lr)
    alone, _ = stepped(torch_twin(first), base_lr, cut)
    np.testing.assert_allclose(ours[:cut], alone, rtol=1e-10)
    after = last.resume(np.arange(STEPS - cut), base_lr, float(ours[cut - 1]))
    np.testing.assert_allclose(ours[cut:], after, rtol=1e-12)


def test_momentum_through_a_sequence() -> None:
    one = OneCycleLR(max_lr=0.5, total_steps=20)
    schedule = SequentialLR(schedulers=[ConstantLR(), one, ExponentialLR(gamma=0.9)], milestones=[5, 15])
    _, momenta = stepped(torch_twin(schedule), 0.1, 30)
    driven = schedule.momentum(np.arange(30))
    assert driven is not None
    np.testing.assert_allclose(driven, momenta, atol=1e-12)


def test_any_composition_nests_where_torch_cannot() -> None:
    late = SequentialLR(
        schedulers=[ConstantLR(factor=0.5, total_iters=2), StepLR(step_size=1, gamma=0.5)], milestones=[3]
    )
    whole = SequentialLR(
        schedulers=[ExponentialLR(gamma=0.5), late, SWALR(swa_lr=0.0, anneal_epochs=2)], milestones=[2, 6]
    )
    np.testing.assert_allclose(
        whole.lr(np.arange(10), 1.0), [1, 0.5, 0.5, 0.5, 1, 1, 1, 0.5, 0, 0], atol=1e-12
    )
