"""optax: what the library computes (in float64) is what the plan read from the same call computes."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.dialects import plan_from_code
from tests.dialects import oracle
from tests.dialects.cases_optax import CASES

jax = pytest.importorskip("jax")
pytest.importorskip("optax")
pytestmark = pytest.mark.xdist_group("jax")  # one worker imports it
EACH = oracle.some(CASES)


@pytest.mark.parametrize("call", CASES)
def test_a_call_reads_as_optax_computes_it(call: str) -> None:
    jax.config.update("jax_enable_x64", True)
    code = f"import optax\nschedule = {call}"
    schedule = oracle.run(code)["schedule"]
    want = oracle.called(schedule) if call in EACH else oracle.called_at_once(schedule, code)
    np.testing.assert_allclose(plan_from_code(code).lr(np.arange(oracle.N)), want, rtol=1e-9, atol=1e-15)
