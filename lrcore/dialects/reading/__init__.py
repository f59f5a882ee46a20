"""A safe subset of Python, interpreted: a pasted script becomes values, and nothing in it is run."""
