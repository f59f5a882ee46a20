"""The loss of a plan before it is trained, from a finished run of other plans.

`collapse` reads off a run how the loss depends on the budget and on the rate (`course`, `curve`, `fit`), and
how well that describes it (`error`); `predict` moves a plan, `limits` says where that holds, `noise` what the
fitted number means, and `score` holds a prediction against the race.
"""

from lrcore.prediction.collapse import Collapse, collapse_of
from lrcore.prediction.error import TaskError
from lrcore.prediction.limits import NotPredicted
from lrcore.prediction.noise import noise_sentence
from lrcore.prediction.predict import Prediction, predict
from lrcore.prediction.score import Score, score

__all__ = [
    "Collapse",
    "NotPredicted",
    "Prediction",
    "Score",
    "TaskError",
    "collapse_of",
    "noise_sentence",
    "predict",
    "score",
]
