"""The parts of the Playground, a file each."""

PAGE = "playground"  # the key of the fragment that is the page, and its name when a slider is dragged
