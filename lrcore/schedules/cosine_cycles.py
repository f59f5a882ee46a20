"""CosineCycles: cosine annealing that stays down, repeats, grows or shrinks."""

from __future__ import annotations

from typing import final

import numpy as np

from lrcore.schedules.formula.rate import num
from lrcore.schedules.schedule import FloatArray
from lrcore.schedules.shapes.cycles import CyclingDescent
from lrcore.schedules.shapes.ramps import half_wave
from lrcore.values.parameter import param


@final
class CosineCycles(CyclingDescent):
    r"""$\eta_t = \eta_{min} + (\eta_0 - \eta_{min}) \left((1 + \cos \pi x^k)/2\right)^e$, $x$ the share of
    the cycle that is over.

    Cycle $i$ is $T \cdot$ cycle_mul$^i$ long and begins at a peak shrunk by cycle_decay$^i$; $k$ = k_decay,
    $e$ = exponent. After cycle_limit cycles the floor is held (CosineAnnealingLR climbs back instead).
    decay_of says what shrinks: "peak" the peak itself, which may sink below the floor, "swing" peak less
    floor, "all" both peak and floor.

    >>> CosineCycles(T=2, min_ratio=0.5).lr([0, 1, 2, 3, 4], 1.0)
    array([1.  , 0.75, 0.5 , 0.5 , 0.5 ])

    Source: timm CosineLRScheduler (as it comes); keras CosineDecay and optax cosine_decay_schedule (min_ratio
    = alpha, exponent); keras CosineDecayRestarts (cycle_mul = t_mul, cycle_decay = m_mul, decay_of = "swing",
    cycle_limit = None); fairseq cosine (decay_of = "all"); transformers cosine_with_restarts (T over
    num_cycles, cycle_limit = num_cycles).
    """

    title = "cosine cycles"
    exponent: float = param(1.0, gt=0, le=100, slider=(0.25, 4), quiet=True, help="power of the cosine")

    def _shape(self, x: FloatArray) -> FloatArray:
        return np.asarray(np.power(half_wave(x), self.exponent))

    def _shape_formula(self, x: str) -> str:
        power = "" if self.exponent == 1 else f" ** {num(self.exponent)}"
        return f"((1 + cos(pi * {x})) / 2){power}"
