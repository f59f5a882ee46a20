"""The only room that imports torch: an experiment's members trained together, reported as a stream of events.

    for event in train(experiment):
        ...

`loop` drives, `stepper` makes an update of `ensemble` (`backprop`, `update_rules`, `minibatches`, `rates`),
`evaluation` and `divergence` look at it, `recording` keeps it. `reference` is the plain loop that the batched
trainer equals, member by member.
"""

from __future__ import annotations

import torch

from lrcore.training.loop import train


def one_thread() -> None:
    """Give this process one torch thread. For whoever owns the process (a worker, the command line, a test)
    to call once.

    The matrices are too small to share: with two threads on a busy machine of two cores the loop ran 20 times
    slower.
    """
    torch.set_num_threads(1)


def on_gpu(device: str) -> bool:
    """Whether `train` on `device` ("auto", "cpu" or "cuda") can use a GPU here. It is tried, since one may be
    there that is too old for this torch, or its driver; and to try it is to use it: not before a fork."""
    if device == "cpu" or not torch.cuda.is_available():
        return False
    try:
        return bool(torch.ones(2, device="cuda").sum().item() == 2)
    except RuntimeError:
        return False


__all__ = ["on_gpu", "one_thread", "train"]
