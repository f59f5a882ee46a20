"""Epochs and updates, and the same shape over another length."""
