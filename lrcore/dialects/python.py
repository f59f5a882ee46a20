"""The hand-written function of a training script: read by `_handwritten`, written as
`adjust_learning_rate`."""

from lrcore.dialects._python_out import write
from lrcore.dialects._values import Reader

NAME = "python"
READERS: tuple[Reader, ...] = ()

__all__ = ["NAME", "READERS", "write"]
