"""Ways to go on with a run, against the reference's table and the published runs."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import parse_plan
from lrcore.analysis.bound.continuing import Way, ways_on
from lrcore.analysis.run import Run
from lrcore.errors import PlanError

SHORT = parse_plan(
    "lr=1 WarmupStableDecay(total_steps=4000, decay_steps=800, decay_shape='linear') per iteration"
)
# unchanged; factor and bound of two stages; share and bound of a longer cooldown; a fresh line
TABLE = {
    1.5: (0.02849, 0.625, 0.02674, 0.438, 0.02645, 0.02584),
    2: (0.02563, 0.525, 0.02309, 0.634, 0.02252, 0.02237),
    3: (0.02277, 0.425, 0.01902, 0.887, 0.01827, 0.01826),
    4: (0.02133, 0.375, 0.01664, 1.000, 0.01582, 0.01582),
}


def ways(text: str, run: Run, updates: int) -> dict[str, Way]:
    return {way.kind: way for way in ways_on(parse_plan(text), run, updates)}


@pytest.mark.parametrize(("times", "row"), TABLE.items())
def test_the_references_table(times: float, row: tuple[float, ...]) -> None:
    found = ways(SHORT.text, Run(steps=4000), int(4000 * times))
    unchanged, factor, staged, share, longer, fresh = row
    assert found["unchanged"].bound == pytest.approx(unchanged, abs=6e-6)
    assert found["two-stage"].number == factor
    assert found["two-stage"].bound == pytest.approx(staged, abs=6e-6)
    if share < 1:
        assert found["longer"].number == pytest.approx(share, abs=0.012)
        assert found["longer"].bound == pytest.approx(longer, abs=4e-5)
    else:
        assert "longer" not in found, "a cooldown from the first update on is a fresh run"
    assert found["fresh"].bound == pytest.approx(fresh, abs=6e-6)


def test_the_order_is_that_of_the_published_runs() -> None:
    """50k steps gone on to 100k: 2.9037 / 2.8975 / 2.8878 (124M) and 2.7935 / 2.7843 / 2.7718 (210M)."""
    found = ways(SHORT.text, Run(steps=4000), 8000)
    assert found["unchanged"].bound > found["two-stage"].bound > found["longer"].bound


def test_each_way_is_the_run_until_it_leaves_it() -> None:
    run, updates = Run(steps=900, steps_per_epoch=10), 1500
    text = "lr=0.1 SequentialLR([LinearLR(0.1, total_iters=5), CosineAnnealingLR(T_max=85)], milestones=[5])"
    plan = parse_plan(text)
    for way in ways(text, run, updates).values():
        if way.kind != "fresh":
            steps = np.arange(min(way.from_update, run.steps))
            assert way.plan.lr(steps, 10).tolist() == plan.lr(steps, 10).tolist()
        assert parse_plan(way.plan.text) == way.plan


def test_the_held_rate_is_the_one_without_a_jump() -> None:
    found = ways("lr=0.1 StepLR(step_size=30, gamma=0.1)", Run(steps=900, steps_per_epoch=10), 1800)
    held = found["held"].plan.lr([899, 900, 1799], 10)
    assert held.tolist() == pytest.approx([0.001, 0.001, 0.001])
    library = ways("lr=0.1 CosineAnnealingLR(T_max=90)", Run(steps=900, steps_per_epoch=10), 1800)["library"]
    assert library.plan.lr(1799, 10) > 0.09  # it climbs back


def test_a_last_rate_of_zero_is_not_held() -> None:
    found = ways("lr=0.1 CosineAnnealingLR(T_max=89)", Run(steps=90), 180)
    assert "held" not in found
    assert found["library"].bound is not None


def test_a_constant_rate_goes_on_in_as_many_ways_as_there_are() -> None:
    """Its last rate is its highest, no second stage is better lower, and no cooldown longer; the epoch in
    which the run ended was broken off."""
    found = ways("lr=0.1 ConstantLR(factor=1, total_iters=1)", Run(steps=2000, steps_per_epoch=32), 4000)
    assert list(found) == ["library", "unchanged", "fresh"]
    assert [way.from_update for way in found.values()] == [2000, 2000, 0]
    assert found["unchanged"].number == 0.2


def test_a_plan_that_was_made_for_the_longer_run_is_told_once() -> None:
    found = ways(SHORT.text, Run(steps=2000), 4000)
    assert found["library"].plan == SHORT
    assert "unchanged" not in found


def test_what_falls_from_the_first_update_on_leaves_nothing_to_go_on_from_but_its_end() -> None:
    assert list(ways("lr=0.1 ExponentialLR(gamma=0.9)", Run(steps=50), 100)) == ["library", "held", "fresh"]


def test_a_few_updates_more_still_end_in_a_cooldown_over_a_fifth() -> None:
    found = ways("lr=0.1 Constant() per iteration", Run(steps=2000), 2100)
    assert found["unchanged"].from_update == 1680
    assert found["unchanged"].plan.lr([1680, 1890]).tolist() == pytest.approx([0.1, 0.05])
    assert "two-stage" not in found, "there is no room for a stage before the cooldown"


def test_two_stages_where_no_factor_is_low_enough_are_still_the_best_of_them() -> None:
    found = ways("lr=0.1 StepLR(step_size=30, gamma=0.1)", Run(steps=9000, steps_per_epoch=100), 18_000)
    assert found["two-stage"].number > 0.05
    assert found["two-stage"].bound < found["unchanged"].bound


def test_what_cannot_go_on_is_refused() -> None:
    with pytest.raises(PlanError, match="goes on to more of them"):
        ways_on(SHORT, Run(steps=4000), 4000)
    with pytest.raises(PlanError, match="says nothing"):
        ways_on(parse_plan("lr=0.1 Piecewise([(0, 0.0)])"), Run(steps=10), 20)
