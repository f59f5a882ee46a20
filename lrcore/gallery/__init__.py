"""What to begin from: `examples` (measured, with examples.json) and `presets` (published recipes)."""
