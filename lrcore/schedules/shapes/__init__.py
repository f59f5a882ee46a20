"""What several families share. Curves: `ramps`, `cycles`, `chains`. What a kind says of its own: `knots`,
`repetition`, `turning`, `tails`, `parts`, `matched` (for matching), `starts` (for sliders), `feedback`."""
