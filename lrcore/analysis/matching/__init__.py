"""The plan of another kind that shares something with a given one."""
