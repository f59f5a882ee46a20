"""transformers: what the library computes is what the plan read from the same call computes."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore.dialects import plan_from_code
from tests.dialects import oracle
from tests.dialects.cases_transformers import CASES

pytest.importorskip("torch")
pytest.importorskip("transformers")
HEAD = (
    oracle.TORCH_HEAD + "from transformers.optimization import *\nfrom transformers.trainer_utils import SchedulerType\n"
    "from transformers.optimization import get_scheduler, get_wsd_schedule\n"
)


@pytest.mark.parametrize(("lr", "call"), CASES)
def test_a_call_reads_as_transformers_computes_it(lr: float, call: str) -> None:
    code = HEAD.format(lr=lr) + "scheduler = " + call
    np.testing.assert_allclose(plan_from_code(code).lr(np.arange(oracle.N)), oracle.stepped(oracle.run(code)), rtol=1e-9, atol=1e-15)
