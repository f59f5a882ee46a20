"""Sums of a plan over its updates."""
