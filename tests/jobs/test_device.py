"""Where jobs train: the helper asks for a GPU without using one, and takes the CPU where none works."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import ModuleType

import pytest
import torch

from lrcore.jobs.worker_limits import WorkerLimits
from lrcore.jobs.zygote import load_task
from lrcore.training import loop


def _fails() -> bool:
    raise RuntimeError("the driver is too old")


def _crashes() -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    return True


@pytest.mark.parametrize(
    ("answer", "asked_for", "device"),
    [
        (lambda: True, "auto", "cuda"),
        (lambda: False, "auto", "cpu"),
        (_fails, "auto", "cpu"),
        (_crashes, "auto", "cpu"),
        (lambda: True, "cuda", "cuda"),
    ],
    ids=["works", "none", "fails", "crashes", "asked for"],
)
def test_a_gpu_is_asked_for_in_a_process_of_its_own(
    answer: Callable[[], bool], asked_for: str, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer, used_here = ModuleType("a_trainer"), []

    def on_gpu(_: str) -> bool:
        used_here.append("CUDA")
        return answer()

    vars(trainer).update(on_gpu=on_gpu, train=lambda *_: iter(()))
    monkeypatch.setitem(sys.modules, "a_trainer", trainer)
    task = load_task("a_trainer:train", asked_for, WorkerLimits())
    assert task.device == device
    assert task.limit_memory == (device == "cpu"), "CUDA reserves what the limit would forbid"
    assert used_here == [], "what forks has not used it"


def test_training_on_the_cpu_asks_for_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", _fails)
    assert loop._device("cpu") == torch.device("cpu")
