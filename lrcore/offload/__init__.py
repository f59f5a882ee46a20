"""What would hold the interpreter that serves everybody is calculated outside the web process: `Offload`
asks, `fork_server` forks a child for each call, `functions` says what may be asked for."""

from lrcore.offload.limits import Limits
from lrcore.offload.offload import Offload, OffloadError

__all__ = ["Limits", "Offload", "OffloadError"]
