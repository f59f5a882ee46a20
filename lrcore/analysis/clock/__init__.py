"""Epochs and updates: `convert` (the same curve on the other clock, and the wrong clock), `rescale` (the same
shape over another length), `ticks` (which parameters count ticks)."""
