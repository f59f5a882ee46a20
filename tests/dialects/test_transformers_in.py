"""transformers: what the library computes is what the plan read from the same call computes."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import PlanError
from lrcore.dialects import plan_from_code
from tests.dialects import oracle
from tests.dialects.cases_transformers import CASES

pytestmark = pytest.mark.xdist_group("transformers")  # one worker imports it
pytest.importorskip("torch")
pytest.importorskip("transformers")
HEAD = (
    oracle.TORCH_HEAD
    + "from transformers.optimization import *\nfrom transformers.trainer_utils import SchedulerType\n"
    "from transformers.optimization import get_scheduler, get_wsd_schedule\nfrom functools import partial\n"
)


@pytest.mark.parametrize(("lr", "call"), CASES)
def test_a_call_reads_as_transformers_computes_it(lr: float, call: str) -> None:
    code = HEAD.format(lr=lr) + "scheduler = " + call
    np.testing.assert_allclose(
        plan_from_code(code).lr(np.arange(oracle.N)), oracle.stepped(oracle.run(code)), rtol=1e-9, atol=1e-15
    )


def test_training_arguments_say_their_schedule() -> None:
    arguments = (
        "TrainingArguments('out', learning_rate=2e-5, lr_scheduler_type='cosine', warmup_ratio=0.1,"
        " max_steps=50)"
    )
    optimizer = "opt = torch.optim.AdamW(w, lr=2e-5)\n"
    same = plan_from_code(optimizer + "get_scheduler('cosine', opt, 5, 50)")
    assert plan_from_code(arguments) == same
    assert plan_from_code(optimizer + arguments + "\nget_scheduler('cosine', opt, 5, 50)") == same
    with pytest.raises(PlanError, match="max_steps"):
        plan_from_code("TrainingArguments('out', num_train_epochs=3)")
    assert plan_from_code("TrainingArguments('out', num_train_epochs=3)", values={"max_steps": 20}).lr(
        [10]
    ) == pytest.approx(2.5e-5)
