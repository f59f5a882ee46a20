"""The convex bound against its published double sum, the reference's numbers, and itself at long horizons."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lrcore import parse_plan
from lrcore.analysis.bound import grouped
from lrcore.analysis.bound.cooldown import FRACTIONS, cooldown_bound
from lrcore.analysis.bound.terms import Bound, convex_bound
from lrcore.errors import PlanError
from lrcore.schedules.schedule import FloatArray
from tests.analysis.runs import LONG
from tests.profiles import examples
from tests.schedules.samples import SAMPLES

H_99 = math.fsum(1 / k for k in range(1, 100))


def published(eta: FloatArray) -> tuple[float, float]:
    """The first term, and the second and third, of Theorem 10, as they are written; T is the last update that
    moves."""
    eta = np.trim_zeros(eta, "b")
    squares = eta**2
    after = np.cumsum(eta[::-1])[::-1]
    squares_after = np.cumsum(squares[::-1])[::-1]
    third = 0.5 * np.sum(eta[:-1] / after[1:] * (squares_after[:-1] / after[:-1]))
    return 0.5 / after[0], float(squares_after[0] / (2 * after[0]) + third)


def tuned(text: str, steps: int) -> Bound:
    return convex_bound(parse_plan(f"lr=1 {text} per iteration".replace("  ", " ")), steps)


def wsd(steps: int, share: float, shape: str = "linear") -> str:
    return (
        f"WarmupStableDecay(total_steps={steps}, decay_steps={round(share * steps)}, decay_shape='{shape}')"
    )


AT_400 = {
    "constant": ("", 0.1375),
    "1/sqrt(t)": ("PowerLaw(power=0.5)", 0.1223),
    "WSD20": (wsd(400, 0.2), 0.1093),
    "WSD20 1-sqrt": (wsd(400, 0.2, "1-sqrt"), 0.1073),
    "cosine": ("CosineAnnealingLR(T_max=400)", 0.1034),
    "linear": ("LinearLR(start_factor=1, end_factor=0, total_iters=400)", 0.1006),
}


@pytest.mark.parametrize(("schedule", "expected"), AT_400.values(), ids=AT_400)
def test_the_references_bounds_at_400(schedule: str, expected: float) -> None:
    assert tuned(schedule, 400).best == pytest.approx(expected, abs=6e-5)


def test_the_order_of_the_shapes_is_that_of_the_published_logs() -> None:
    """Final losses of a 124M model over 50,000 steps, best over lr (Schaipp et al., their repository)."""
    logged = [3.1121, 2.9825, 2.9660, 2.9599, 2.9548, 2.9513, 2.9523, 2.9532, 2.9534]
    steps = 50_000
    shapes = [wsd(steps, share) for share in (0.1, 0.2)] + [wsd(steps, 0.2, "1-sqrt")]
    shapes += [wsd(steps, share) for share in (0.4, 0.6, 0.8, 0.9)]
    schedules = ["", *shapes, "CosineAnnealingLR(T_max=50000)"]
    bounds = [tuned(schedule, steps).best for schedule in schedules]
    ranks = [np.argsort(np.argsort(values)) for values in (logged, bounds)]
    assert np.corrcoef(ranks)[0, 1] > 0.9


def test_the_bound_against_the_length_of_the_cooldown() -> None:
    expected = {0.05: 0.1236, 0.1: 0.1161, 0.2: 0.1093, 0.4: 0.1038, 0.6: 0.1016, 0.8: 0.1008, 1.0: 0.1006}
    for share, bound in expected.items():
        assert cooldown_bound(400, share) == pytest.approx(bound, abs=6e-5)
    assert all(cooldown_bound(400, share, "1-sqrt") < cooldown_bound(400, share) for share in (0.1, 0.2, 0.4))
    assert all(cooldown_bound(400, share, "1-sqrt") > cooldown_bound(400, share) for share in (0.8, 1.0))


def test_a_cooldown_of_less_than_an_update_is_one_update() -> None:
    assert all(np.isfinite(cooldown_bound(2, share)) for share in FRACTIONS)


def test_a_constant_rate_has_the_harmonic_number() -> None:
    bound = convex_bound(parse_plan("lr=0.5"), 100)
    assert bound.noise == pytest.approx(0.5 * 0.5 * (1 + H_99), rel=1e-14)
    assert abs(0.25 * H_99 - 1.2943443794) < 1e-10


@pytest.mark.parametrize(
    ("shape", "factor", "exponent"),
    [("cosine", 0.92, -0.492), ("wsd", 0.47, -0.488), ("linear", 0.94, -0.491)],
)
def test_the_best_base_lr_falls_like_one_over_the_root_of_the_length(
    shape: str, factor: float, exponent: float
) -> None:
    schedules = {
        "cosine": "CosineAnnealingLR(T_max={0})",
        "linear": "LinearLR(start_factor=1, end_factor=0, total_iters={0})",
    }
    lengths = np.arange(200, 601, 50)
    made = [wsd(n, 0.2) if shape == "wsd" else schedules[shape].format(n) for n in lengths]
    best = [tuned(text, int(n)).best_factor for text, n in zip(made, lengths, strict=True)]
    slope, height = np.polyfit(np.log(lengths), np.log(best), 1)
    assert slope == pytest.approx(exponent, abs=1e-3)
    assert np.exp(height) == pytest.approx(factor, abs=6e-3)


def test_a_cosine_wants_1_9_times_the_rate_of_a_late_cooldown() -> None:
    cosine, late = tuned("CosineAnnealingLR(T_max=400)", 400), tuned(wsd(400, 0.2), 400)
    assert cosine.best_peak / late.best_peak == pytest.approx(1.90, abs=0.006)


def test_the_base_lr_scales_the_terms_and_leaves_the_best_rate() -> None:
    one, ten = (convex_bound(parse_plan(f"lr={lr} CosineAnnealingLR(T_max=90)"), 90) for lr in (0.1, 1))
    assert ten.best == pytest.approx(one.best)
    assert ten.best_peak == pytest.approx(one.best_peak)
    assert one.at(one.best_factor) == pytest.approx(one.best)
    assert one.at(2 * one.best_factor) > one.best < one.at(one.best_factor / 2)


@examples(60)
@given(st.lists(st.floats(1e-3, 10) | st.just(0.0), min_size=2, max_size=60))
def test_any_rates_give_the_published_sum(rates: list[float]) -> None:
    assume(any(rates))
    points = ", ".join(f"({step}, {rate!r})" for step, rate in enumerate(rates))
    plan = parse_plan(f"lr=1 Piecewise([{points}], interpolation='constant')")
    found = convex_bound(plan, len(rates))
    distance, noise = published(plan.lr(np.arange(len(rates))))
    assert found.distance == pytest.approx(distance, rel=1e-12)
    assert found.noise == pytest.approx(noise, rel=1e-9)


@pytest.mark.parametrize("steps_per_epoch", [1, 700])
@pytest.mark.parametrize("schedule", LONG)
def test_groups_give_the_published_sum_of_a_long_run(schedule: str, steps_per_epoch: int) -> None:
    plan, steps = parse_plan(f"lr=0.1 {schedule}"), 100_001
    rates = plan.lr(np.arange(steps), steps_per_epoch)
    with np.errstate(all="ignore"):
        distance, noise = published(np.where(rates > 1e-154, rates, 0.0))
    found = convex_bound(plan, steps, steps_per_epoch)
    if not found.says:
        assert not np.isfinite(noise)
        return
    assert found.distance == pytest.approx(distance, rel=1e-7)
    assert found.noise == pytest.approx(noise, rel=2e-4)


@pytest.mark.parametrize("plan", SAMPLES)
def test_every_kind_has_a_bound_or_none(plan: str) -> None:
    found = convex_bound(parse_plan(plan) if plan.startswith("lr=") else parse_plan(f"lr=0.1 {plan}"), 300)
    assert found.distance > 0
    assert found.says in (True, False)


def test_a_run_of_ten_million_updates_looks_at_few_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    kind = type(parse_plan("lr=1 CosineAnnealingLR(T_max=9)").schedule)
    lr = kind.lr

    def counted(self: object, step: FloatArray, base_lr: float) -> FloatArray:
        nonlocal looked
        looked += np.size(step)
        return lr(self, step, base_lr)  # type: ignore[arg-type]

    plan = parse_plan("lr=0.1 CosineAnnealingLR(T_max=10_000_000) per iteration")
    with monkeypatch.context() as patch:
        patch.setattr(kind, "lr", counted)
        bound = convex_bound(plan, 10_000_000)
    assert looked < 300_000
    assert bound.best_factor * 0.1 == pytest.approx(0.97 / 10_000_000**0.5, rel=0.02)


def test_rates_that_are_nothing_at_the_end_have_no_bound_of_use() -> None:
    assert not convex_bound(parse_plan("lr=0.1 Piecewise([(0, 0.0)])"), 50).says
    assert not convex_bound(parse_plan("lr=1 StepLR(step_size=50, gamma=1e-150)"), 100).best < 1e30


def test_a_plan_without_a_curve_is_refused() -> None:
    with pytest.raises(PlanError, match="metric"):
        convex_bound(parse_plan("lr=0.1 ReduceLROnPlateau()"), 10)


def test_the_groups_are_those_that_the_sum_needs() -> None:
    plan, run_steps = parse_plan("lr=0.1 StepLR(step_size=1000, gamma=0.5) per iteration"), 1_000_000
    (found,) = grouped.groups(plan, grouped.Run.of(run_steps))
    assert found.count.sum() == run_steps
    assert len(found.count) <= 1001
