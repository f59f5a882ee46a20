"""Measured examples and published recipes to begin from."""
