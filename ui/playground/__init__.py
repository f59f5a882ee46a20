"""The parts of the Playground, a file each."""
