"""Reading small texts safely, parsed and never evaluated: `parser` (the only use of Python's own), `literals`
(numbers, lists, calls), `series` (numbers as a person pastes them)."""
