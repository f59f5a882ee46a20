"""timm: what the library computes is what the plan read from the same call computes."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.dialects import plan_from_code
from tests.dialects import oracle
from tests.dialects.cases_timm import CASES

pytestmark = pytest.mark.xdist_group("timm")  # one worker imports it
pytest.importorskip("torch")
if not oracle.has("timm"):
    pytest.skip("timm is not installed", allow_module_level=True)


@pytest.mark.parametrize(("lr", "call"), CASES)
def test_a_call_reads_as_timm_computes_it(lr: float, call: str) -> None:
    oracle.load_timm()
    name = call.partition("(")[0]
    code = oracle.TORCH_HEAD.format(lr=lr) + f"from timm.scheduler import {name}\nscheduler = {call}"
    np.testing.assert_allclose(
        plan_from_code(code).lr(np.arange(oracle.N)), oracle.counted(oracle.run(code)), rtol=1e-9, atol=1e-15
    )
