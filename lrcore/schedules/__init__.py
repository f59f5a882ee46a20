"""Every schedule: one file per family, its class named as torch.optim.lr_scheduler names it where it does.

`schedule` is the contract, `text` reads and prints one, `shapes` and `formula` hold what families share.
"""

from lrcore.schedules.schedule import FEEDBACK, SCHEDULES, Schedule, schedule_class
from lrcore.schedules.shapes.feedback import FeedbackSchedule
from lrcore.values.registry import discover

discover(__name__, __path__)

__all__ = ["FEEDBACK", "SCHEDULES", "FeedbackSchedule", "Schedule", "schedule_class"]
