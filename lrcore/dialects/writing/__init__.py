"""A rate as one expression, in the words of a library."""
