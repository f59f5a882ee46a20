"""What a plan does that its author may not know: `parts` (which schedule acts when, inside compositions),
`found` (what costs people runs, each a condition and a sentence)."""
