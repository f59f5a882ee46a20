"""Rules that a person types: their language, their LaTeX, and the schedules that hold one."""

from lrcore.schedules.formula.schedule import Formula

__all__ = ["Formula"]
