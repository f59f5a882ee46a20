"""The parts of the Curves page, a file each; `stage` is what a drag redraws."""
