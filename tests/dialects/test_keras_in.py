"""keras: what the library computes (PyTorch back end, float64) is what the plan read from the same call
computes."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.dialects import plan_from_code
from tests.dialects import oracle
from tests.dialects.cases_keras import CASES

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.xdist_group("keras")  # one worker imports it


@pytest.mark.parametrize("call", CASES)
def test_a_call_reads_as_keras_computes_it(call: str) -> None:
    keras.config.set_floatx("float64")
    code = f"import keras\nschedule = keras.optimizers.schedules.{call}"
    want = oracle.called(oracle.run(code)["schedule"])
    np.testing.assert_allclose(plan_from_code(code).lr(np.arange(oracle.N)), want, rtol=1e-9, atol=1e-15)
