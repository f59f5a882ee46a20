"""Each plan at its own best base rate: which races that takes, and what they say.

`grid` has the rates and their races as experiments, `finals` what is remembered of a race, `bowl` a plan's
losses over its rates, `tuned` goes from one race to the next, and `verdict` holds the plans as they are set
against the same plans at their best.
"""

from lrcore.tuning.bowl import Bowl
from lrcore.tuning.finals import Finals, finals_of
from lrcore.tuning.grid import FIRST, REACH, STEP, estimated_seconds, lacking
from lrcore.tuning.tuned import Tuned, tune
from lrcore.tuning.verdict import Verdict, pair_at_best, verdict

__all__ = [
    "FIRST",
    "REACH",
    "STEP",
    "Bowl",
    "Finals",
    "Tuned",
    "Verdict",
    "estimated_seconds",
    "finals_of",
    "lacking",
    "pair_at_best",
    "tune",
    "verdict",
]
