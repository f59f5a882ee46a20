"""Reading small texts safely: parsed, never evaluated."""
