"""The table under the charts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrcore.results.facts import Facts
from tests.results.simulated import HIGH, LOW, World, simulate
from ui.playground import results


@pytest.mark.parametrize(("plans", "columns"), [((HIGH,), 5), ((HIGH, LOW), 6)])
def test_one_plan_alone_has_no_column_of_comparisons(
    plans: tuple[str, ...], columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Any] = []
    monkeypatch.setattr(results, "results_table", lambda heads, rows: drawn.extend([heads, *rows]))
    results.show_results(Facts(*simulate(plans, 6, World(), np.random.default_rng(1)), "train"))
    assert [len(line) for line in drawn] == [columns] * (len(plans) + 1)
    assert any("against" in head for head in drawn[0]) == (len(plans) > 1)
