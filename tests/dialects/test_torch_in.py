"""torch: what the library computes is what the plan read from the same call computes."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.dialects import plan_from_code
from tests.dialects import oracle
from tests.dialects.cases_torch import CASES

pytest.importorskip("torch")


@pytest.mark.parametrize(("lr", "call"), CASES)
def test_a_call_reads_as_torch_computes_it(lr: float, call: str) -> None:
    code = oracle.TORCH_HEAD.format(lr=lr) + "scheduler = " + call
    steps = 40 if "OneCycle" in call else oracle.N  # torch raises after the last one
    want = oracle.stepped(oracle.run(code), steps)
    np.testing.assert_allclose(plan_from_code(code).lr(np.arange(steps)), want, rtol=1e-9, atol=1e-15)
