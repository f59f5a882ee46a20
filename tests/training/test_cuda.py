"""The GPU path, on machines that have one: the step is a CUDA graph and gives what the CPU gives."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lrcore.results.events import Finished
from lrcore.training import train
from tests.training.support import experiment, finish, relative


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_the_gpu_agrees_with_the_cpu(optimizer: str) -> None:
    trained = experiment(
        optimizer={"kind": optimizer}, plans=["lr=0.01", "lr=1e300", "lr=0.02 StepLR(step_size=5)"], steps=100
    )
    *_, gpu = train(trained, device="cuda", dtype=torch.float64)
    cpu = finish(trained, torch.float64)
    assert isinstance(gpu, Finished)
    assert gpu.reasons == cpu.reasons
    np.testing.assert_array_equal(gpu.history.diverged_at, cpu.history.diverged_at)
    assert relative(gpu.history.minibatch_loss[:, [0, 2]], cpu.history.minibatch_loss[:, [0, 2]]) < 1e-8
