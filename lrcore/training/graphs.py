"""CUDA graphs: a step is some forty kernels, and launching them one by one costs more than running them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

WARM_UPS = 3  # torch asks for a few runs on a side stream, in which libraries allocate what they keep


def captured(work: Callable[[], None], state: Sequence[Tensor]) -> Callable[[], None]:
    """`work`, whose tensors all stay where they are, as one call that replays it; `state` is left as it was.

    Source: https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
    """
    before = [part.clone() for part in state]
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UPS):
            work()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    for part, copy in zip(state, before, strict=True):
        part.copy_(copy)
    return graph.replay
