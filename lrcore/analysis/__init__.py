r"""What a plan amounts to, in numbers: read-outs, budgets, the Robbins-Monro verdict, matching, and the two
clocks.

Every function takes (plan, steps, steps_per_epoch=1) like `Plan.lr` and speaks of the discrete updates n = 0
.. N - 1 with N = `steps`: the last rate that is used is that of N - 1. Nothing is evaluated step by step
where the curve's structure is known, so that ten million updates cost about as much as a thousand.

| function | what it gives |
| --- | --- |
| `lr_at`, `final_lr`, `peak` | $\eta_n$; $\eta_{N-1}$; $\max_n \eta_n$ and its first update |
| `first_below`, `half_life` | $\eta_n$ falls below v; updates from the peak p to $\eta_n \le \eta_p/2$ |
| `budget`, `budget_share`,
`spent_by` | $\sum \eta_n$ and $\sum \eta_n^2$; the share spent before n; the n that has spent a share |
| `robbins_monro` | whether $\sum \eta = \infty$ and $\sum \eta^2 < \infty$ |
| `readout` | all of these at once, for a table |
| `match` | the plan of another kind with the same end, budget, half-life or curve |
| `to_iterations`, `to_epochs`, `updates_per_epoch`, `wrong_clock` | epochs and iterations |
"""

from lrcore.analysis.clock.convert import (
    to_epochs,
    to_iterations,
    updates_per_epoch,
    wrong_clock,
    wrong_clock_sentence,
)
from lrcore.analysis.crossings import Peak, first_below, half_life, peak
from lrcore.analysis.long_run import Verdict, robbins_monro
from lrcore.analysis.matching.match import By, Match, match
from lrcore.analysis.readout import Readout, final_lr, lr_at, readout
from lrcore.analysis.sums.budget import Budget, budget, budget_share, spent_by

__all__ = [
    "Budget",
    "By",
    "Match",
    "Peak",
    "Readout",
    "Verdict",
    "budget",
    "budget_share",
    "final_lr",
    "first_below",
    "half_life",
    "lr_at",
    "match",
    "peak",
    "readout",
    "robbins_monro",
    "spent_by",
    "to_epochs",
    "to_iterations",
    "updates_per_epoch",
    "wrong_clock",
    "wrong_clock_sentence",
]
