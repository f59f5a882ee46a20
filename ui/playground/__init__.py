"""The parts of the Playground, a file each."""

EXPERIMENT = "experiment_editor"  # the key of the experiment's fragment
PAGE = "playground"  # the key of the fragment that is the page, and its name when a slider is dragged
