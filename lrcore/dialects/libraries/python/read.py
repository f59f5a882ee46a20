"""The hand-written function of a training script: read by reading/handwritten.py, written as
`adjust_learning_rate`."""

from lrcore.dialects.reading.values import Reader

READERS: tuple[Reader, ...] = ()
